import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useRef, useState, type PointerEvent } from 'react';
import { useBuilder, type Where } from './model';
import { useOffers, type Offer } from './offers';
import classes from './Palette.module.css';

const DRAGS_FROM_PX = 5;

interface Drag {
  offer: Offer;
  x: number;
  y: number;
}

/** What can be added: a click adds it behind the chosen step; it can be dragged onto the canvas, a step or a line too. */
export function Palette() {
  const { add, chosen, pipeline } = useBuilder();
  const [text, setText] = useState('');
  const [drag, setDrag] = useState<Drag | null>(null);
  const began = useRef<{ x: number; y: number; offer: Offer } | null>(null);
  const target = useRef<Element | null>(null);
  const moved = useRef(false);
  const { groups, loading, moreSources } = useOffers(text);

  const mark = (element: Element | null) => {
    if (target.current === element) return;
    target.current?.removeAttribute('data-target');
    element?.setAttribute('data-target', '');
    target.current = element;
  };
  const move = (event: PointerEvent) => {
    const from = began.current;
    if (from === null) return;
    if (!moved.current && Math.hypot(event.clientX - from.x, event.clientY - from.y) < DRAGS_FROM_PX) return;
    moved.current = true;
    setDrag({ offer: from.offer, x: event.clientX, y: event.clientY });
    const under = document.elementFromPoint(event.clientX, event.clientY);
    mark(under?.closest('[data-step]') ?? under?.closest('.react-flow__edge') ?? null);
  };
  const drop = (event: PointerEvent) => {
    const from = began.current;
    began.current = null;
    const onto = target.current;
    mark(null);
    setDrag(null);
    if (from === null || !moved.current) return;
    const under = document.elementFromPoint(event.clientX, event.clientY);
    if (under?.closest('[data-canvas]') === null || under === null) return;
    add(from.offer.wanted, where(onto));
  };
  const click = (offer: Offer) => {
    if (moved.current) moved.current = false;
    else add(offer.wanted, chosen === '' ? {} : { behind: chosen });
  };

  return (
    <aside className={classes.palette} aria-label="Steps to add">
      <TextInput
        aria-label="Find a step to add"
        placeholder="Find a step"
        leftSection={<IconSearch size={14} aria-hidden />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <p className={classes.hint}>
        {pipeline.steps.length === 0 ? 'Begin with a Source. ' : ''}Drag onto the canvas, or click to add
        {chosen === '' ? '' : <> behind <code>{chosen}</code></>}.
      </p>
      <div className={classes.groups}>
        {groups.map((group) => (
          <section key={group.heading}>
            <h2 className={classes.heading}>{group.heading}</h2>
            {group.offers.map((offer) => (
              <button
                key={offer.key}
                type="button"
                className={classes.item}
                title={offer.detail}
                data-offer={offer.key}
                onPointerDown={(event) => {
                  if (event.button !== 0) return;
                  moved.current = false;
                  began.current = { x: event.clientX, y: event.clientY, offer };
                  event.currentTarget.setPointerCapture(event.pointerId);
                }}
                onPointerMove={move}
                onPointerUp={drop}
                onPointerCancel={() => {
                  began.current = null;
                  mark(null);
                  setDrag(null);
                }}
                onClick={() => click(offer)}
              >
                <offer.Icon size={16} stroke={1.6} aria-hidden />
                <span className={classes.title}>{offer.title}</span>
              </button>
            ))}
            {group.heading === 'Sources' && moreSources > 0 && <p className={classes.hint}>{moreSources} more; type to find them.</p>}
          </section>
        ))}
        {loading && <p className={classes.hint}>Looking for Sources…</p>}
        {!loading && groups.length === 0 && <p className={classes.hint}>Nothing is called like that.</p>}
      </div>
      {drag && (
        <div className={classes.ghost} style={{ left: drag.x + 10, top: drag.y + 8 }} aria-hidden>
          <drag.offer.Icon size={16} stroke={1.6} />
          {drag.offer.title}
        </div>
      )}
    </aside>
  );
}

/** Where something is dropped: behind the step under it, between the ends of the line, or alone. */
function where(onto: Element | null): Where {
  const step = onto?.getAttribute('data-step');
  if (step) return { behind: step };
  const line = onto?.getAttribute('data-id')?.split('→');
  return line?.length === 2 ? { behind: line[0] ?? '', before: line[1] ?? '' } : { alone: true };
}
