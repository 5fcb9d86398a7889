import { absolute } from './format';

/** How one value of a row is shown. */
export interface Cell {
  text: string;
  /** The whole value, when `text` is not. */
  title?: string;
  kind: 'text' | 'number' | 'id' | 'null';
}

const TIMESTAMP = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const NUMBER = /^-?\d+(\.\d+)?$/;
const DECIMAL = /^decimal\(\d+, ?(\d+)\)$/;

/**
 * Shows a value as it came; only times move to the viewer's zone, and ids are shortened.
 *
 * @param type of its column: amounts get back the zeros that a number does not keep
 */
export function cell(value: unknown, type = ''): Cell {
  if (value === null || value === undefined) return { text: 'null', kind: 'null' };
  if (typeof value === 'number') {
    const scale = DECIMAL.exec(type)?.[1];
    return { text: grouped(scale === undefined ? String(value) : value.toFixed(Number(scale))), kind: 'number' };
  }
  if (typeof value === 'boolean') return { text: value ? 'true' : 'false', kind: 'text' };
  if (Array.isArray(value)) return { text: value.map(String).join(', ') || 'empty list', kind: 'text' };
  if (typeof value === 'object') return { text: JSON.stringify(value), kind: 'text' };
  const text = String(value);
  if (TIMESTAMP.test(text)) return timestamp(text);
  if (UUID.test(text)) return { text: text.slice(0, 8), title: text, kind: 'id' };
  if (NUMBER.test(text)) return { text: grouped(text), kind: 'number' };
  return text === '' ? { text: 'empty', kind: 'null' } : { text, kind: 'text' };
}

/** Amounts get separators between thousands; whole numbers are left alone, since most are ids or years. */
function grouped(text: string): string {
  const point = text.indexOf('.');
  return point < 0 ? text : text.slice(0, point).replace(/\B(?=(\d{3})+$)/g, ',') + text.slice(point);
}

function timestamp(text: string): Cell {
  const date = new Date(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
  if (Number.isNaN(date.getTime())) return { text, kind: 'text' };
  return {
    text: date.toLocaleString(undefined, {
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    }),
    title: absolute(date.getTime()),
    kind: 'text',
  };
}
