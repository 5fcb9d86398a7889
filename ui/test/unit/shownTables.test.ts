import { expect, test } from 'vitest';
import { parseLive, type Row } from '../../src/live/live';
import { shownTables } from '../../src/rows/shownTables';

const row = (id: string): Row => ({ id, op: 'u', at: null, values: { a: 1 } });
const message = (parts: object) => parseLive(JSON.stringify({ now: '2026-01-01T00:00:00Z', ...parts }));
const source = (name: string, rows: Row[]) => ({ name, key: ['a'], columns: ['a', '_partition', '_offset'], rows });

test('tables are shown where any of them has rows, empty ones included', () => {
  const live = message({
    tables: [
      { name: 's.one', rows: [] },
      { name: 's.two', columns: ['a'], rows: [row('1')] },
    ],
    sources: [source('c.public.x', [row('9')])],
  });
  expect(shownTables(live).map((t) => t.name)).toEqual(['s.one', 's.two']);
});

test('without any, the first sources that pipelines read stand in for them', () => {
  const live = message({
    pipelines: [{ name: 'p', sources: ['c.public.y'] }],
    sources: [source('c.public.x', [row('8')]), source('c.public.y', [row('9')])],
  });
  expect(shownTables(live).map((t) => [t.name, t.columns])).toEqual([['c.public.y', ['a']]]);
});

test('a row that comes twice is shown once', () => {
  const live = message({ tables: [{ name: 's.t', columns: ['a'], rows: [row('1'), row('1'), row('2')] }] });
  expect(shownTables(live)[0]?.rows.map((r) => r.id)).toEqual(['1', '2']);
});
