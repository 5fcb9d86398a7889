import { Modal, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useId, useState, type KeyboardEvent } from 'react';
import { useOffers, type Offer } from './offers';
import classes from './Palette.module.css';

interface AddStepProps {
  /** The step behind which it comes; empty for none. */
  behind: string;
  pick: (offer: Offer) => void;
  close: () => void;
}

/** Adds a step by typing what it is. */
export function AddStep({ behind, pick, close }: AddStepProps) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const list = useId();
  const { groups } = useOffers(text);
  const shown = groups.filter((group) => behind === '' || group.heading !== 'Sources' || text !== '');
  const flat = shown.flatMap((group) => group.offers);
  const pressed = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt((at + step + flat.length) % Math.max(1, flat.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const offer = flat[at];
      if (offer) pick(offer);
    }
  };
  return (
    <Modal opened onClose={close} title={behind === '' ? 'Add a step' : `Add a step behind ${behind}`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <TextInput
        data-autofocus
        role="combobox"
        aria-expanded
        aria-controls={list}
        aria-activedescendant={flat[at] ? `${list}-${at}` : undefined}
        aria-label="What to add"
        placeholder="filter, projection, a Source, a table…"
        leftSection={<IconSearch size={14} aria-hidden />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={pressed}
      />
      <div id={list} role="listbox" aria-label="Steps" className={classes.options}>
        {shown.map((group) => (
          <div key={group.heading} role="group" aria-label={group.heading}>
            <div className={classes.heading} aria-hidden>
              {group.heading}
            </div>
            {group.offers.map((offer) => {
              const index = flat.indexOf(offer);
              return (
                <div
                  key={offer.key}
                  id={`${list}-${index}`}
                  role="option"
                  aria-selected={index === at}
                  className={classes.option}
                  onMouseEnter={() => setAt(index)}
                  onClick={() => pick(offer)}
                >
                  <offer.Icon size={16} stroke={1.6} aria-hidden />
                  <span>{offer.title}</span>
                  <span className={classes.detail}>{offer.detail}</span>
                </div>
              );
            })}
          </div>
        ))}
        {flat.length === 0 && <p className={classes.none}>Nothing is called like that.</p>}
      </div>
    </Modal>
  );
}
