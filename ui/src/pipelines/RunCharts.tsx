import { SegmentedControl } from '@mantine/core';
import { useEffect } from 'react';
import { useRead } from '../api/useApi';
import { count, duration, moment, rate } from '../format/format';
import { Chart, type Line } from '../parts/Chart';
import { Section } from '../parts/Page';
import { Empty, Shown } from '../parts/States';
import { useAddress } from '../parts/useAddress';
import { share } from './RunGraph';
import classes from './RunCharts.module.css';

const RANGES = [
  { value: '15m', label: '15 min', minutes: 15 },
  { value: '1h', label: '1 h', minutes: 60 },
  { value: '6h', label: '6 h', minutes: 360 },
  { value: '24h', label: '24 h', minutes: 1_440 },
  { value: '7d', label: '7 days', minutes: 10_080 },
];

interface Plan {
  title: string;
  lines: { series: string; label: string; colour?: string }[];
  format: (value: number | null) => string;
}

const perSecond = (value: number | null) => (value === null ? rate(null) : `${rate(value)}/s`);

const OF_PIPELINE: Plan[] = [
  { title: 'Lag', lines: [{ series: 'lag_seconds', label: 'Age of the oldest change that a table lacks' }], format: duration },
  {
    title: 'From commit to visible',
    lines: [
      { series: 'latency_p50', label: 'p50', colour: '--accent' },
      { series: 'latency_p95', label: 'p95', colour: '--busy' },
      { series: 'latency_p99', label: 'p99', colour: '--paused' },
    ],
    format: duration,
  },
  { title: 'Rate', lines: [{ series: 'rate', label: 'Records taken in' }], format: perSecond },
  { title: 'Waiting records', lines: [{ series: 'lag_records', label: 'Records that a table lacks' }], format: count },
  { title: 'Errors', lines: [{ series: 'error_rate', label: 'Records that failed', colour: '--failed' }], format: perSecond },
  {
    title: 'Load of the busiest step',
    lines: [
      { series: 'busy', label: 'Busy', colour: '--accent' },
      { series: 'back_pressured', label: 'Held up', colour: '--blocked' },
    ],
    format: share,
  },
];

const OF_STEP: Plan[] = [
  {
    title: 'Rows',
    lines: [
      { series: 'in_rate', label: 'In', colour: '--busy' },
      { series: 'out_rate', label: 'Out', colour: '--accent' },
    ],
    format: perSecond,
  },
  { title: 'Errors', lines: [{ series: 'error_rate', label: 'Records that failed', colour: '--failed' }], format: perSecond },
  {
    title: 'Load',
    lines: [
      { series: 'busy', label: 'Busy', colour: '--accent' },
      { series: 'back_pressured', label: 'Held up', colour: '--blocked' },
    ],
    format: share,
  },
  {
    title: 'From commit until here',
    lines: [
      { series: 'latency_p50', label: 'p50', colour: '--accent' },
      { series: 'latency_p95', label: 'p95', colour: '--busy' },
    ],
    format: moment,
  },
  { title: 'Requests', lines: [{ series: 'request_p95', label: 'p95', colour: '--busy' }], format: moment },
];

/** The range of time that charts show, in the address. */
export function useRange() {
  const [range, setRange] = useAddress('range', '1h');
  const known = RANGES.find(({ value }) => value === range) ?? RANGES[1]!;
  return { range: known.value, minutes: known.minutes, setRange };
}

export function RangeChoice() {
  const { range, setRange } = useRange();
  return <SegmentedControl data={RANGES.map(({ value, label }) => ({ value, label }))} value={range} onChange={setRange} aria-label="Time range" />;
}

/** What was measured of a pipeline, or of one of its steps, over the chosen time. */
export function RunCharts({ pipeline, step = '' }: { pipeline: string; step?: string }) {
  const { minutes } = useRange();
  const reading = useRead('/api/v1/pipelines/{name}/history', { path: { name: pipeline }, query: { minutes, ...(step ? { step } : {}) } }, { keep: true });
  const { refetch } = reading;
  useEffect(() => {
    const timer = setInterval(() => void refetch(), minutes > 360 ? 60_000 : 10_000);
    return () => clearInterval(timer);
  }, [minutes, refetch]);
  return (
    <Shown of={reading} what="what was measured">
      {({ times, series }) => {
        const plans = (step ? OF_STEP : OF_PIPELINE).filter(({ lines }) => lines.some((line) => (series[line.series] ?? []).some((value) => value !== null)));
        if (plans.length === 0 || times.length < 2) {
          return <Empty>Nothing was measured in this time. Readings are taken every 10 seconds while it runs.</Empty>;
        }
        return (
          <div className={classes.charts} data-step={step || undefined}>
            {plans.map(({ title, lines, format }) => (
              <figure key={title} className={classes.figure}>
                <figcaption>{title}</figcaption>
                <Chart
                  label={title}
                  times={times}
                  lines={lines.map(
                    ({ series: of, label, colour }): Line => ({ label, values: series[of] ?? times.map(() => null), ...(colour ? { colour } : {}) }),
                  )}
                  format={format}
                  minutes={minutes}
                  height={step ? 96 : 120}
                  group="run"
                />
              </figure>
            ))}
          </div>
        );
      }}
    </Shown>
  );
}

/** The charts as a part of the page. */
export function ChartsSection({ pipeline }: { pipeline: string }) {
  return (
    <Section title="Over time" actions={<RangeChoice />}>
      <RunCharts pipeline={pipeline} />
    </Section>
  );
}
