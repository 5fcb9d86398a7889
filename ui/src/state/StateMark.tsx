import {
  IconAlertTriangleFilled,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleXFilled,
  IconDatabaseImport,
  IconHelpCircle,
  IconPencil,
  IconPlayerPauseFilled,
  IconPlayerStopFilled,
  IconPlayerTrackNext,
  IconTrash,
  type Icon,
} from '@tabler/icons-react';
import classes from './StateMark.module.css';

interface Look {
  word: string;
  tone: 'healthy' | 'busy' | 'paused' | 'blocked' | 'failed' | 'idle';
  Icon: Icon;
}

const LOOKS: Record<string, Look> = {
  healthy: { word: 'Healthy', tone: 'healthy', Icon: IconCircleCheck },
  running: { word: 'Healthy', tone: 'healthy', Icon: IconCircleCheck },
  streaming: { word: 'Streaming', tone: 'healthy', Icon: IconCircleCheck },
  ready: { word: 'Healthy', tone: 'healthy', Icon: IconCircleCheck },
  catching_up: { word: 'Catching up', tone: 'busy', Icon: IconPlayerTrackNext },
  dumping: { word: 'First dump', tone: 'busy', Icon: IconDatabaseImport },
  deploying: { word: 'Deploying', tone: 'busy', Icon: IconCircleDashed },
  starting: { word: 'Starting', tone: 'busy', Icon: IconCircleDashed },
  connecting: { word: 'Connecting', tone: 'busy', Icon: IconCircleDashed },
  paused: { word: 'Paused', tone: 'paused', Icon: IconPlayerPauseFilled },
  blocked: { word: 'Blocked: needs you', tone: 'blocked', Icon: IconAlertTriangleFilled },
  degraded: { word: 'Degraded', tone: 'blocked', Icon: IconAlertTriangleFilled },
  failed: { word: 'Failed', tone: 'failed', Icon: IconCircleXFilled },
  down: { word: 'Down', tone: 'failed', Icon: IconCircleXFilled },
  draft: { word: 'Draft', tone: 'idle', Icon: IconPencil },
  stopped: { word: 'Stopped', tone: 'idle', Icon: IconPlayerStopFilled },
  removed: { word: 'Removed', tone: 'idle', Icon: IconTrash },
  reading: { word: 'Reading', tone: 'busy', Icon: IconDatabaseImport },
  requested: { word: 'Waiting', tone: 'busy', Icon: IconCircleDashed },
  done: { word: 'Done', tone: 'healthy', Icon: IconCircleCheck },
  cancelled: { word: 'Cancelled', tone: 'idle', Icon: IconPlayerStopFilled },
  refused: { word: 'Not captured', tone: 'blocked', Icon: IconAlertTriangleFilled },
  retrying: { word: 'Trying again', tone: 'blocked', Icon: IconAlertTriangleFilled },
  unreachable: { word: 'Does not answer', tone: 'failed', Icon: IconCircleXFilled },
  checking: { word: 'Checking', tone: 'busy', Icon: IconCircleDashed },
  'in the table': { word: 'In the table', tone: 'healthy', Icon: IconCircleCheck },
  pending: { word: 'On its way', tone: 'busy', Icon: IconPlayerTrackNext },
  absent: { word: 'Not in the table', tone: 'idle', Icon: IconCircleDashed },
  deleted: { word: 'Deleted', tone: 'idle', Icon: IconTrash },
  deleting: { word: 'Deleting', tone: 'idle', Icon: IconTrash },
};

/** A state as icon, word and colour, so that none of the three has to be seen; `word` says it in another way. */
export function StateMark({ state, word: own }: { state: string; word?: string }) {
  const { word, tone, Icon } = LOOKS[state] ?? { word: words(state), tone: 'idle', Icon: IconHelpCircle };
  return (
    <span className={classes.mark} data-tone={tone} data-state={state}>
      <Icon size={15} stroke={2} aria-hidden />
      {own ?? word}
    </span>
  );
}

function words(state: string): string {
  const text = state.replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
