import { IconAlertTriangle, IconCircleCheck, IconRefresh } from '@tabler/icons-react';
import classes from './SourcePage.module.css';

const LOOKS = {
  safe: { word: 'Safe', Icon: IconCircleCheck },
  changes: { word: 'Changes', Icon: IconRefresh },
  breaks: { word: 'Breaks', Icon: IconAlertTriangle },
} as const;

/** What a change means: nothing, another plan, or a stop. */
export function Outcome({ of }: { of: 'safe' | 'changes' | 'breaks' }) {
  const { word, Icon } = LOOKS[of];
  return (
    <span className={classes.outcome} data-outcome={of}>
      <Icon size={14} aria-hidden />
      {word}
    </span>
  );
}
