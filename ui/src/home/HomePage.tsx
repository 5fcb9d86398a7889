import { Button } from '@mantine/core';
import { IconHandStop, IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Answer } from '../api/api';
import { useRead } from '../api/useApi';
import { AddConnection } from '../connections/AddConnection';
import { clockTime, count, duration, rate } from '../format/format';
import { JobLine } from '../jobs/JobLine';
import { useNow } from '../parts/Age';
import { Snippet } from '../parts/Copy';
import { DataTable } from '../parts/DataTable';
import { Page, Section } from '../parts/Page';
import { Notice, Shown } from '../parts/States';
import { pipelinePath } from '../pipelines/pipeline';
import { NewestRows } from '../rows/NewestRows';
import { StateMark } from '../state/StateMark';
import { Pulse } from './Pulse';
import { Troubles } from './Troubles';
import classes from './HomePage.module.css';

type Home = Answer<'/api/v1/home'>;

/** What needs you, what is yours, what is being done, what moves: `/`. */
export function HomePage() {
  const reading = useRead('/api/v1/home', {}, { live: true });
  const [held, setHeld] = useState<Home | null>(null);
  const now = useNow();
  const data = held ?? reading.data;
  return (
    <Page
      title="Home"
      facts={data && <Services home={data} />}
      actions={
        reading.data &&
        !isEmpty(reading.data) && (
          <Button
            variant="default"
            leftSection={held ? <IconPlayerPlay size={14} aria-hidden /> : <IconHandStop size={14} aria-hidden />}
            onClick={() => setHeld(held ? null : (reading.data ?? null))}
            aria-pressed={held !== null}
          >
            {held ? `Held at ${clockTime(Date.parse(held.now))}: follow` : 'Hold'}
          </Button>
        )
      }
    >
      <Shown of={{ ...reading, data }} what="Home">
        {(home) => (isEmpty(home) ? <Welcome /> : <Everything home={home} now={held ? Date.parse(held.now) : Math.max(now, Date.parse(home.now))} />)}
      </Shown>
    </Page>
  );
}

function isEmpty({ counts }: Home): boolean {
  return counts.connections + counts.sources + counts.pipelines === 0;
}

function Everything({ home, now }: { home: Home; now: number }) {
  return (
    <>
      <Troubles needs={home.needs_you} />
      <Pulse home={home} />
      <div className={classes.columns}>
        <div className={classes.main}>
          <MyPipelines home={home} />
          {home.work.open > 0 && (
            <Section title="Being done" note={<Link to="/jobs?state=open">{count(home.work.open)} open</Link>}>
              <div>
                {home.work.items.map((job) => (
                  <JobLine key={job.id} job={job} />
                ))}
              </div>
            </Section>
          )}
          <Counts home={home} />
        </div>
        <NewestRows sources={home.movement.sources} now={now} />
      </div>
    </>
  );
}

/** What is down, or that nothing is. */
function Services({ home }: { home: Home }) {
  const down = home.services.filter((service) => service.state !== 'healthy');
  if (down.length === 0) return <StateMark state="healthy" word="Everything runs" />;
  return (
    <>
      {down.map((service) => (
        <StateMark key={service.name} state="down" word={`${service.name} is down`} />
      ))}
    </>
  );
}

function MyPipelines({ home: { pipelines } }: { home: Home }) {
  const mine = pipelines.items.filter((each) => each.mine);
  const states = Object.entries(pipelines.by_state)
    .filter(([state]) => state !== 'running')
    .map(([state, many]) => `${count(many)} ${state.replaceAll('_', ' ')}`);
  if (pipelines.total === 0) {
    return (
      <Section title="Pipelines">
        <Notice tone="idle" title="No pipeline moves rows yet">
          <p>
            Sources are captured. <Link to="/pipelines/new">Build a pipeline</Link> that brings them into a table.
          </p>
        </Notice>
      </Section>
    );
  }
  return (
    <Section
      title={mine.length > 0 ? 'My pipelines' : 'Pipelines'}
      note={
        <Link to="/pipelines">
          {pipelines.items.length < pipelines.total ? `${pipelines.items.length} of ${count(pipelines.total)}` : `all ${count(pipelines.total)}`}
          {states.length > 0 && `: ${states.join(', ')}`}
        </Link>
      }
    >
      <DataTable
        label="Pipelines"
        rows={pipelines.items}
        rowId={(each) => each.name}
        to={(each) => pipelinePath(each.name)}
        columns={[
          { id: 'name', label: 'Name', width: 'minmax(150px, 3fr)', cell: (each) => <Link to={pipelinePath(each.name)}>{each.name}</Link> },
          { id: 'state', label: 'State', width: 'minmax(104px, 2fr)', cell: (each) => <StateMark state={each.state} /> },
          { id: 'lag', label: 'Lag', width: '88px', align: 'right', cell: (each) => duration(each.lag_seconds) },
          { id: 'visible', label: 'To visible', width: '82px', align: 'right', cell: (each) => duration(each.heartbeat_seconds) },
          { id: 'rate', label: 'Rate', width: '88px', align: 'right', cell: (each) => (each.rate === undefined ? rate(null) : `${rate(each.rate)}/s`) },
        ]}
      />
    </Section>
  );
}

function Counts({ home: { counts } }: { home: Home }) {
  return (
    <p className={classes.counts}>
      <Link to="/connections">
        {count(counts.connections)} connection{counts.connections === 1 ? '' : 's'}
      </Link>
      {counts.troubled_connections > 0 && ` (${count(counts.troubled_connections)} not running)`},{' '}
      <Link to="/sources">
        {count(counts.sources)} Source{counts.sources === 1 ? '' : 's'}
      </Link>
      {counts.dumping > 0 && ` (${count(counts.dumping)} in their first dump)`}
    </p>
  );
}

function Welcome() {
  return (
    <section className={classes.welcome}>
      <h2>Nothing moves yet</h2>
      <p>Connect a database: its tables appear here as Sources within a minute, and every change of theirs from then on.</p>
      <AddConnection label="Connect a database" />
      <p>Or look around first: this starts a platform with a film studio’s database whose data never stop moving.</p>
      <Snippet text="./backlot demo" label="Copy the command" />
    </section>
  );
}
