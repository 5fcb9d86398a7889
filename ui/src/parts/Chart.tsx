import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import classes from './Chart.module.css';

/** One line of a chart: a value per time, null where nothing is known. */
export interface Line {
  label: string;
  values: readonly (number | null)[];
  /** A token of the design, such as `--accent`. */
  colour?: string;
}

interface ChartProps {
  /** What it shows, in words: canvases say nothing to those who can't see them. */
  label: string;
  /** Seconds since 1970, ascending. */
  times: readonly number[];
  lines: Line[];
  format: (value: number | null) => string;
  /** How far back from the newest time the axis goes; as far as the values do unless given. */
  minutes?: number;
  height?: number;
  /** Charts of one group share their cursor. */
  group?: string;
}

const COLOURS = ['--accent', '--healthy', '--blocked', '--busy', '--failed', '--paused'];

/** Lines over time; gaps where nothing is known. The values under the cursor, else the newest, stand below it. */
export function Chart({ label, times, lines, format, minutes, height = 140, group }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [at, setAt] = useState<number | null>(null);
  const latest = useRef({ times, lines });
  latest.current = { times, lines };
  const shape = lines.map((line) => `${line.label} ${line.colour ?? ''}`).join('\n');

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const draw = () => {
      plot.current?.destroy();
      const token = (name: string) => getComputedStyle(element).getPropertyValue(name).trim();
      const resolved = (name: string) => {
        // light-dark() is resolved only where a property uses it
        element.style.setProperty('color', `var(${name})`);
        const colour = getComputedStyle(element).color;
        element.style.removeProperty('color');
        return colour;
      };
      const axis = {
        stroke: resolved('--ink-soft'),
        font: `11px ${token('--sans')}`,
        grid: { stroke: resolved('--line'), width: 1 },
        ticks: { show: false },
      };
      plot.current = new uPlot(
        {
          width: element.clientWidth,
          height,
          padding: [8, 24, 0, 0],
          legend: { show: false },
          hooks: { setCursor: [(drawn) => setAt(drawn.cursor.idx ?? null)] },
          cursor: group === undefined ? {} : { sync: { key: group } },
          scales: {
            x: { range: (_, low, high) => [minutes === undefined ? low : high - minutes * 60, high] },
            y: { range: (_, low, high) => [Math.min(0, low ?? 0), (high ?? 0) > 0 ? (high ?? 0) * 1.08 : 1] },
          },
          axes: [{ ...axis, space: 64, size: 22, values: (_, splits, __, ___, step) => splits.map((time) => clock(time, step)) }, { ...axis, size: 56, values: (_, splits) => splits.map((value) => format(value)) }],
          series: [
            {},
            ...latest.current.lines.map((line, i) => ({
              label: line.label,
              stroke: resolved(colourOf(line, i)),
              width: 1.5,
              spanGaps: false,
              points: { show: false },
            })),
          ],
        },
        data(latest.current),
        element,
      );
    };
    draw();
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    const themed = new MutationObserver(draw);
    themed.observe(document.documentElement, { attributeFilter: ['data-mantine-color-scheme'] });
    return () => {
      resized.disconnect();
      themed.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [format, group, height, minutes, shape]);

  useEffect(() => plot.current?.setData(data({ times, lines })), [times, lines]);

  const newest = lines.map((line) => `${line.label} ${format(line.values.at(-1) ?? null)}`).join(', ');
  const shown = at ?? times.length - 1;
  return (
    <div className={classes.figure}>
      <div ref={box} role="img" aria-label={`${label}. Newest: ${newest}`} className={classes.chart} />
      <div className={classes.legend} aria-hidden>
        {lines.map((line, i) => (
          <span key={line.label}>
            <i style={{ background: `var(${colourOf(line, i)})` }} />
            {line.label} <b>{format(line.values[shown] ?? null)}</b>
          </span>
        ))}
        {at !== null && times[at] !== undefined && <time>{new Date(times[at] * 1000).toLocaleString(undefined, { timeStyle: 'medium', dateStyle: 'short', hourCycle: 'h23' })}</time>}
      </div>
    </div>
  );
}

function colourOf(line: Line, index: number): string {
  return line.colour ?? COLOURS[index % COLOURS.length] ?? '--accent';
}

/** A time on the axis: of the day, and the date where a day or more lies between two. */
function clock(seconds: number, step: number): string {
  const time = new Date(seconds * 1000);
  if (step >= 86_400) return time.toLocaleDateString(undefined, { month: 'short', day: 'numeric' });
  const precise = step < 60 ? ({ second: '2-digit' } as const) : {};
  return time.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', ...precise, hourCycle: 'h23' });
}

function data({ times, lines }: { times: readonly number[]; lines: Line[] }): uPlot.AlignedData {
  return [times as number[], ...lines.map((line) => line.values as (number | null)[])];
}
