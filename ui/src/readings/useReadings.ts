import { useEffect, useState, type RefObject } from 'react';
import { fetchReadings, type Readings } from './readings';

const EVERY_MS = 30_000;

/** An hour of readings, asked for every half minute while the element can be seen; null until there are any. */
export function useReadings(element: RefObject<Element | null>, subject: string, names: readonly string[]): Readings | null {
  const [readings, setReadings] = useState<Readings | null>(null);
  const list = names.join(',');
  useEffect(() => {
    const target = element.current;
    if (target === null) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setInterval> | undefined;
    const ask = () => {
      if (document.hidden) return;
      fetchReadings(subject, list.split(','), abort.signal).then(
        (found) => found !== null && !abort.signal.aborted && setReadings(found),
        () => undefined, // The next one tells; the page says by itself that the server is lost.
      );
    };
    const observer = new IntersectionObserver((entries) => {
      const visible = entries.some((entry) => entry.isIntersecting);
      clearInterval(timer);
      if (visible) {
        ask();
        timer = setInterval(ask, EVERY_MS);
      }
    });
    observer.observe(target);
    return () => {
      abort.abort();
      observer.disconnect();
      clearInterval(timer);
    };
  }, [element, subject, list]);
  return readings;
}
