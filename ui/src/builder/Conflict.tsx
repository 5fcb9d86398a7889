import { Button, Modal, Radio } from '@mantine/core';
import { useMemo, useState } from 'react';
import { Age } from '../parts/Age';
import { differences, merged, suggested, type Choice, type Difference } from './merge';
import type { Theirs } from './useDraft';
import classes from './Conflict.module.css';

interface ConflictProps {
  mine: string;
  theirs: Theirs;
  /** Goes on with a text made of both. */
  settle: (text: string) => void;
  /** Looks at one's own work again; nothing is saved meanwhile. */
  later: () => void;
}

/** Two people changed one pipeline: what differs, side by side, and one text of both. */
export function Conflict({ mine, theirs, settle, later }: ConflictProps) {
  const { base } = theirs;
  const found = useMemo(() => differences(base, mine, theirs.text), [base, mine, theirs.text]);
  const [choices, setChoices] = useState<Record<string, Choice>>({});
  const choose = (part: Difference) => choices[part.id] ?? suggested(part);
  const both = found.filter((part) => part.changed === 'both');
  const all = (side: Choice) => setChoices(Object.fromEntries(found.map((part) => [part.id, side])));
  return (
    <Modal opened onClose={later} size="xl" title={`${theirs.author} changed this pipeline too`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <div className={classes.body}>
        <p>
          {theirs.deployed ? `Revision ${theirs.revision} was deployed` : `${theirs.author} saved a version`}{' '}
          {theirs.at !== '' && <Age of={theirs.at} />}{theirs.deployed && 'meanwhile'}. Both are kept until you choose; nothing of either is lost.{' '}
          {both.length === 0
            ? 'You changed different parts, so both changes fit together.'
            : `${both.length} ${both.length === 1 ? 'part was' : 'parts were'} changed by both of you.`}
        </p>
        {found.map((part) => (
          <section key={part.id} className={classes.part} aria-label={part.id === '' ? 'The head' : `Step ${part.id}`}>
            <h3>
              {part.id === '' ? 'Name, owner and other fields of the pipeline' : <code>{part.id}</code>}
              <span>{part.changed === 'both' ? 'changed by both' : part.changed === 'mine' ? 'changed by you' : `changed by ${theirs.author}`}</span>
            </h3>
            <Radio.Group aria-label={`Which ${part.id === '' ? 'head' : part.id} to keep`} value={choose(part)} onChange={(side) => setChoices({ ...choices, [part.id]: side as Choice })}>
              <div className={classes.sides}>
                <Side side="mine" label="Yours" text={part.mine} chosen={choose(part) === 'mine'} />
                <Side side="theirs" label={`${theirs.author}’s`} text={part.theirs} chosen={choose(part) === 'theirs'} />
              </div>
            </Radio.Group>
          </section>
        ))}
        <div className={classes.actions}>
          <Button variant="default" onClick={() => all('mine')}>
            All yours
          </Button>
          <Button variant="default" onClick={() => all('theirs')}>
            All {theirs.author}’s
          </Button>
          <Button variant="default" className={classes.later ?? ''} onClick={later}>
            Decide later
          </Button>
          <Button data-autofocus onClick={() => settle(found.length === 0 ? theirs.text : merged(mine, theirs.text, found, choose))}>
            Go on with this
          </Button>
        </div>
      </div>
    </Modal>
  );
}

function Side({ side, label, text, chosen }: { side: Choice; label: string; text: string; chosen: boolean }) {
  return (
    <div className={classes.side} data-chosen={chosen || undefined}>
      <Radio value={side} label={label} />
      <pre>{text === '' ? 'Not there' : text}</pre>
    </div>
  );
}
