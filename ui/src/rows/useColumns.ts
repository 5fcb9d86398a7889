import { useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { Answer } from '../api/api';
import { cell } from '../format/cell';

export type Moving = Answer<'/api/v1/home'>['movement']['sources'][number];
export type Row = Moving['rows'][number];

/** Rows with their columns. */
export interface Table {
  name: string;
  key: string[];
  columns: string[];
  rows: Row[];
  rate: number | undefined;
}

/** A column that fits, with its width in pixels; null for the one that takes what is left. */
export interface FittingColumn {
  name: string;
  width: number | null;
}

const CHARACTER = 7.4;
const PADDING = 16;
const MOST_CHARACTERS = 24;
const STEP = 4;

/**
 * Which of a table's columns fit into an element, the key's first. A column's width only ever grows, in steps, so
 * that columns don't jump with every row.
 *
 * @param taken pixels that the element needs for other things
 */
export function useColumns(box: RefObject<HTMLElement | null>, table: Table, taken: (width: number) => number): FittingColumn[] {
  const width = useWidth(box);
  const widest = useRef(new Map<string, number>());
  const names = [...table.key, ...table.columns.filter((column) => !table.key.includes(column))];
  const columns: { name: string; width: number }[] = [];
  let left = width - taken(width);
  for (const name of names) {
    const characters = Math.max(widest.current.get(name) ?? 0, charactersOf(table, name));
    widest.current.set(name, characters);
    const needed = Math.ceil(characters * CHARACTER) + PADDING;
    left -= needed;
    if (left < 0 && columns.length > 1) break;
    columns.push({ name, width: needed });
  }
  const widestOfAll = Math.max(...columns.map((column) => column.width));
  const flexible = columns.findLastIndex((column) => column.width === widestOfAll);
  return columns.map((column, i) => (i === flexible ? { ...column, width: null } : column));
}

function charactersOf(table: Table, column: string): number {
  const lengths = table.rows.map((row) => lengthOf(cell(row.values[column]).text));
  const most = Math.max(column.length, 4, ...lengths);
  return Math.min(MOST_CHARACTERS, Math.ceil(most / STEP) * STEP);
}

/** Characters, where a capital letter counts for more. */
function lengthOf(text: string): number {
  const capitals = text.match(/\p{Lu}/gu)?.length ?? 0;
  return text.length + 0.35 * capitals;
}

function useWidth(box: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = () => setWidth(element.clientWidth);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [box]);
  return width;
}
