import type { Sample } from '../live/history';

/** What `GET /api/v1/history` answers. */
export interface Readings {
  subject: string;
  step_seconds: number;
  times: number[];
  series: Record<string, (number | null)[]>;
}

/** So many steps without a reading are a gap, which no line is drawn across. */
const GAP_STEPS = 2.5;

/** One series as samples; where nothing was noted for a while, a sample without a value says so. */
export function samplesOf(readings: Readings, name: string): Sample[] {
  const values = readings.series[name] ?? [];
  const samples: Sample[] = [];
  let before: number | null = null;
  readings.times.forEach((time, i) => {
    const at = time * 1_000;
    if (before !== null && at - before > GAP_STEPS * readings.step_seconds * 1_000) {
      samples.push({ at: before + 1, value: null });
    }
    samples.push({ at, value: values[i] ?? null });
    before = at;
  });
  return samples;
}

/** The highest known value, or null. */
export function peakOf(samples: readonly Sample[]): number | null {
  const known = samples.map((s) => s.value).filter((v): v is number => v !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** Asks for an hour of a subject's series. */
export async function fetchReadings(subject: string, names: readonly string[], signal: AbortSignal): Promise<Readings | null> {
  const query = new URLSearchParams({ subject, series: names.join(','), minutes: '60' });
  const answer = await fetch(`/api/v1/history?${query}`, { signal });
  return answer.ok ? ((await answer.json()) as Readings) : null;
}
