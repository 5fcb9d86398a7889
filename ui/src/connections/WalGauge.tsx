import type { components } from '../api/schema';
import { duration, UNKNOWN } from '../format/format';
import { numberOf, statusOf } from './items';
import { bytesOf, size } from './size';
import classes from './WalGauge.module.css';

type Item = components['schemas']['Item'];

const ALERT = 10_000_000_000;
const LIMIT = 50_000_000_000;

/** How much log the server keeps for a connection, against the alert, the limit, and what the server keeps at most. */
export function WalGauge({ item, small = false }: { item: Item; small?: boolean }) {
  const status = statusOf(item);
  const kept = numberOf(status['retained_bytes']);
  const wal = (item.spec as { wal?: { alert?: string; limit?: string } }).wal;
  const alert = bytesOf(wal?.alert) ?? ALERT;
  const limit = Math.max(bytesOf(wal?.limit) ?? LIMIT, alert);
  const most = numberOf(status['wal_kept_bytes']);
  const left = numberOf(status['wal_left_seconds']);
  if (kept === null) return <span className={classes.unknown}>{UNKNOWN}</span>;
  // a bound of the server below the limit is what is met first
  const end = most === null ? limit : Math.min(limit, most);
  const tone = kept > end * 0.9 || kept > limit ? 'failed' : kept > alert ? 'blocked' : 'healthy';
  const percent = Math.min(100, (kept / end) * 100);
  const words = `${size(kept)} kept; alert at ${size(alert)}, limit ${size(limit)}, the server keeps ${most === null ? 'without bound' : `${size(most)} at most`}`;
  return (
    <div className={classes.gauge} data-small={small || undefined}>
      <div className={classes.bar} role="meter" aria-label="Log kept by the server" aria-valuemin={0} aria-valuemax={end} aria-valuenow={Math.min(kept, end)} aria-valuetext={words} title={words}>
        <span className={classes.fill} data-tone={tone} style={{ width: `${Math.max(kept > 0 ? 1 : 0, percent)}%` }} />
        {alert < end && <span className={classes.mark} style={{ left: `${(alert / end) * 100}%` }} />}
      </div>
      <span className={classes.text}>{size(kept)}</span>
      {!small && (
        <span className={classes.note}>
          Alert at {size(alert)}, limit {size(limit)}.{' '}
          {most === null
            ? 'Nothing bounds what the server keeps while capture is down (max_slot_wal_keep_size).'
            : `The server keeps ${size(most)} at most (max_slot_wal_keep_size).`}
          {left !== null && left < 7 * 24 * 3600 && ` As fast as log is written now, the place is lost in ${duration(left)} when capture stands still.`}
        </span>
      )}
    </div>
  );
}
