import { Button, NativeSelect, TextInput } from '@mantine/core';
import { IconCheck, IconCircleX, IconFilterOff, IconHelpCircle, IconLock, IconRefresh, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { cell } from '../format/cell';
import { duration } from '../format/format';
import { Empty, Failure, Loading } from '../parts/States';
import { previewStep, useBuilder } from './model';
import type { Column, PreviewRow, PreviewStep } from './types';
import classes from './PreviewPanel.module.css';

interface PreviewPanelProps {
  limit: number;
  setLimit: (limit: number) => void;
  keys: string[];
  setKeys: (keys: string[]) => void;
  again: () => void;
}

const OUTCOMES = {
  kept: { word: 'passes', Icon: IconCheck },
  dropped: { word: 'dropped', Icon: IconFilterOff },
  deleted: { word: 'becomes a delete', Icon: IconTrash },
  unanswered: { word: 'no answer', Icon: IconHelpCircle },
  failed: { word: 'failed', Icon: IconCircleX },
} as const;

const OPS: Record<string, string> = { c: 'created', u: 'updated', d: 'deleted', r: 'read', t: 'emptied' };

/** What the chosen step makes of sampled events: each row that goes in beside what comes out. */
export function PreviewPanel({ limit, setLimit, keys, setKeys, again }: PreviewPanelProps) {
  const { preview, chosen, pipeline } = useBuilder();
  const [typed, setTyped] = useState(keys.join(' '));
  const step = pipeline.steps.find((each) => each.id === chosen) ?? pipeline.steps.at(-1);
  const shown = step && previewStep(preview.data, step.id);
  return (
    <section className={classes.panel} aria-label="Preview" aria-busy={preview.pending}>
      <div className={classes.bar}>
        <span className={classes.about} role="status">
          {about(shown, preview.data?.steps ?? [], preview.data?.millis ?? null)}
        </span>
        <NativeSelect
          aria-label="Rows of each Source"
          value={String(limit)}
          data={[...new Set([20, 50, 100, limit])].sort((a, b) => a - b).map((count) => ({ value: String(count), label: `at most ${count} rows` }))}
          onChange={(event) => setLimit(Number(event.currentTarget.value))}
        />
        <TextInput
          aria-label="Only rows with these keys"
          placeholder="Only keys, such as 17 42"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onBlur={() => setKeys(words(typed))}
          onKeyDown={(event) => event.key === 'Enter' && setKeys(words(typed))}
        />
        <Button variant="default" leftSection={<IconRefresh size={14} aria-hidden />} onClick={again}>
          Newest
        </Button>
      </div>
      <div className={classes.body} tabIndex={0} role="region" aria-label="Sampled rows">
        {preview.error && preview.data === null ? (
          <Failure error={preview.error} what="preview the pipeline" effect="Nothing is written by a preview." again={again} />
        ) : preview.data === null ? (
          <Loading what="the preview" rows={4} />
        ) : shown === undefined || step === undefined ? (
          <Empty>
            {pipeline.steps.length === 0
              ? 'There is nothing to preview yet: add a Source.'
              : 'This step can’t be run on samples yet: mend its problems, or those of the steps before it.'}
          </Empty>
        ) : step.role === 'source' ? (
          <SourceRows step={shown} filtered={keys.length > 0} />
        ) : (
          <Pairs step={shown} steps={preview.data.steps} />
        )}
      </div>
    </section>
  );
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** Cap, age and calls: a sample never looks like everything. */
function about(step: PreviewStep | undefined, steps: readonly PreviewStep[], millis: number | null): string {
  if (step === undefined || millis === null) return 'Sampled events; nothing is written';
  const samples = steps.flatMap((each) => (each.sample ? [each.sample] : []));
  const ages = samples.flatMap((sample) => (typeof sample.age === 'number' ? [sample.age] : []));
  const age = ages.length === 0 ? '' : `, the newest ${duration(Math.min(...ages))} old`;
  const calls = step.calls ? `; asked for ${step.calls.questions} in ${step.calls.requests} ${step.calls.requests === 1 ? 'request' : 'requests'}, ${step.calls.millis} ms` : '';
  const note = step.note === '' ? '' : ` ${step.note}`;
  return `Newest events, at most ${samples[0]?.cap ?? 0} of each Source${age}${calls}. Nothing is written.${note}`;
}

function SourceRows({ step, filtered }: { step: PreviewStep; filtered: boolean }) {
  if (step.rows.length === 0) {
    return <Empty>{filtered ? 'None of the newest rows has one of these keys.' : 'This Source has no rows yet; they appear once something is captured.'}</Empty>;
  }
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">What</th>
          <Heads columns={step.columns} />
        </tr>
      </thead>
      <tbody>
        {step.rows.map((row, i) => (
          <tr key={i}>
            <td className={classes.op}>{OPS[row.op]}</td>
            <Cells columns={step.columns} row={row} masked={step.masked} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Heads({ columns, fresh }: { columns: readonly Column[]; fresh?: ReadonlySet<string> }) {
  return columns.map((column, i) => (
    <th key={column.name} scope="col" title={column.type} data-edge={(fresh !== undefined && i === 0) || undefined} data-fresh={fresh?.has(column.name) || undefined}>
      {column.name}
    </th>
  ));
}

/** Each row that goes in, what became of it, and what comes out of it. */
function Pairs({ step, steps }: { step: PreviewStep; steps: readonly PreviewStep[] }) {
  const inputs = [...new Set(step.results.map((result) => result.input))];
  const columnsIn = columnsOf(steps.filter((each) => inputs.includes(each.id)));
  const maskedIn = steps.filter((each) => inputs.includes(each.id)).flatMap((each) => each.masked);
  const before = new Set(columnsIn.map((column) => column.name));
  const fresh = new Set(step.columns.map((column) => column.name).filter((name) => !before.has(name)));
  if (step.results.length === 0) return <Empty>No row reaches this step in the sample.</Empty>;
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="colgroup" colSpan={columnsIn.length + 1} className={classes.side}>
            In: {step.results.length} rows of {inputs.join(', ')}
          </th>
          <th className={classes.side} aria-hidden />
          <th scope="colgroup" colSpan={Math.max(1, step.columns.length)} className={classes.side} data-edge>
            Out: {step.rows.length} rows
          </th>
        </tr>
        <tr>
          <th scope="col">What</th>
          <Heads columns={columnsIn} />
          <th scope="col" data-edge>
            Outcome
          </th>
          <Heads columns={step.columns} fresh={fresh} />
        </tr>
      </thead>
      <tbody>
        {step.results.flatMap((result, i) => {
          const given = steps.find((each) => each.id === result.input)?.rows[result.row];
          const { word, Icon } = OUTCOMES[result.outcome];
          const made = result.made.length === 0 ? [undefined] : result.made.map((index) => step.rows[index]);
          return made.map((row, j) => (
            <tr key={`${i}.${j}`} data-outcome={result.outcome}>
              <td className={classes.op}>{j === 0 && given ? OPS[given.op] : ''}</td>
              <Cells columns={columnsIn} row={j === 0 ? given : undefined} masked={maskedIn} />
              <td className={classes.outcome} data-edge>
                <span>
                  <Icon size={14} aria-hidden />
                  {word}
                </span>
              </td>
              {row ? (
                <Cells columns={step.columns} row={row} against={given} masked={step.masked} />
              ) : (
                <td colSpan={Math.max(1, step.columns.length)} data-edge className={classes.reason}>
                  {result.reason}
                </td>
              )}
            </tr>
          ));
        })}
      </tbody>
    </table>
  );
}

function columnsOf(steps: readonly PreviewStep[]): Column[] {
  const found = new Map<string, Column>();
  for (const step of steps) for (const column of step.columns) if (!found.has(column.name)) found.set(column.name, column);
  return [...found.values()];
}

interface CellsProps {
  columns: readonly Column[];
  row: PreviewRow | undefined;
  masked: readonly string[];
  /** What differs from this row is marked. */
  against?: PreviewRow | undefined;
}

function Cells({ columns, row, against, masked }: CellsProps) {
  return columns.map((column, i) => {
    const value = row?.values[column.name];
    const shown = row === undefined || !(column.name in row.values) ? null : cell(value, column.type);
    const changed = against !== undefined && row !== undefined && JSON.stringify(against.values[column.name]) !== JSON.stringify(value);
    return (
      <td key={column.name} data-kind={shown?.kind} data-changed={changed || undefined} data-edge={(against !== undefined && i === 0) || undefined} title={shown?.title ?? shown?.text}>
        {row !== undefined && masked.includes(column.name) ? (
          <span className={classes.masked}>
            <IconLock size={12} aria-hidden /> hidden
          </span>
        ) : (
          (shown?.text ?? '')
        )}
      </td>
    );
  });
}
