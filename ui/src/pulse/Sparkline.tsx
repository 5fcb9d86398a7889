import { windowOf, type Sample } from './samples';
import classes from './Sparkline.module.css';

const WIDTH = 240;
const HEIGHT = 60;

interface Line {
  samples: readonly Sample[];
  size: 'row' | 'card' | 'trend' | 'hero';
  /** How far back it goes, in milliseconds; the last two minutes unless given. */
  span?: number;
  /** The value that the line's full height stands for at least. */
  least?: number;
}

/** A line over the last while. Decoration: the number stands beside it. Unknown moments leave a gap. */
export function Sparkline({ samples, size, span: given, least = 1 }: Line) {
  const last = samples[samples.length - 1];
  if (last === undefined) return <span className={classes.box} data-size={size} />;
  const runs = runsOf(samples);
  const peak = Math.max(least, ...samples.map((s) => s.value ?? 0)) * 1.1;
  const span = given ?? windowOf(samples);
  const x = (at: number) => WIDTH - ((last.at - at) / span) * WIDTH;
  const y = (value: number) => HEIGHT - 1 - (value / peak) * (HEIGHT - 2);
  return (
    <svg
      className={classes.box}
      data-size={size}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden
    >
      {runs.map((run) => {
        const line = run.map((p) => `${x(p.at).toFixed(1)} ${y(p.value).toFixed(1)}`).join('L');
        const first = run[0];
        const end = run[run.length - 1];
        if (first === undefined || end === undefined) return null;
        return (
          <g key={first.at}>
            <path className={classes.area} d={`M${x(first.at)} ${HEIGHT}L${line}L${x(end.at)} ${HEIGHT}Z`} />
            <path className={classes.line} d={`M${line}`} />
          </g>
        );
      })}
    </svg>
  );
}

interface Point {
  at: number;
  value: number;
}

/** Unbroken stretches of known values. */
function runsOf(samples: readonly Sample[]): Point[][] {
  const runs: Point[][] = [[]];
  for (const { at, value } of samples) {
    if (value === null) runs.push([]);
    else runs[runs.length - 1]?.push({ at, value });
  }
  return runs.filter((run) => run.length > 0);
}
