import { duration } from '../format/format';
import { Sparkline } from '../pulse/Sparkline';
import { peakOf, samplesOf, type Readings } from './readings';
import classes from './Trend.module.css';

const HOUR_MS = 3_600_000;

/** A series of durations over the last hour, with its peak in words. */
export function Trend({ readings, name, label }: { readings: Readings | null; name: string; label: string }) {
  const samples = readings === null ? [] : samplesOf(readings, name);
  const peak = peakOf(samples);
  return (
    <div className={classes.trend}>
      <Sparkline samples={samples} size="trend" span={HOUR_MS} least={0.2} />
      <p className={classes.label}>
        {label}, 1 h{readings === null ? '' : peak === null ? ': none yet' : `: up to ${duration(peak)}`}
      </p>
    </div>
  );
}
