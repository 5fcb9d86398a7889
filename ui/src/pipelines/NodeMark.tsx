import { IconAlertTriangleFilled, IconCircleXFilled, IconClockPause, IconPlayerPauseFilled } from '@tabler/icons-react';
import type { Node } from './pipeline';
import classes from './NodeMark.module.css';

/** What is unusual about a step; nothing while it just runs. */
export function NodeMark({ node }: { node: Node }) {
  if (node.parked.length > 0) {
    return (
      <span className={classes.mark} data-tone="blocked" title="It stands before a change that needs you">
        <IconAlertTriangleFilled size={13} aria-hidden /> Blocked
      </span>
    );
  }
  if (node.state === 'failed') {
    return (
      <span className={classes.mark} data-tone="failed">
        <IconCircleXFilled size={13} aria-hidden /> Failed
      </span>
    );
  }
  if (node.state === 'paused') {
    return (
      <span className={classes.mark} data-tone="paused">
        <IconPlayerPauseFilled size={13} aria-hidden /> Paused
      </span>
    );
  }
  if ((node.back_pressured ?? 0) > 0.5) {
    return (
      <span className={classes.mark} data-tone="busy" title="It waits for what comes after it">
        <IconClockPause size={13} aria-hidden /> Held up
      </span>
    );
  }
  return null;
}
