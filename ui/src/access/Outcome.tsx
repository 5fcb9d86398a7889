import { IconBan, IconCheck, IconCircleDashed, IconCircleX, IconClockX, type Icon } from '@tabler/icons-react';
import classes from './Access.module.css';

const LOOKS: Record<string, { word: string; tone: string; Icon: Icon }> = {
  done: { word: 'Done', tone: 'quiet', Icon: IconCheck },
  refused: { word: 'Refused', tone: 'blocked', Icon: IconBan },
  failed: { word: 'Failed', tone: 'failed', Icon: IconCircleX },
  begun: { word: 'Begun', tone: 'idle', Icon: IconCircleDashed },
  active: { word: 'Active', tone: 'quiet', Icon: IconCheck },
  disabled: { word: 'Disabled', tone: 'idle', Icon: IconBan },
  expired: { word: 'Expired', tone: 'idle', Icon: IconClockX },
};

/** What became of something, or how an account or token is: an icon and a word. */
export function Outcome({ of }: { of: string }) {
  const { word, tone, Icon } = LOOKS[of] ?? { word: of, tone: 'idle', Icon: IconCircleDashed };
  return (
    <span className={classes.outcome} data-tone={tone}>
      <Icon size={14} aria-hidden />
      {word}
    </span>
  );
}
