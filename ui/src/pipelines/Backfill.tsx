import { Button } from '@mantine/core';
import { IconColumnInsertRight } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { useWhyNot } from '../access/whyNot';
import { send } from '../api/api';
import { useRead, useSend } from '../api/useApi';
import { count } from '../format/format';
import { JobLine } from '../jobs/JobLine';
import { Confirm } from '../parts/Confirm';
import { Effect } from '../parts/Effect';
import { Notice } from '../parts/States';
import type { PipelineItem } from './pipeline';

/** Columns that older rows lack: offered to be filled, or being filled. */
export function Backfill({ pipeline }: { pipeline: PipelineItem }) {
  const { name, status } = pipeline;
  const offers = status.backfill ?? [];
  const { data } = useRead('/api/v1/work', { query: { kind: 'backfill', state: 'open', about: name } }, { live: true });
  const running = data?.items ?? [];
  const begin = useSend(() => send('post', '/api/v1/pipelines/{name}/backfills', { path: { name }, body: {} }));
  const whyNot = useWhyNot();
  const [hidden, setHidden] = useState(false);
  if (running.length > 0) {
    return (
      <>
        {running.map((job) => (
          <JobLine key={job.id} job={job} />
        ))}
      </>
    );
  }
  if (offers.length === 0 || hidden) return null;
  const columns = offers.map((offer) => `${offer.column} of ${offer.table}`).join(', ');
  const rows = Math.max(...offers.map((offer) => offer.rows_before));
  return (
    <Notice tone="busy" title={`Older rows lack ${columns}`}>
      <p>
        The column came later: {count(rows)} row{rows === 1 ? ' was' : 's were'} written before it. What the Sources’ topics still hold of it can be filled in.{' '}
        <Link to="/jobs">Jobs</Link> show how far it is.
      </p>
      <div style={{ display: 'flex', gap: 8 }}>
        <Confirm
          label="Fill older rows"
          icon={<IconColumnInsertRight size={14} aria-hidden />}
          question={`Fill ${columns}?`}
          effect={
            <Effect
              points={[
                'Each older row gets the value that its own change carried, in place. No other value, key or position changes.',
                'Values that the topic does not hold any more stay empty; a dump of the Source would make those rows anew.',
                'The pipeline runs on meanwhile. It can be cancelled; what is filled stays.',
              ]}
            />
          }
          verb="Fill"
          whyNot={whyNot('post', '/api/v1/pipelines/{name}/backfills', pipeline.spec.owner ?? '')}
          primary
          action={() => begin.mutateAsync()}
        />
        <Button variant="default" onClick={() => setHidden(true)}>
          Not now
        </Button>
      </div>
    </Notice>
  );
}
