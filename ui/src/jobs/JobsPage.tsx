import { Button, Group, SegmentedControl, Select, Switch } from '@mantine/core';
import { Link } from 'react-router';
import { useRead } from '../api/useApi';
import { duration } from '../format/format';
import { Age } from '../parts/Age';
import { DataTable } from '../parts/DataTable';
import { Page } from '../parts/Page';
import { Empty, Shown } from '../parts/States';
import { useAddress } from '../parts/useAddress';
import { StateMark } from '../state/StateMark';
import { eta, isOpen, jobPath, KINDS, STATES } from './job';
import { JobProgress } from './JobProgress';
import { useEndNotices, useNotices } from './notify';

/** Everything that takes long: `/jobs?state=&kind=&about=`. */
export function JobsPage() {
  const reading = useRead('/api/v1/work', { query: { limit: 500 } }, { live: true });
  const [state, setState] = useAddress('state', 'all');
  const [kind, setKind] = useAddress('kind');
  const [about, setAbout] = useAddress('about');
  const notices = useNotices();
  useEndNotices(reading.data?.items, notices.on);
  return (
    <Page
      title="Jobs"
      facts={reading.data && <span>{reading.data.open} open</span>}
      actions={
        notices.supported && (
          <Switch
            label={notices.denied ? 'Tell me when one ends (your browser forbids it)' : 'Tell me when one ends'}
            checked={notices.on}
            disabled={notices.denied}
            onChange={(event) => void notices.turn(event.currentTarget.checked)}
          />
        )
      }
    >
      <Shown of={reading} what="the jobs">
        {({ items }) => {
          const subjects = [...new Set(items.map((job) => job.what.name))].sort();
          const shown = items.filter(
            (job) =>
              (state === 'all' || isOpen(job) === (state === 'open')) && (kind === '' || job.kind === kind) && (about === '' || job.what.name === about || job.pipeline === about),
          );
          const clear = () => {
            setState('all');
            setKind('');
            setAbout('');
          };
          if (items.length === 0) {
            return <Empty action={<Button component={Link} to="/sources" variant="default">See Sources</Button>}>No job has run yet: dumps, backfills, audits, repairs and maintenance show here.</Empty>;
          }
          return (
            <>
              <Group gap={8}>
                <SegmentedControl aria-label="State" data={[{ value: 'all', label: 'All' }, { value: 'open', label: 'Open' }, { value: 'ended', label: 'Ended' }]} value={state} onChange={setState} />
                <Select aria-label="Kind" placeholder="Every kind" clearable data={Object.entries(KINDS).map(([value, label]) => ({ value, label }))} value={kind || null} onChange={(value) => setKind(value ?? '')} w={150} />
                <Select aria-label="About" placeholder="About anything" clearable searchable data={subjects} value={about || null} onChange={(value) => setAbout(value ?? '')} w={240} />
              </Group>
              {shown.length === 0 ? (
                <Empty action={<Button variant="default" onClick={clear}>Show all {items.length}</Button>}>No job is like this filter.</Empty>
              ) : (
                <DataTable
                  label="Jobs, what is open first"
                  rows={shown}
                  rowId={(job) => job.id}
                  to={(job) => jobPath(job.id)}
                  columns={[
                    { id: 'kind', label: 'Job', width: '112px', cell: (job) => <Link to={jobPath(job.id)}>{KINDS[job.kind]}</Link>, sort: (job) => job.kind },
                    { id: 'what', label: 'About', width: 'minmax(190px, 2fr)', cell: (job) => <span title={job.what.name}>{job.what.name}</span>, sort: (job) => job.what.name },
                    { id: 'state', label: 'State', width: '108px', cell: (job) => <StateMark state={STATES[job.state].mark} word={STATES[job.state].word} />, sort: (job) => job.state },
                    { id: 'progress', label: 'How far', width: 'minmax(280px, 2fr)', cell: (job) => <JobProgress job={job} /> },
                    { id: 'left', label: 'Left', width: '130px', align: 'right', cell: (job) => eta(job) },
                    { id: 'elapsed', label: 'Took', width: '76px', align: 'right', cell: (job) => (job.elapsed_seconds === undefined ? '' : duration(job.elapsed_seconds)), sort: (job) => job.elapsed_seconds ?? null },
                    { id: 'when', label: 'Asked', width: '112px', align: 'right', cell: (job) => <Age of={job.requested_at} />, sort: (job) => job.requested_at },
                  ]}
                  {...(shown.length > 60 ? { height: 720 } : {})}
                />
              )}
            </>
          );
        }}
      </Shown>
    </Page>
  );
}
