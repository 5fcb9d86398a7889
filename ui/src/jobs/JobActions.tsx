import { IconPlayerPause, IconPlayerPlay, IconX } from '@tabler/icons-react';
import { useOwner } from '../access/useOwner';
import { useWhyNot } from '../access/whyNot';
import { call } from '../api/api';
import { useSend } from '../api/useApi';
import { Confirm } from '../parts/Confirm';
import { Effect } from '../parts/Effect';
import type { Job } from './job';

const VERBS = {
  pause: { label: 'Pause', icon: <IconPlayerPause size={14} aria-hidden /> },
  resume: { label: 'Resume', icon: <IconPlayerPlay size={14} aria-hidden /> },
  cancel: { label: 'Cancel job', icon: <IconX size={14} aria-hidden /> },
};

/** What can be done with a job now; each says first what it means. */
export function JobActions({ job }: { job: Job }) {
  const whyNot = useWhyNot();
  const owner = useOwner(job.kind === 'backfill' ? 'pipelines' : 'sources', job.can.length === 0 ? '' : job.kind === 'backfill' ? (job.pipeline ?? '') : job.what.name);
  const act = useSend((path: string) => call('POST', path, {}));
  return (
    <>
      {job.can.map(({ name, path, means }) => (
        <Confirm
          key={name}
          label={VERBS[name].label}
          icon={VERBS[name].icon}
          question={`${VERBS[name].label}: ${job.id}?`}
          effect={<Effect points={[means]} />}
          verb={VERBS[name].label}
          whyNot={job.kind === 'backfill' ? whyNot('post', '/api/v1/backfills/{id}/cancel', owner) : whyNot('post', `/api/v1/dumps/{id}/${name}`, owner)}
          action={() => act.mutateAsync(path)}
        />
      ))}
    </>
  );
}
