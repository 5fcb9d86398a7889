import { useEffect, useRef } from 'react';
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
  height?: number;
  /** Charts of one group share their cursor. */
  group?: string;
}

const COLOURS = ['--accent', '--healthy', '--blocked', '--busy', '--failed', '--paused'];

/** Lines over time; gaps where nothing is known. The newest values stand beside it as text. */
export function Chart({ label, times, lines, format, height = 140, group }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
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
          padding: [8, 8, 0, 0],
          legend: { live: true },
          cursor: group === undefined ? {} : { sync: { key: group } },
          scales: { y: { range: (_, low, high) => [Math.min(0, low ?? 0), (high ?? 0) > 0 ? (high ?? 0) * 1.08 : 1] } },
          axes: [{ ...axis, values: (_, splits) => moments(splits) }, { ...axis, size: 56, values: (_, splits) => splits.map((value) => format(value)) }],
          series: [
            { value: (_, at) => (at === null ? '' : new Date(at * 1000).toLocaleTimeString(undefined, { hourCycle: 'h23' })) },
            ...latest.current.lines.map((line, i) => ({
              label: line.label,
              stroke: resolved(line.colour ?? COLOURS[i % COLOURS.length] ?? '--accent'),
              width: 1.5,
              spanGaps: false,
              points: { show: false },
              // Without a cursor on the chart, the newest.
              value: (_: uPlot, value: number | null, __: number, index: number | null) => format(index === null ? (latest.current.lines[i]?.values.at(-1) ?? null) : value),
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
  }, [format, group, height, shape]);

  useEffect(() => plot.current?.setData(data({ times, lines })), [times, lines]);

  const newest = lines.map((line) => `${line.label} ${format(line.values.at(-1) ?? null)}`).join(', ');
  return <div ref={box} role="img" aria-label={`${label}. Newest: ${newest}`} className={classes.chart} />;
}

function data({ times, lines }: { times: readonly number[]; lines: Line[] }): uPlot.AlignedData {
  return [times as number[], ...lines.map((line) => line.values as (number | null)[])];
}

/** Times of day; days where the range is longer. */
function moments(splits: number[]): string[] {
  const days = (splits.at(-1) ?? 0) - (splits[0] ?? 0) > 36 * 3600;
  return splits.map((at) =>
    new Date(at * 1000).toLocaleString(undefined, days ? { month: 'short', day: 'numeric' } : { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  );
}
