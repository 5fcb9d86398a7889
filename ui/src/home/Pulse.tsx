import { useRef } from 'react';
import { Link } from 'react-router';
import type { Answer } from '../api/api';
import { count, duration, rate, UNKNOWN } from '../format/format';
import { remember, windowOf, type Sample } from '../pulse/samples';
import { Sparkline } from '../pulse/Sparkline';
import classes from './Pulse.module.css';

/** How much moves, how fresh it is, and how much of it is proven. */
export function Pulse({ home }: { home: Answer<'/api/v1/home'> }) {
  const samples = useRef<readonly Sample[]>([]);
  const at = Date.parse(home.now);
  const now = rateOf(home);
  if (samples.current.at(-1)?.at !== at) samples.current = remember(samples.current, at, now);
  const values = samples.current.map(({ value }) => value).filter((value): value is number => value !== null);
  const slowest = home.pipelines.items.filter((each) => each.lag_seconds !== undefined).sort((a, b) => (b.lag_seconds ?? 0) - (a.lag_seconds ?? 0))[0];
  const equal = home.proofs.equal ?? 0;
  const audited = Object.values(home.proofs).reduce((sum, each) => sum + each, 0);
  return (
    <section className={classes.pulse} aria-label="Pulse">
      <div className={classes.headline}>
        <p className={classes.number} data-unknown={now === null || undefined}>
          {rate(now)}
        </p>
        <p className={classes.caption}>records a second into tables</p>
      </div>
      <div className={classes.line}>
        <Sparkline samples={samples.current} size="hero" />
        <p className={classes.axis}>
          <span>{duration(windowOf(samples.current) / 1000)} ago</span>
          <span>{values.length === 0 ? 'no rate is known yet' : `peak ${rate(Math.max(...values))}/s`}</span>
          <span>now</span>
        </p>
      </div>
      <dl className={classes.facts}>
        <Fact term="Captured" value={home.movement.change_rate === undefined ? UNKNOWN : `${rate(home.movement.change_rate)} changes/s`} />
        <Fact term="Slowest pipeline" value={slowest === undefined ? UNKNOWN : `${duration(slowest.lag_seconds)} behind`} {...(slowest ? { title: slowest.name } : {})} />
        <div className={classes.fact}>
          <dt>Proven equal</dt>
          <dd>{audited === 0 ? UNKNOWN : <Link to="/audits">{`${count(equal)} of ${count(audited)} tables`}</Link>}</dd>
        </div>
      </dl>
    </section>
  );
}

/** Over all pipelines that know theirs; null if none does. */
function rateOf(home: Answer<'/api/v1/home'>): number | null {
  return home.pipelines.rate ?? null;
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
