import { Link } from 'react-router';
import { useRead } from '../api/useApi';
import { count, duration } from '../format/format';
import { Notice } from '../parts/States';
import { pipelinePath } from './pipeline';

/** How a pipeline that was blocked catches up; nothing while it is still blocked. */
export function CatchUp({ pipeline }: { pipeline: string }) {
  const { data: graph } = useRead('/api/v1/pipelines/{name}/graph', { path: { name: pipeline } }, { live: true });
  if (graph === undefined || graph.state === 'blocked') return null;
  const records = graph.lag_records;
  if (graph.state === 'deploying') {
    return (
      <Notice tone="busy" title={`${pipeline} is being deployed`}>
        <p>Then it goes on with the very event that waited.</p>
      </Notice>
    );
  }
  if (graph.state !== 'running' && graph.state !== 'catching_up') return null;
  const behind = (records ?? 0) > 0;
  const eta = behind && graph.rate ? (records ?? 0) / graph.rate : undefined;
  return (
    <Notice tone={behind ? 'busy' : 'healthy'} title={behind ? `${pipeline} catches up` : `${pipeline} runs again`}>
      <p>
        {behind
          ? `${count(records)} records are to be taken in${eta === undefined ? '' : `, about ${duration(eta)} at the rate of now`}. Lag is ${duration(graph.lag_seconds)}.`
          : `It has caught up: lag is ${duration(graph.lag_seconds)}.`}{' '}
        <Link to={pipelinePath(pipeline)}>See it run</Link>
      </p>
    </Notice>
  );
}
