import { IconAlertTriangleFilled, IconCircleCheck, IconCircleXFilled, IconClockPause, IconEyeCheck } from '@tabler/icons-react';
import classes from './SeverityMark.module.css';

/** How grave an incident is, and whether somebody looks after it, as icon and word. */
export function SeverityMark({ severity, state }: { severity: string; state: string }) {
  if (state === 'resolved') {
    return (
      <span className={classes.mark} data-tone="over">
        <IconCircleCheck size={15} aria-hidden /> Over
      </span>
    );
  }
  const critical = severity === 'critical';
  const Icon = critical ? IconCircleXFilled : IconAlertTriangleFilled;
  return (
    <span className={classes.marks}>
      <span className={classes.mark} data-tone={critical ? 'critical' : 'warning'}>
        <Icon size={15} aria-hidden /> {critical ? 'Critical' : 'Warning'}
      </span>
      {state === 'acknowledged' && (
        <span className={classes.mark} data-tone="over">
          <IconEyeCheck size={14} aria-hidden /> Looked after
        </span>
      )}
      {state === 'snoozed' && (
        <span className={classes.mark} data-tone="over">
          <IconClockPause size={14} aria-hidden /> Quiet
        </span>
      )}
    </span>
  );
}
