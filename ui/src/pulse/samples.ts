/** A reading at a moment (milliseconds of the server's clock); null where it was not known. */
export interface Sample {
  at: number;
  value: number | null;
}

const WINDOW_MS = 120_000;
const LEAST_WINDOW_MS = 30_000;
const GAP_MS = 10_000;

/** Adds a reading and forgets what is older than two minutes; a longer silence leaves a gap in the line. */
export function remember(samples: readonly Sample[], at: number, value: number | null): readonly Sample[] {
  const kept = samples.filter((sample) => sample.at > at - WINDOW_MS && sample.at < at);
  const last = kept.at(-1);
  const gap = last !== undefined && at - last.at > GAP_MS ? [{ at: last.at + 1, value: null }] : [];
  return [...kept, ...gap, { at, value }];
}

/** How far back a line over these samples goes: as far as is known, but from half a minute to two. */
export function windowOf(samples: readonly Sample[]): number {
  const first = samples[0];
  const last = samples[samples.length - 1];
  if (first === undefined || last === undefined) return LEAST_WINDOW_MS;
  return Math.min(WINDOW_MS, Math.max(LEAST_WINDOW_MS, last.at - first.at));
}
