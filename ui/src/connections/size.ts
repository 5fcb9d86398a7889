import { UNKNOWN } from '../format/format';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** An amount of bytes in the unit that fits, thousands to the unit as documents have it. */
export function size(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return UNKNOWN;
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : Math.round(value * 10) / 10} ${UNITS[unit]}`;
}

/** Reads `10GB` or `512MiB` as documents write it; null when it is none. */
export function bytesOf(text: string | undefined): number | null {
  const match = /^([0-9.]+)\s*([kKMGTP]?)(i?)B$/.exec(text ?? '');
  if (match?.[1] === undefined) return null;
  const power = ['', 'K', 'M', 'G', 'T', 'P'].indexOf((match[2] ?? '').toUpperCase());
  return Number(match[1]) * (match[3] === 'i' ? 1024 : 1000) ** power;
}
