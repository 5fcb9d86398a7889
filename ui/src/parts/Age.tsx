import { useSyncExternalStore } from 'react';
import { absolute, ageSeconds, duration, UNKNOWN } from '../format/format';

let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    listeners.forEach((each) => each());
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The time now, anew each second while anything asks for it. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

/** How long ago something was, counting; the moment itself on hover. */
export function Age({ of, suffix = ' ago' }: { of: string | null | undefined; suffix?: string }) {
  const at = useNow();
  if (!of) return <>{UNKNOWN}</>;
  return (
    <time dateTime={of} title={absolute(of)}>
      {duration(ageSeconds(of, Math.max(at, Date.parse(of))))}
      {suffix}
    </time>
  );
}

/** A moment in the viewer's time zone. */
export function Moment({ of }: { of: string | null | undefined }) {
  if (!of) return <>{UNKNOWN}</>;
  return (
    <time dateTime={of} title={absolute(of)}>
      {new Date(of).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' })}
    </time>
  );
}

/** How long it is until a moment, counting down; the moment itself on hover. */
export function Left({ until }: { until: string }) {
  const at = useNow();
  const seconds = (Date.parse(until) - at) / 1000;
  return (
    <time dateTime={until} title={absolute(until)}>
      {seconds <= 0 ? 'over' : `${duration(seconds)} left`}
    </time>
  );
}
