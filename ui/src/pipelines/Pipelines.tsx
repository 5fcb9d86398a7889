import { IconArrowNarrowRight, IconEqualNot, IconShieldCheck, IconShieldQuestion } from '@tabler/icons-react';
import { useRef } from 'react';
import { ageSeconds, absolute, count, duration, rate, UNKNOWN } from '../format/format';
import type { History } from '../live/history';
import type { Live, Pipeline, Table } from '../live/live';
import { Sparkline } from '../pulse/Sparkline';
import { Trend } from '../readings/Trend';
import { useReadings } from '../readings/useReadings';
import { QualifiedName } from '../sources/QualifiedName';
import { StateMark } from '../state/StateMark';
import classes from './Pipelines.module.css';

/** Every pipeline as a card: state, how far behind, how much, from where to where. */
export function Pipelines({ live, history, now }: { live: Live; history: History; now: number }) {
  return (
    <section aria-labelledby="pipelines">
      <h2 id="pipelines" className={classes.title}>
        Pipelines
      </h2>
      {live.pipelines.length === 0 ? (
        <p className={classes.empty}>
          No pipeline is declared yet. Apply one: <code>./backlot apply -f pipeline.yaml</code>
        </p>
      ) : (
        <ul className={classes.cards}>
          {live.pipelines.map((pipeline) => (
            <PipelineCard
              key={pipeline.name}
              pipeline={pipeline}
              tables={live.tables.filter((table) => pipeline.tables.includes(table.name))}
              history={history}
              now={now}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

interface Card {
  pipeline: Pipeline;
  tables: Table[];
  history: History;
  now: number;
}

const CHARTED = ['lag_seconds', 'heartbeat_seconds'];

function PipelineCard({ pipeline, tables, history, now }: Card) {
  const card = useRef<HTMLLIElement>(null);
  const readings = useReadings(card, `pipeline:${pipeline.name}`, CHARTED);
  return (
    <li ref={card} className={classes.card} data-state={pipeline.state}>
      <header className={classes.head}>
        <h3 title={pipeline.description ?? undefined}>{pipeline.name}</h3>
        <StateMark state={pipeline.state} />
      </header>
      {pipeline.reason && <p className={classes.reason}>{pipeline.reason}</p>}
      <div className={classes.figures}>
        <Figure
          big={duration(pipeline.lag_seconds)}
          small={lagRecords(pipeline)}
          label="behind"
        />
        <Figure big={rate(pipeline.rate)} label="rows a second" />
        <Heartbeat pipeline={pipeline} now={now} />
        <div className={classes.spark}>
          <Sparkline samples={history.get(`pipeline:${pipeline.name}`) ?? []} size="card" />
        </div>
      </div>
      <div className={classes.trends}>
        <Trend readings={readings} name="lag_seconds" label="Behind" />
        <Trend readings={readings} name="heartbeat_seconds" label="Heartbeat" />
      </div>
      <p className={classes.flow}>
        <span className={classes.ends}>
          {pipeline.sources.map((source) => (
            <QualifiedName key={source} name={source} />
          ))}
        </span>
        <IconArrowNarrowRight size={16} role="img" aria-label="to" className={classes.arrow} />
        <span className={classes.ends}>
          {pipeline.tables.map((table) => (
            <QualifiedName key={table} name={table} />
          ))}
        </span>
      </p>
      {tables.length > 0 && (
        <ul className={classes.proofs} aria-label="Proof">
          {tables.map((table) => (
            <li key={table.name}>
              <Proof table={table} named={tables.length > 1} now={now} />
            </li>
          ))}
        </ul>
      )}
      <footer className={classes.foot}>
        <span>{pipeline.owner ?? 'no owner'}</span>
        <Job pipeline={pipeline} now={now} />
      </footer>
    </li>
  );
}

/** Silence is told apart from a heartbeat that nobody has seen yet. */
function Heartbeat({ pipeline, now }: { pipeline: Pipeline; now: number }) {
  const silent = ageSeconds(pipeline.heartbeat_still_since, now);
  return silent !== null && silent > 30 ? (
    <Figure big="silent" label={`for ${duration(silent)}`} />
  ) : (
    <Figure big={duration(pipeline.heartbeat_seconds)} label="heartbeat" />
  );
}

const UNPROVEN: Record<string, string> = {
  none: 'not audited',
  new: 'not proven equal yet',
  equal: 'not proven equal yet',
  waiting: 'not proven equal yet: the audit waits',
  failed: 'not proven equal: the audit fails',
  unproven: 'not provable at one position',
};

/** Since when a table is proven to equal its Sources, or why it is not. */
function Proof({ table, named, now }: { table: Table; named: boolean; now: number }) {
  const name = named ? (
    <>
      <code>{table.name}</code>{' '}
    </>
  ) : null;
  const differences = table.differences ?? 0;
  if (differences > 0) {
    return (
      <span className={classes.proof} data-proof="different">
        <IconEqualNot size={15} aria-hidden />
        <span>
          {name}differs from its source in {differences === 1 ? '1 key' : `${count(differences)} keys`}
        </span>
      </span>
    );
  }
  if (table.proven_equal_as_of) {
    return (
      <span className={classes.proof} data-proof="equal">
        <IconShieldCheck size={15} aria-hidden />
        <span>
          {name}proven equal as of{' '}
          <time dateTime={table.proven_equal_as_of} title={absolute(table.proven_equal_as_of)}>
            {duration(ageSeconds(table.proven_equal_as_of, now))} ago
          </time>
        </span>
      </span>
    );
  }
  return (
    <span className={classes.proof} data-proof="none">
      <IconShieldQuestion size={15} aria-hidden />
      <span>
        {name}{UNPROVEN[table.audit ?? 'none'] ?? UNPROVEN.none}
      </span>
    </span>
  );
}

function Figure({ big, small, label }: { big: string; small?: string; label: string }) {
  return (
    <div>
      <p className={classes.big} data-unknown={big === UNKNOWN || undefined}>
        {big}
      </p>
      <p className={classes.label}>
        {label}
        {small ? `, ${small}` : ''}
      </p>
    </div>
  );
}

function lagRecords(pipeline: Pipeline): string {
  if (pipeline.caught_up) return 'caught up';
  if (pipeline.lag_records === null) return '';
  return pipeline.lag_records === 1 ? '1 record' : `${count(pipeline.lag_records)} records`;
}

function Job({ pipeline, now }: { pipeline: Pipeline; now: number }) {
  const job = pipeline.jobs[0];
  if (job === undefined) return <span>no job</span>;
  return (
    <span title={job.started_at ? `${job.id}, since ${absolute(job.started_at)}` : job.id}>
      job <code>{job.id.slice(0, 8)}</code>
      {job.started_at ? ` for ${duration(ageSeconds(job.started_at, now))}` : ''}
    </span>
  );
}
