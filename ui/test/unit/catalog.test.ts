import { describe, expect, test } from 'vitest';
import { differs } from '../../src/catalog/HistoryTab';
import { fieldId, pathOf, rowPath } from '../../src/catalog/paths';
import { lines } from '../../src/lineage/LineagePage';
import { options } from '../../src/lineage/FieldPicker';

describe('addresses of the catalog', () => {
  test('names with dots, quotes and slashes survive', () => {
    expect(pathOf('source', 'studio.public."a/b"')).toBe('/sources/studio.public.%22a%2Fb%22');
    expect(fieldId('source', 'studio.public.movie', 'title')).toBe('source:studio.public.movie.title');
    expect(fieldId('table', 'studio.t', 'weird "name"')).toBe('table:studio.t."weird ""name"""');
    expect(fieldId('table', 'studio.t')).toBe('table:studio.t');
    expect(rowPath('table', 'studio.t', [1, 'x'])).toBe('/data/studio.t/rows/%5B%221%22%2C%22x%22%5D');
  });
});

const node = (id: string, kind: string, hops: number, more: object = {}) => ({
  id,
  kind: kind as 'source',
  name: id.split(/[:.]/)[1] ?? '',
  pipeline: '',
  field: 'f',
  type: 'string',
  owner: '',
  description: '',
  tags: [],
  hops,
  beyond: 0,
  ...more,
});

describe('lineage as a list', () => {
  const lineage = {
    focus: 'source:a.f',
    nodes: [
      node('source:a.f', 'source', 0),
      node('step:p/s.f', 'step', 1, { pipeline: 'p', name: 's' }),
      node('step:p/s', 'step', 1, { pipeline: 'p', name: 's', field: '' }),
      node('table:t.g', 'table', 1),
    ],
    edges: [
      { from: 'source:a.f', to: 'step:p/s.f', how: 'copied' as const },
      { from: 'source:a.f', to: 'step:p/s', how: 'condition' as const },
      { from: 'step:p/s.f', to: 'table:t.g', how: 'renamed' as const },
    ],
    upstream: { shown: 0, total: 0 },
    downstream: { shown: 1, total: 1 },
  };

  test('steps are what a table is reached through, conditions are lines of their own', () => {
    const all = lines(lineage);
    expect(all.map(({ id }) => id)).toEqual(['step:p/s', 'table:t.g']);
    expect(all[1]).toMatchObject({ hops: 1, how: 'renamed', through: 'p/s' });
    expect(all[0]).toMatchObject({ how: 'condition' });
  });
});

test('a field is offered before what has it', () => {
  const item = {
    kind: 'source' as const,
    name: 'a.b.c',
    description: '',
    owner: '',
    domain: '',
    origin: '',
    state: '',
    reason: '',
    tags: [],
    fields: 1,
    highlights: [{ where: 'field' as const, field: 'x y', text: 'x y', ranges: [[0, 1]] }],
  };
  expect(options({ total: 1, known: 1, took_millis: 1, items: [item], facets: [] })).toEqual(['source:a.b.c."x y"', 'source:a.b.c']);
});

test('a revision says what it says otherwise', () => {
  expect(differs({ spec: { owner: 'x', fields: { a: {}, b: { unit: 'm' } } } }, { spec: { domain: 'd', fields: { a: {} } } })).toBe(
    'owner: x; no domain; fields b',
  );
  expect(differs({ spec: {} }, undefined)).toBe('nothing');
});
