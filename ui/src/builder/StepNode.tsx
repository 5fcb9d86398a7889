import { IconAlertTriangle, IconPlus } from '@tabler/icons-react';
import { Handle, Position, type Node, type NodeProps } from '@xyflow/react';
import { memo } from 'react';
import type { Role } from './document';
import { iconOf } from './icons';
import type { Descriptor } from './types';
import type { Stage } from './stages';
import { StageMark } from './StageMark';
import classes from './Canvas.module.css';

/** What a node shows; plain values, so that nodes that stay as they are draw nothing. */
export interface NodeData extends Record<string, unknown> {
  id: string;
  role: Role;
  type: string;
  title: string;
  descriptor: Descriptor | undefined;
  problems: number;
  /** `20 → 17`, or empty when it is not known. */
  rows: string;
  /** `3 dropped`, or empty. */
  lost: string;
  failed: boolean;
  chosen: boolean;
  focusable: boolean;
  stage: Stage | null;
  onAdd: ((id: string) => void) | null;
}

export type StepNodeType = Node<NodeData, 'step'>;

/** A step on the canvas. */
export const StepNode = memo(function StepNode({ data }: NodeProps<StepNodeType>) {
  const { id, role, title, problems, rows, lost, failed, chosen, stage } = data;
  const Icon = iconOf(role, data.descriptor);
  const said = [
    `${id}, ${title}`,
    problems > 0 ? `${problems} ${problems === 1 ? 'problem' : 'problems'}` : '',
    rows === '' ? '' : `sampled rows ${rows}`,
    lost,
    stage === null ? '' : stage.word,
  ].filter((part) => part !== '');
  return (
    <div className={classes.node} data-chosen={chosen || undefined} data-problems={problems > 0 || undefined} data-step={id}>
      {role !== 'source' && <Handle type="target" position={Position.Left} className={classes.handle ?? ''} />}
      <button
        type="button"
        className={classes.nodeBody}
        tabIndex={data.focusable ? 0 : -1}
        aria-pressed={chosen}
        aria-label={said.join(', ')}
        data-node={id}
      >
        <Icon size={18} stroke={1.6} aria-hidden className={classes.nodeIcon} />
        <span className={classes.nodeText}>
          <span className={classes.nodeId}>{id === '' ? 'no id yet' : id}</span>
          <span className={classes.nodeTitle}>{title}</span>
        </span>
        {stage ? (
          <StageMark stage={stage} />
        ) : problems > 0 ? (
          <span className={classes.nodeProblems}>
            <IconAlertTriangle size={14} aria-hidden />
            {problems}
          </span>
        ) : (
          <span className={classes.nodeRows} data-failed={failed || undefined}>
            <span>{rows}</span>
            <span>{lost}</span>
          </span>
        )}
      </button>
      {role !== 'sink' && (
        <>
          <Handle type="source" position={Position.Right} className={classes.handle ?? ''} />
          {data.onAdd && (
            <button
              type="button"
              className={classes.plus}
              tabIndex={chosen ? 0 : -1}
              aria-label={`Add a step behind ${id}`}
              onClick={(event) => {
                event.stopPropagation();
                data.onAdd?.(id);
              }}
            >
              <IconPlus size={13} aria-hidden />
            </button>
          )}
        </>
      )}
    </div>
  );
});
