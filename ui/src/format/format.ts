/** What stands for a number or time that is not known. */
export const UNKNOWN = 'unknown';

const WHOLE = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const TENTHS = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? UNKNOWN : WHOLE.format(value);
}

/** A rate per second, without the unit: tenths below 100, and never a false zero. */
export function rate(value: number | null | undefined): string {
  if (value === null || value === undefined) return UNKNOWN;
  if (value === 0) return '0';
  if (value < 0.05) return `<${TENTHS.format(0.1)}`;
  return value < 100 ? TENTHS.format(value) : WHOLE.format(value);
}

/** A duration in the two units that matter: `0.8 s`, `12 s`, `4 min`, `3 h 12 min`, `2 d 3 h`. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return UNKNOWN;
  const s = Math.max(0, seconds);
  if (s < 9.95) return `${TENTHS.format(s)} s`;
  if (s < 59.5) return `${Math.round(s)} s`;
  const minutes = Math.round(s / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return join(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(s / 3600);
  return join(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** What seldom takes long: `12 ms`, and like other durations from a second on. */
export function moment(seconds: number | null | undefined): string {
  return seconds !== null && seconds !== undefined && seconds < 0.9995 ? `${WHOLE.format(Math.max(0, seconds) * 1000)} ms` : duration(seconds);
}

function join(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
}

/** Seconds between a server's time and now, or null if there is no such time. */
export function ageSeconds(time: string | null | undefined, now: number): number | null {
  if (!time) return null;
  const at = Date.parse(time);
  return Number.isNaN(at) ? null : Math.max(0, (now - at) / 1000);
}

/** The time of day in the viewer's zone. */
export function clockTime(at: number): string {
  return new Date(at).toLocaleTimeString(undefined, { hourCycle: 'h23' });
}

/** Date, time and zone, for hovering. */
export function absolute(time: string | number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime())
    ? String(time)
    : date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'long' });
}
