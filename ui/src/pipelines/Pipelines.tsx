import { IconArrowNarrowRight } from '@tabler/icons-react';
import { ageSeconds, absolute, count, duration, rate, UNKNOWN } from '../format/format';
import type { History } from '../live/history';
import type { Live, Pipeline } from '../live/live';
import { Sparkline } from '../pulse/Sparkline';
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
            <PipelineCard key={pipeline.name} pipeline={pipeline} history={history} now={now} />
          ))}
        </ul>
      )}
    </section>
  );
}

function PipelineCard({ pipeline, history, now }: { pipeline: Pipeline; history: History; now: number }) {
  return (
    <li className={classes.card} data-state={pipeline.state}>
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
        <div className={classes.spark}>
          <Sparkline samples={history.get(`pipeline:${pipeline.name}`) ?? []} size="card" />
        </div>
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
      <footer className={classes.foot}>
        <span>{pipeline.owner ?? 'no owner'}</span>
        <Job pipeline={pipeline} now={now} />
      </footer>
    </li>
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
