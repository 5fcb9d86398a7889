import { absolute } from '../format/format';

/** How a value of a result is drawn. */
export interface Drawn {
  text: string;
  kind: 'text' | 'number' | 'null' | 'masked' | 'data';
  /** On hover, when it says more. */
  title?: string;
}

const LONGEST = 300;

/** Draws a value of a column. Numbers keep every digit; times stay as the query gave them, with the viewer's time on hover. */
export function drawn(value: unknown, type: string): Drawn {
  if (value === null || value === undefined) return { text: 'null', kind: 'null' };
  if (typeof value === 'number') return { text: String(value), kind: 'number' };
  if (typeof value === 'boolean') return { text: value ? 'true' : 'false', kind: 'text' };
  if (typeof value === 'object') return short(JSON.stringify(value), 'data');
  const text = String(value);
  if (isNumeric(type)) return { text, kind: 'number' };
  if (type.startsWith('TIMESTAMP') && /[+-]\d\d$/.test(text)) {
    const title = absolute(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
    return { text, kind: 'text', title };
  }
  return text === '' ? { text: 'empty', kind: 'null' } : short(text, 'text');
}

function short(text: string, kind: Drawn['kind']): Drawn {
  return text.length <= LONGEST ? { text, kind } : { text: `${text.slice(0, LONGEST)}…`, kind, title: text.slice(0, 4000) };
}

/** Whether values of a type are numbers. */
export function isNumeric(type: string): boolean {
  return /^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|INT|DECIMAL|DOUBLE|FLOAT|REAL)/.test(type);
}

/** A value as text to copy: what a cell of a spreadsheet takes, without quotes. */
export function copied(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Orders two values of a column; the unknown comes last. */
export function compare(a: unknown, b: unknown, type: string): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (isNumeric(type)) return Number(a) - Number(b);
  const [one, other] = [copied(a), copied(b)];
  return one < other ? -1 : one > other ? 1 : 0;
}
