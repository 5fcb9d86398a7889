import { useEffect, useState, useSyncExternalStore } from 'react';
import { LiveStore, type View } from './store';

const store = new LiveStore(() => new EventSource('/api/v1/live'));

/** The page's state, live until it is held. */
export interface Following {
  view: View;
  /** The server's clock now, or when the newest message came if the server is lost or the page is held. */
  now: number;
  held: boolean;
  hold: (held: boolean) => void;
  reconnect: () => void;
}

/** Follows the live stream; the page can be held still for reading. */
export function useLive(): Following {
  const view = useSyncExternalStore(store.subscribe, store.current);
  const [stillView, setStillView] = useState<View | null>(null);
  const shown = stillView ?? view;
  const tick = useTick(shown.link === 'live' && stillView === null);
  return {
    view: shown,
    now: serverTime(shown, tick),
    held: stillView !== null,
    hold: (held) => setStillView(held ? view : null),
    reconnect: store.reconnect,
  };
}

function serverTime(view: View, tick: number): number {
  if (view.live === null || view.receivedAt === null) return tick;
  const received = Date.parse(view.live.now);
  return view.link === 'live' ? received + Math.max(0, tick - view.receivedAt) : received;
}

function useTick(running: boolean): number {
  const [tick, setTick] = useState(Date.now);
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setTick(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [running]);
  return tick;
}
