import { totalRate, windowOf, type History } from '../live/history';
import type { Live } from '../live/live';
import { absolute, ageSeconds, count, duration, rate, UNKNOWN } from '../format/format';
import { Sparkline } from './Sparkline';
import classes from './Pulse.module.css';

/** The head of the page: how much moves, how fresh it is, how far it got. */
export function Pulse({ live, history, now }: { live: Live; history: History; now: number }) {
  const samples = history.get('total') ?? [];
  const total = totalRate(live);
  const values = samples.map((s) => s.value).filter((v): v is number => v !== null);
  const newest = newestChange(live);
  const slowest = slowestPipeline(live);
  const waiting = live.pipelines.map((p) => p.lag_records).filter((records): records is number => records !== null);
  return (
    <section className={classes.pulse} aria-label="Pulse">
      <div className={classes.headline}>
        <p className={classes.number} data-unknown={total === null || undefined}>
          {rate(total)}
        </p>
        <p className={classes.caption}>changes a second</p>
      </div>
      <div className={classes.line}>
        <Sparkline samples={samples} size="hero" />
        <p className={classes.axis}>
          <span>{duration(windowOf(samples) / 1000)} ago</span>
          <span>{values.length === 0 ? 'no rate is known yet' : `peak ${rate(Math.max(...values))}/s`}</span>
          <span>now</span>
        </p>
      </div>
      <dl className={classes.facts}>
        <Fact
          term="Newest change"
          value={newest === null ? UNKNOWN : `${duration(ageSeconds(newest, now))} ago`}
          {...(newest === null ? {} : { title: absolute(newest) })}
        />
        <Fact
          term="Slowest pipeline"
          value={slowest === null ? UNKNOWN : `${duration(slowest.lag_seconds)} behind`}
          {...(slowest === null ? {} : { title: slowest.name })}
        />
        <Fact
          term="Records waiting"
          value={waiting.length === 0 ? UNKNOWN : count(waiting.reduce((sum, records) => sum + records, 0))}
        />
      </dl>
    </section>
  );
}

function Fact({ term, value, title }: { term: string; value: string; title?: string }) {
  return (
    <div className={classes.fact}>
      <dt>{term}</dt>
      <dd data-unknown={value === UNKNOWN || undefined} title={title}>
        {value}
      </dd>
    </div>
  );
}

function newestChange(live: Live): string | null {
  const times = live.sources.map((s) => s.newest_change_at).filter((t): t is string => t !== null);
  return times.length === 0 ? null : times.reduce((a, b) => (Date.parse(a) > Date.parse(b) ? a : b));
}

function slowestPipeline(live: Live) {
  const known = live.pipelines.filter((p) => p.lag_seconds !== null);
  return known.length === 0
    ? null
    : known.reduce((a, b) => ((a.lag_seconds ?? 0) >= (b.lag_seconds ?? 0) ? a : b));
}
