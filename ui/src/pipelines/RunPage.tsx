import { useParams } from 'react-router';
import { Link } from 'react-router';
import { useRead } from '../api/useApi';
import { count, duration } from '../format/format';
import { Age } from '../parts/Age';
import { DataTable } from '../parts/DataTable';
import { Figures } from '../parts/Facts';
import { Page, Section } from '../parts/Page';
import { Notice, Shown } from '../parts/States';
import { Tabs } from '../parts/Tabs';
import { useAddress } from '../parts/useAddress';
import { StateMark } from '../state/StateMark';
import { Backfill } from './Backfill';
import { Blocked } from './Blocked';
import { ConsumersTab } from './ConsumersTab';
import { EventsTab } from './EventsTab';
import { Letters } from './Letters';
import { NodePanel } from './NodePanel';
import { pipelinePath, type Graph, type Node, type PipelineItem } from './pipeline';
import { RevisionsTab } from './RevisionsTab';
import { RunActions } from './RunActions';
import { ChartsSection } from './RunCharts';
import { perSecond, RunGraph, share, title } from './RunGraph';
import { usePipeline } from './usePipeline';
import classes from './RunPage.module.css';

/** A pipeline as it runs: `/pipelines/:id?node=&range=&tab=`. */
export function RunPage() {
  const { id = '' } = useParams();
  const reading = usePipeline(id);
  const pipeline = reading.data;
  return (
    <Page
      title={id}
      parents={[{ to: '/pipelines', label: 'Pipelines' }]}
      facts={
        pipeline && (
          <>
            <StateMark state={pipeline.status.state} />
            <span>
              for <Age of={pipeline.status.since} suffix="" />
            </span>
            <span>{pipeline.spec.owner}</span>
            <Link to={`${pipelinePath(id)}?tab=revisions`}>revision {pipeline.status.revision}</Link>
          </>
        )
      }
      actions={pipeline && <RunActions pipeline={pipeline} />}
    >
      <Shown of={reading} what={`pipeline ${id}`}>
        {(item) => <Run pipeline={item} />}
      </Shown>
    </Page>
  );
}

function Run({ pipeline }: { pipeline: PipelineItem }) {
  const { status, spec } = pipeline;
  const blocked = status.state === 'blocked';
  const letters = status.dead_letters ?? 0;
  return (
    <>
      {spec.description && <p className={classes.description}>{spec.description}</p>}
      <StateNotice pipeline={pipeline} />
      <Backfill pipeline={pipeline} />
      <Tabs
        label={`Views of ${pipeline.name}`}
        tabs={[
          { id: 'overview', label: 'Overview', view: () => <Overview pipeline={pipeline} /> },
          ...(blocked ? [{ id: 'blocked', label: 'Blocked: choose', view: () => <Blocked pipeline={pipeline.name} /> }] : []),
          { id: 'revisions', label: 'Revisions', note: status.revision, view: () => <RevisionsTab pipeline={pipeline} /> },
          { id: 'log', label: 'Log', view: () => <EventsTab pipeline={pipeline} /> },
          { id: 'letters', label: 'Dead letters', ...(letters > 0 ? { note: count(letters) } : {}), view: () => <Letters pipeline={pipeline} /> },
          { id: 'consumers', label: 'Fields and consumers', view: () => <ConsumersTab pipeline={pipeline} /> },
        ]}
      />
    </>
  );
}

/** Why it does not just run, if it does not. */
function StateNotice({ pipeline: { name, status, spec } }: { pipeline: PipelineItem }) {
  if (status.state === 'blocked') {
    return (
      <Notice tone="blocked" title="Blocked: it needs you">
        <p>{status.reason}</p>
        <p>It stands before the change with its position kept. Nothing is lost.</p>
        <Link to={`${pipelinePath(name)}?tab=blocked`}>See what can be done</Link>
      </Notice>
    );
  }
  if (status.state === 'failed') {
    return (
      <Notice tone="failed" title="Its job does not run">
        <p>{status.reason}</p>
        <p>
          Rows that are in its tables stay; its position is kept.
          {status.retry_at && <> It is tried again by itself, the next time at {new Date(status.retry_at).toLocaleTimeString()}.</>}
        </p>
      </Notice>
    );
  }
  if (status.state === 'paused') {
    return (
      <Notice tone="idle" title="Paused by a person">
        <p>Changes wait in the topics of its Sources. Resume goes on at exactly the place where it stopped.</p>
      </Notice>
    );
  }
  if (status.code === 'UPGRADE_FAILED') {
    return (
      <Notice tone="blocked" title="A change of a Source could not be followed">
        <p>{status.reason}</p>
        <p>It runs on under the plan before, and tries again by itself.</p>
      </Notice>
    );
  }
  if (status.state === 'deploying' || status.state === 'deleting') {
    return status.reason === '' ? null : (
      <Notice tone="busy" title={status.state === 'deploying' ? 'It is being deployed' : 'It is being deleted'}>
        <p>{status.reason}</p>
      </Notice>
    );
  }
  return spec.state === 'paused' ? (
    <Notice tone="busy" title="It is about to be paused">
      <p>{status.reason}</p>
    </Notice>
  ) : null;
}

function Overview({ pipeline }: { pipeline: PipelineItem }) {
  const reading = useRead('/api/v1/pipelines/{name}/graph', { path: { name: pipeline.name } }, { live: true });
  const [chosen, choose] = useAddress('node');
  return (
    <Shown of={reading} what="the graph">
      {(graph) => {
        const node = graph.nodes.find(({ id }) => id === chosen);
        return (
          <>
            <Now pipeline={pipeline} graph={graph} />
            <RunGraph graph={graph} chosen={node?.id ?? ''} onChoose={choose} />
            <div className={classes.stage} data-open={node !== undefined || undefined}>
              <div className={classes.left}>
                <Steps graph={graph} chosen={chosen} onChoose={choose} />
                <ChartsSection pipeline={pipeline.name} />
              </div>
              {node && <NodePanel key={node.id} pipeline={pipeline} graph={graph} node={node} close={() => choose('')} />}
            </div>
          </>
        );
      }}
    </Shown>
  );
}

function Now({ pipeline: { status }, graph }: { pipeline: PipelineItem; graph: Graph }) {
  const slowest = [...graph.latency].filter((of) => of.count > 0).sort((a, b) => a.window_seconds - b.window_seconds || b.seconds.p95 - a.seconds.p95)[0];
  const letters = graph.dead_letters ?? 0;
  const eta = status.state === 'catching_up' && graph.rate && graph.lag_records ? graph.lag_records / graph.rate : undefined;
  return (
    <Figures
      figures={[
        { label: 'Lag', value: duration(graph.lag_seconds), note: eta === undefined ? `${count(graph.lag_records)} records` : `${count(graph.lag_records)} records, about ${duration(eta)} to catch up` },
        {
          label: 'From commit to visible',
          value: slowest ? duration(slowest.seconds.p50) : duration(null),
          note: slowest ? `p95 ${duration(slowest.seconds.p95)}, p99 ${duration(slowest.seconds.p99)}, last ${duration(slowest.window_seconds)}` : 'by heartbeats',
        },
        { label: 'Rate', value: perSecond(graph.rate), note: 'records taken in' },
        { label: 'Errors', value: count(graph.errors_last_hour), note: 'in the last hour' },
        { label: 'Dead letters', value: count(graph.dead_letters ?? (status.dead_letters ?? null)), note: letters > 0 ? 'wait to be replayed' : 'waiting' },
      ]}
    />
  );
}

/** The same as the graph, as a list. */
function Steps({ graph, chosen, onChoose }: { graph: Graph; chosen: string; onChoose: (id: string) => void }) {
  return (
    <Section title="Steps" note={graph.measured ? undefined : 'Nobody counts what its steps do just now: it does not run, or runs in a Flink of its own.'}>
      <DataTable<Node>
        label="Steps of the pipeline"
        rows={graph.nodes}
        rowId={(node) => node.id}
        onOpen={(node) => onChoose(node.id === chosen ? '' : node.id)}
        chosen={chosen}
        columns={[
          { id: 'step', label: 'Step', cell: (node) => title(node), width: 'minmax(168px, 2fr)' },
          { id: 'in', label: 'In', align: 'right', cell: (node) => perSecond(node.in_rate), sort: (node) => node.in_rate ?? null, width: '76px' },
          { id: 'out', label: 'Out', align: 'right', cell: (node) => perSecond(node.out_rate), sort: (node) => node.out_rate ?? null, width: '72px' },
          { id: 'errors', label: 'Errors', align: 'right', cell: (node) => perSecond(node.error_rate), sort: (node) => node.error_rate ?? null, width: '92px' },
          { id: 'busy', label: 'Busy', align: 'right', cell: (node) => share(node.busy), sort: (node) => node.busy ?? null, width: '72px' },
          { id: 'held', label: 'Held up', align: 'right', cell: (node) => share(node.back_pressured), sort: (node) => node.back_pressured ?? null, width: '84px' },
          {
            id: 'lag',
            label: 'Lag',
            align: 'right',
            cell: (node) => (node.role === 'source' || node.role === 'sink' ? ((node.partitions_without_mark ?? 0) > 0 && node.lag_seconds === undefined ? 'no offset' : duration(node.lag_seconds)) : ''),
            sort: (node) => node.lag_seconds ?? null,
            width: '84px',
          },
        ]}
      />
    </Section>
  );
}
