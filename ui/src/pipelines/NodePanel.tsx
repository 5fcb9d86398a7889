import { ActionIcon } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { Link } from 'react-router';
import { count, duration, moment } from '../format/format';
import { stepIcon, stepWord } from '../graph/StepCard';
import { Age, Moment } from '../parts/Age';
import { DataTable } from '../parts/DataTable';
import { Facts } from '../parts/Facts';
import { Notice } from '../parts/States';
import { Letters } from './Letters';
import { RunCharts } from './RunCharts';
import { perSecond, share, title } from './RunGraph';
import type { Graph, Node, PipelineItem } from './pipeline';
import classes from './NodePanel.module.css';

/** Everything about one step, beside the graph. */
export function NodePanel({ pipeline, graph, node, close }: { pipeline: PipelineItem; graph: Graph; node: Node; close: () => void }) {
  const Icon = stepIcon(node.role, node.type);
  const inputs = graph.edges.filter((edge) => edge.to === node.id).map((edge) => graph.nodes.find(({ id }) => id === edge.from));
  return (
    <aside className={classes.panel} aria-label={`Step ${node.id}`}>
      <header className={classes.head}>
        <Icon size={16} aria-hidden />
        <div className={classes.names}>
          <h2>{title(node)}</h2>
          <span>
            {stepWord(node.role, node.type)} · <code>{node.id}</code>
          </span>
        </div>
        <ActionIcon variant="subtle" color="gray" aria-label="Close the step" onClick={close}>
          <IconX size={16} aria-hidden />
        </ActionIcon>
      </header>
      {node.parked.length > 0 && (
        <Notice tone="blocked" title="It stands before a change that needs you">
          {node.parked.map((record) => (
            <p key={record.partition}>
              Partition {record.partition} waits at offset {record.offset}
              {record.written_at && (
                <>
                  , written <Age of={record.written_at} />
                </>
              )}
              {record.kept_until && (
                <>
                  ; kept until <Moment of={record.kept_until} />
                </>
              )}
              .
            </p>
          ))}
          <p>The other partitions go on. Nothing is lost.</p>
        </Notice>
      )}
      <Facts facts={facts(node)} />
      <RunCharts pipeline={pipeline.name} step={node.id} />
      {node.columns.length > 0 && <Columns node={node} inputs={inputs.filter((input) => input !== undefined)} />}
      {Object.keys(node.config).length > 0 && (
        <section className={classes.section}>
          <h3>Configuration</h3>
          <Facts facts={Object.entries(node.config).map(([key, value]) => [key, <code key={key} className={classes.value}>{typeof value === 'string' ? value : JSON.stringify(value)}</code>])} />
        </section>
      )}
      {node.notes.length > 0 && (
        <section className={classes.section}>
          <h3>What the planner decided</h3>
          <ul>
            {node.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </section>
      )}
      {node.role === 'processor' && pipeline.spec.on_error !== 'stop' && pipeline.spec.on_error !== undefined && (
        <section className={classes.section}>
          <h3>Dead letters</h3>
          <Letters pipeline={pipeline} step={node.id} />
        </section>
      )}
    </aside>
  );
}

function facts(node: Node): [string, React.ReactNode][] {
  const all: [string, React.ReactNode][] = [];
  if (node.role === 'source') {
    all.push(['Source', <Link key="s" to={`/sources/${encodeURIComponent(node.name ?? '')}`}>{node.name}</Link>]);
    const unmarked = node.partitions_without_mark ?? 0;
    all.push(['Lag', `${duration(node.lag_seconds)}, ${count(node.lag_records)} records`]);
    all.push(['Partitions', node.partitions === undefined ? 'unknown' : unmarked > 0 ? `${node.partitions}, ${unmarked} without an offset yet` : String(node.partitions)]);
  }
  if (node.role === 'sink') {
    all.push(['Table', <Link key="t" to={`/audits/${encodeURIComponent(node.name ?? '')}`}>{node.name}</Link>]);
    all.push(['Lag', `${duration(node.lag_seconds)}, ${count(node.lag_records)} records`]);
  }
  if (node.role === 'publication') all.push(['Published as', <Link key="p" to={`/sources/${encodeURIComponent(node.name ?? '')}`}>{node.name}</Link>]);
  all.push(['In', perSecond(node.in_rate)], ['Out', perSecond(node.out_rate)], ['Errors', perSecond(node.error_rate)]);
  all.push(['Busy', share(node.busy)], ['Held up by the next step', share(node.back_pressured)]);
  if (node.latency_seconds) all.push(['From commit until here', percentiles(node.latency_seconds)]);
  if (node.request_seconds) all.push(['Requests take', percentiles(node.request_seconds)]);
  if (node.key.length > 0) all.push(['Key', node.key.join(', ')]);
  return all;
}

function percentiles({ p50, p95, p99 }: NonNullable<Node['latency_seconds']>): string {
  return `${moment(p50)} (p95 ${moment(p95)}, p99 ${moment(p99)})`;
}

/** What comes out, and what of it is not the same as what came in. */
function Columns({ node, inputs }: { node: Node; inputs: Node[] }) {
  const before = new Map(inputs.flatMap((input) => input.columns.map((column) => [column.name, column.type] as const)));
  const gone = [...before.keys()].filter((name) => !node.columns.some((column) => column.name === name));
  const change = (name: string, type: string) =>
    inputs.length === 0 ? '' : !before.has(name) ? 'new' : before.get(name) === type ? '' : `was ${before.get(name)}`;
  return (
    <section className={classes.section}>
      <h3>
        Columns {inputs.length > 0 && <span className={classes.soft}>{inputs.flatMap((input) => input.columns).length} in, {node.columns.length} out</span>}
      </h3>
      <DataTable
        label="Columns of its output"
        rows={node.columns}
        rowId={(column) => column.name}
        columns={[
          { id: 'name', label: 'Column', cell: (column) => <code>{column.name}</code>, width: 'minmax(110px, 2fr)' },
          { id: 'type', label: 'Type', cell: (column) => column.type, width: 'minmax(80px, 1fr)' },
          { id: 'change', label: 'Change', cell: (column) => change(column.name, column.type), width: '80px' },
        ]}
        height={220}
      />
      {gone.length > 0 && <p className={classes.soft}>Not passed on: {gone.join(', ')}</p>}
    </section>
  );
}
