import { Modal, TextInput } from '@mantine/core';
import { IconArrowRight, IconSearch } from '@tabler/icons-react';
import { useState, type KeyboardEvent } from 'react';
import { useNavigate } from 'react-router';
import classes from './Palette.module.css';
import { useSession, type Session } from '../access/session';
import { placesOf } from './places';
import { useFound, type Hit } from './useFound';

/** Goes anywhere by its name: a page, or whatever the catalog finds. */
export function Palette({ close }: { close: () => void }) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const navigate = useNavigate();
  const session = useSession();
  const found = useFound(text);
  const hits = [...pages(text, session), ...found];
  const go = (hit: Hit | undefined) => {
    if (hit === undefined) return;
    close();
    void navigate(hit.to);
  };
  const pressed = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt((at + step + hits.length) % Math.max(1, hits.length));
    } else if (event.key === 'Enter') {
      go(hits[at]);
    }
  };
  return (
    <Modal opened onClose={close} withCloseButton={false} size={560} yOffset="12vh" padding={0} title={null} aria-label="Search">
      <TextInput
        data-autofocus
        size="md"
        variant="unstyled"
        className={classes.field ?? ''}
        leftSection={<IconSearch size={16} aria-hidden />}
        placeholder="Go to a page, Source, table, field, pipeline …"
        aria-label="Search"
        role="combobox"
        aria-expanded
        aria-controls="palette-hits"
        aria-activedescendant={hits[at] ? `hit-${at}` : undefined}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={pressed}
      />
      <ul id="palette-hits" role="listbox" aria-label="Found" className={classes.hits}>
        {hits.map((hit, index) => (
          <li
            key={`${hit.kind} ${hit.to}`}
            id={`hit-${index}`}
            role="option"
            aria-selected={index === at}
            className={classes.hit}
            onClick={() => go(hit)}
            onMouseMove={() => setAt(index)}
          >
            <span className={classes.kind}>{hit.kind}</span>
            <span className={classes.label}>{hit.label}</span>
            {hit.detail && <span className={classes.detail}>{hit.detail}</span>}
            {index === at && <IconArrowRight size={14} aria-hidden />}
          </li>
        ))}
      </ul>
      {hits.length === 0 && <p className={classes.none}>Nothing is called “{text}”.</p>}
    </Modal>
  );
}

function pages(text: string, session: Session): Hit[] {
  const words = text.trim().toLowerCase();
  return placesOf(session).flatMap(({ places }) => places)
    .filter(({ label, words: more = '' }) => `${label} ${more}`.toLowerCase().includes(words))
    .map(({ to, label }) => ({ to, label, kind: 'Page' }));
}
