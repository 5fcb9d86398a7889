import { Link, useParams } from 'react-router';
import { useRead } from '../api/useApi';
import { count, duration } from '../format/format';
import { Age, Moment } from '../parts/Age';
import { Facts, Figures } from '../parts/Facts';
import { Page, Section } from '../parts/Page';
import { Notice, Shown } from '../parts/States';
import { StateMark } from '../state/StateMark';
import { pipelinePath } from '../pipelines/pipeline';
import { doneOf, eta, isOpen, KINDS, share, speed, STATES, subjectPath, type Job } from './job';
import { JobActions } from './JobActions';
import { JobProgress } from './JobProgress';
import { useEndNotices, useNotices } from './notify';

/** One piece of long work: `/jobs/:id`. */
export function JobPage() {
  const { id = '' } = useParams();
  const reading = useRead('/api/v1/work/{id}', { path: { id } }, { live: true });
  const job = reading.data;
  const { on } = useNotices();
  useEndNotices(job && [job], on);
  return (
    <Page
      title={job ? `${KINDS[job.kind]} of ${job.what.name}` : id}
      parents={[{ to: '/jobs', label: 'Jobs' }]}
      facts={
        job && (
          <>
            <StateMark state={STATES[job.state].mark} word={STATES[job.state].word} />
            <code>{job.id}</code>
          </>
        )
      }
      actions={job && <JobActions job={job} />}
    >
      <Shown of={reading} what={`job ${id}`}>
        {(known) => <Known job={known} />}
      </Shown>
    </Page>
  );
}

function Known({ job }: { job: Job }) {
  const part = share(job);
  return (
    <>
      {job.state === 'failed' && (
        <Notice tone="failed" title="It failed">
          <p>{job.reason || 'Nobody said why.'}</p>
          <p>{job.effect} What it has done stays.</p>
        </Notice>
      )}
      {isOpen(job) && job.reason !== '' && (
        <Notice tone="busy" title="It waits">
          <p>{job.reason}</p>
        </Notice>
      )}
      {job.still_since && (
        <Notice tone="blocked" title="No progress">
          <p>
            Nothing was done for <Age of={job.still_since} suffix="" />. It goes on by itself when what it waits for answers: the database, Kafka or the data plane.
          </p>
        </Notice>
      )}
      <Figures
        figures={[
          { label: 'How far', value: part === null ? doneOf(job) || STATES[job.state].word : `${Math.floor(part * 100)} %`, note: part === null ? 'the whole is not known' : doneOf(job) },
          { label: 'Rate', value: job.state === 'running' ? speed(job) : '–', note: job.state === 'running' ? 'over the last seconds' : 'it does not run' },
          { label: 'Left', value: eta(job) || '–', note: job.state === 'running' ? (eta(job) === '' ? 'can’t be told yet' : 'a range: work is uneven') : '' },
          { label: 'Took', value: job.elapsed_seconds === undefined ? '–' : duration(job.elapsed_seconds), note: job.started_at ? <Moment of={job.started_at} /> : 'not begun' },
        ]}
      />
      {isOpen(job) && <JobProgress job={job} />}
      <Section title="What it is">
        <Facts
          facts={[
            ['About', <Link key="w" to={subjectPath(job)}>{job.what.name}</Link>],
            ['Pipeline', job.pipeline ? <Link key="p" to={pipelinePath(job.pipeline)}>{job.pipeline}</Link> : ''],
            ['Now', job.phase],
            ['What it does to data', job.effect],
            ['Asked by', job.asked ? 'somebody' : 'the platform itself'],
            ['Asked', <Age key="a" of={job.requested_at} />],
            ['Ended', job.finished_at ? <Moment key="f" of={job.finished_at} /> : ''],
            ...details(job),
          ]}
        />
        {(job.kind === 'audit' || job.kind === 'repair') && typeof job.details.round === 'number' && (
          <Link to={`/audits/${encodeURIComponent(job.what.name)}/runs/${job.details.round}`}>See what it found</Link>
        )}
      </Section>
    </>
  );
}

const LABELS: Record<string, string> = {
  written_rows: 'Rows written',
  bytes: 'Bytes written',
  chunks: 'Chunks',
  last_key: 'Finished up to key',
  where: 'Only rows where',
  keys: 'Keys',
  chunk_rows: 'Rows per chunk',
  columns: 'Columns',
  records_read: 'Records read',
  rows_filled: 'Rows filled',
  work: 'Work',
  files_rewritten: 'Files rewritten',
  files_written: 'Files written',
  rows_dropped: 'Superseded rows dropped',
  snapshots_expired: 'Snapshots expired',
  files_deleted: 'Files deleted',
  differences: 'Differences',
  repair: 'Repair',
};

function details(job: Job): [string, React.ReactNode][] {
  return Object.entries(job.details)
    .filter(([name]) => name in LABELS)
    .map(([name, value]) => [LABELS[name]!, Array.isArray(value) ? value.join(', ') : typeof value === 'number' ? count(value) : String(value).replaceAll('_', ' ')]);
}
