import { useLayoutEffect, useRef, type RefObject } from 'react';

const MOVE: KeyframeAnimationOptions = { duration: 320, easing: 'cubic-bezier(.2,.7,.3,1)' };
const ARRIVE: KeyframeAnimationOptions = { duration: 1_600, easing: 'ease-out' };

/**
 * Lets new rows of a table body fade in and the others slide to their new places. Does nothing when the reader
 * asked for less motion.
 *
 * @param ids the rows' `data-id` attributes, from the top
 */
export function useArrivals(ids: string[]): RefObject<HTMLTableSectionElement | null> {
  const body = useRef<HTMLTableSectionElement>(null);
  const places = useRef<Map<string, number> | null>(null);
  const order = ids.join('\n');
  useLayoutEffect(() => {
    const before = places.current;
    const rows = [...(body.current?.rows ?? [])];
    const after = new Map(rows.map((row) => [row.dataset.id ?? '', row.offsetTop]));
    places.current = after;
    if (before === null || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    for (const row of rows) {
      const id = row.dataset.id ?? '';
      const old = before.get(id);
      const place = after.get(id) ?? 0;
      if (old === undefined) arrive(row);
      else if (old !== place) row.animate([{ transform: `translateY(${old - place}px)` }, { transform: 'none' }], MOVE);
    }
  }, [order]);
  return body;
}

function arrive(row: HTMLTableRowElement) {
  const accent = getComputedStyle(row).getPropertyValue('--arrival').trim();
  row.animate([{ opacity: 0, transform: 'translateY(-8px)' }, { opacity: 1, transform: 'none' }], MOVE);
  row.animate([{ backgroundColor: accent }, { backgroundColor: accent, offset: 0.4 }, { backgroundColor: 'transparent' }], ARRIVE);
}
