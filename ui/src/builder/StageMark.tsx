import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconCircleX, IconLoader } from '@tabler/icons-react';
import type { Stage } from './stages';
import classes from './Canvas.module.css';

const ICONS = { idle: IconCircleDashed, busy: IconLoader, healthy: IconCircleCheck, blocked: IconAlertTriangle, failed: IconCircleX };

/** How far a step is: icon, word and colour. */
export function StageMark({ stage }: { stage: Stage }) {
  const Icon = ICONS[stage.tone];
  return (
    <span className={classes.stage} data-tone={stage.tone}>
      <Icon size={14} aria-hidden />
      {stage.word}
    </span>
  );
}
