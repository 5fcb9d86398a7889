import {
  Controls,
  Handle,
  MarkerType,
  Position,
  ReactFlow,
  useReactFlow,
  ReactFlowProvider,
  type Edge,
  type FitViewOptions,
  type Node,
  type NodeProps,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useEffect, useMemo, useRef, type ReactNode } from 'react';
import { useKeys } from '../shell/useKeys';
import { layout, neighbours, type Size } from './layout';
import classes from './FlowGraph.module.css';

export interface FlowNode {
  id: string;
  /** What it is, for those who can't see it. */
  label: string;
  size: Size;
  card: ReactNode;
}

export interface FlowEdge {
  from: string;
  to: string;
  /** On the line, such as a rate. */
  label?: string | undefined;
  tone?: 'blocked' | 'busy' | undefined;
}

interface FlowGraphProps {
  label: string;
  nodes: FlowNode[];
  edges: FlowEdge[];
  chosen: string;
  onChoose: (id: string) => void;
  /** In px. */
  height: number;
}

type Drawn = Node<{ card: ReactNode; label: string }>;

const NODE_TYPES = { step: StepNode };
/** Room at the right, where the controls stand. */
const FIT: FitViewOptions = { padding: { top: '20px', bottom: '20px', left: '20px', right: '60px' }, maxZoom: 1, minZoom: 0.35 };

/**
 * A graph to look at: placed by itself, from left to right. Tab goes from node to node, Enter chooses one, `[` and `]` go
 * against and along the flow, `L` shows all of it.
 */
export function FlowGraph(props: FlowGraphProps) {
  return (
    <ReactFlowProvider>
      <Flow {...props} />
    </ReactFlowProvider>
  );
}

function Flow({ label, nodes, edges, chosen, onChoose, height }: FlowGraphProps) {
  const flow = useReactFlow();
  const shape = JSON.stringify([nodes.map(({ id, size }) => [id, size]), edges.map(({ from, to }) => [from, to])]);
  // Figures change every second; places only when the graph does.
  const places = useMemo(() => layout(nodes, edges), [shape]);
  const drawn: Drawn[] = nodes.map(({ id, label: name, size, card }) => ({
    id,
    type: 'step',
    position: places.get(id) ?? { x: 0, y: 0 },
    data: { card, label: name },
    width: size.width,
    height: size.height,
    // Told instead of measured: nodes are made anew each second, and edges need to know where they begin and end.
    measured: size,
    handles: [
      { type: 'target', position: Position.Left, x: 0, y: size.height / 2, width: 1, height: 1 },
      { type: 'source', position: Position.Right, x: size.width - 1, y: size.height / 2, width: 1, height: 1 },
    ],
    selected: id === chosen,
    ariaLabel: name,
  }));
  const lines: Edge[] = edges.map(({ from, to, label: text, tone }) => ({
    id: `${from} → ${to}`,
    source: from,
    target: to,
    focusable: false,
    className: tone ? (classes[tone] ?? '') : '',
    markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14, color: 'var(--line-strong)' },
    ...(text === undefined ? {} : { label: text }),
  }));
  const box = useRef<HTMLDivElement>(null);
  const fit = () => void flow.fitView(FIT);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const resized = new ResizeObserver(fit);
    resized.observe(element);
    return () => resized.disconnect();
  }, [shape]);
  // Where the keys are: a second press may come before the first one shows.
  const at = useRef(chosen);
  useEffect(() => {
    at.current = chosen;
  }, [chosen]);
  const go = (which: 'before' | 'after') => {
    const next = at.current === '' ? nodes[0]?.id : neighbours(edges, at.current, which)[0];
    if (next === undefined) return;
    at.current = next;
    onChoose(next);
  };
  useKeys({ '[': () => go('before'), ']': () => go('after'), l: fit });
  return (
    <div ref={box} className={classes.graph} style={{ height }} role="region" aria-label={label}>
      <ReactFlow
        nodes={drawn}
        edges={lines}
        nodeTypes={NODE_TYPES}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        elementsSelectable
        onNodeClick={(_, node) => onChoose(node.id === chosen ? '' : node.id)}
        onNodesChange={(changes) => {
          // The keyboard chooses by a change of selection, a click by itself.
          for (const change of changes) if (change.type === 'select' && change.selected && change.id !== chosen) onChoose(change.id);
        }}
        onPaneClick={() => onChoose('')}
        zoomOnScroll={false}
        panOnScroll={false}
        preventScrolling={false}
        zoomOnDoubleClick={false}
        fitView
        fitViewOptions={FIT}
        attributionPosition="bottom-left"
        minZoom={0.2}
        maxZoom={1.5}
      >
        <Controls showInteractive={false} position="bottom-right" />
      </ReactFlow>
    </div>
  );
}

function StepNode({ data }: NodeProps<Drawn>) {
  return (
    <>
      <Handle type="target" position={Position.Left} className={classes.handle ?? ''} isConnectable={false} />
      {data.card}
      <Handle type="source" position={Position.Right} className={classes.handle ?? ''} isConnectable={false} />
    </>
  );
}
