import type { Live } from './live';

/** A rate at a moment (milliseconds of the server's clock); null where it was not known. */
export interface Sample {
  at: number;
  value: number | null;
}

/** Rates of the last minutes by what they belong to: `total`, `source:…`, `pipeline:…`. */
export type History = ReadonlyMap<string, readonly Sample[]>;

const WINDOW_MS = 120_000;
const LEAST_WINDOW_MS = 30_000;

/** Adds a message to the history and forgets what is older than the window. */
export function remember(history: History, live: Live): History {
  const at = Date.parse(live.now);
  const next = new Map<string, readonly Sample[]>();
  const add = (name: string, value: number | null) => {
    const kept = (history.get(name) ?? []).filter((s) => s.at > at - WINDOW_MS && s.at < at);
    next.set(name, [...kept, { at, value }]);
  };
  add('total', totalRate(live));
  for (const source of live.sources) add(`source:${source.name}`, source.rate);
  for (const pipeline of live.pipelines) add(`pipeline:${pipeline.name}`, pipeline.rate);
  return next;
}

/** How far back a line over these samples goes: as far as is known, but from half a minute to two. */
export function windowOf(samples: readonly Sample[]): number {
  const first = samples[0];
  const last = samples[samples.length - 1];
  if (first === undefined || last === undefined) return LEAST_WINDOW_MS;
  return Math.min(WINDOW_MS, Math.max(LEAST_WINDOW_MS, last.at - first.at));
}

/** Marks that nothing is known from now on, so that a line is not drawn across the gap. */
export function breakOff(history: History): History {
  const next = new Map<string, readonly Sample[]>();
  for (const [name, samples] of history) {
    const last = samples[samples.length - 1];
    next.set(name, last ? [...samples, { at: last.at + 1, value: null }] : samples);
  }
  return next;
}

/** Changes a second over all sources, or null if no source knows its own. */
export function totalRate(live: Live): number | null {
  const known = live.sources.map((s) => s.rate).filter((r): r is number => r !== null);
  return known.length === 0 ? null : known.reduce((sum, rate) => sum + rate, 0);
}
