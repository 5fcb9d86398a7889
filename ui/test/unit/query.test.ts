import { CompletionContext } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { completionsOf, named, type Catalog } from '../../src/query/completion';
import { compare, copied, drawn } from '../../src/query/value';
import { rowPath } from '../../src/catalog/paths';
import { lsn, timeline, type RowEvent, type RowVersion, type SourceEvents } from '../../src/row/timeline';

const CATALOG: Catalog = {
  relations: [
    { name: 'studio.movies_latest', kind: 'view', table: 'studio.movies', key: ['movie_id'], columns: [{ name: 'movie_id', type: 'long', doc: '' }, { name: 'Odd name', type: 'text', doc: 'odd' }] },
    { name: 'studio.movies', kind: 'table', table: 'studio.movies', key: ['movie_id'], columns: [{ name: 'movie_id', type: 'long', doc: '' }, { name: '_op', type: 'text', doc: '' }] },
  ],
  functions: ['sum', 'lower'],
};

describe('tables that a statement names', () => {
  it('are found with and without aliases', () => {
    expect(named(CATALOG.relations, 'SELECT m.x FROM studio.movies_latest m JOIN lake.studio.movies AS v USING (movie_id)').map((one) => one.name)).toEqual([
      'studio.movies_latest',
      'studio.movies',
    ]);
    expect(named(CATALOG.relations, 'SELECT 1')).toEqual([]);
  });
});

describe('completion', () => {
  const offered = (text: string) => completionsOf(CATALOG)(new CompletionContext(EditorState.create({ doc: text }), text.length, true))?.options.map((option) => option.label) ?? [];

  it('offers tables where one is named, and the columns of those that are', () => {
    expect(offered('SELECT * FROM ')).toEqual(['studio.movies_latest', 'studio.movies']);
    expect(offered('SELECT * FROM studio.')).toEqual(['movies_latest', 'movies']);
    expect(offered('SELECT x FROM studio.movies_latest m WHERE m.')).toEqual(['movie_id', 'Odd name']);
    expect(offered('SELECT * FROM studio.movies_latest WHERE o')).toContain('Odd name');
    expect(offered('SELECT * FROM studio.movies_latest WHERE o')).not.toContain('_op');
  });

  it('quotes names that are not plain', () => {
    const text = 'SELECT x FROM studio.movies_latest m WHERE m.';
    const options = completionsOf(CATALOG)(new CompletionContext(EditorState.create({ doc: text }), text.length, true))?.options;
    expect(options?.find((option) => option.label === 'Odd name')?.apply).toBe('"Odd name"');
  });
});

describe('a value of a result', () => {
  it('keeps every digit, tells null from empty, and shows structures as JSON', () => {
    expect(drawn('12345678901234567890.10', 'DECIMAL(38,2)')).toMatchObject({ text: '12345678901234567890.10', kind: 'number' });
    expect(drawn(null, 'VARCHAR').kind).toBe('null');
    expect(drawn('', 'VARCHAR').text).toBe('empty');
    expect(drawn({ a: 1 }, 'STRUCT').text).toBe('{"a":1}');
    expect(drawn('2026-01-01 10:00:00+00', 'TIMESTAMP WITH TIME ZONE').title).toBeDefined();
  });

  it('is copied and compared by what it is', () => {
    expect(copied(null)).toBe('');
    expect(copied([1, 'a'])).toBe('[1,"a"]');
    expect(compare(10, 9, 'BIGINT')).toBeGreaterThan(0);
    expect(compare('10', '9', 'VARCHAR')).toBeLessThan(0);
    expect(compare(null, 1, 'BIGINT')).toBe(1);
  });
});

describe('the address of a row', () => {
  it('carries any key', () => {
    expect(rowPath('table', 'studio.movies', [7, 'a/b"'])).toBe(`/data/studio.movies/rows/${encodeURIComponent('["7","a/b\\""]')}`);
  });
});

const EVENT: RowEvent = {
  op: 'c',
  dump: false,
  reselected: false,
  position: '00000001/0000000001A2B3C4/00000000',
  committed_at: '2026-01-01T10:00:00Z',
  written_at: '2026-01-01T10:00:00.200Z',
  epoch: 1,
  partition: 0,
  offset: 5,
  schema_id: 3,
  row: { id: 1, fee: 100 },
};

const VERSION: RowVersion = {
  op: 'd',
  source: 's',
  position: '',
  committed_at: '2026-01-01 10:00:01+00',
  processed_at: '',
  epoch: 1,
  partition: 0,
  offset: 6,
  visible_at: null,
  visible_by: null,
  values: {},
  changed: [],
};

describe('the history of a row', () => {
  it('puts events and versions of one record together, newest first', () => {
    const sources: SourceEvents[] = [
      {
        source: 's',
        key: ['1'],
        reason: '',
        scanned: 2,
        complete: true,
        since: null,
        events: [{ ...EVENT, op: 'u', offset: 6, committed_at: '2026-01-01T10:00:01Z', row: { id: 1, fee: 250 } }, EVENT],
        outcomes: [
          { state: 'deleted', text: 'no longer passes a filter' },
          { state: 'written', text: 'in the table' },
        ],
      },
    ];
    const moments = timeline(sources, [VERSION]);
    expect(moments.map((moment) => moment.op)).toEqual(['u', 'c']);
    expect(moments[0]?.version).toBe(VERSION);
    expect(moments[0]?.outcome?.state).toBe('deleted');
    expect(moments[0]?.changes).toEqual([{ column: 'fee', before: 100, after: 250, had: true }]);
    expect(moments[1]?.changes).toEqual([
      { column: 'id', before: null, after: 1, had: false },
      { column: 'fee', before: null, after: 100, had: false },
    ]);
  });

  it('names what changed between two events', () => {
    const source: SourceEvents = { source: 's', key: ['1'], reason: '', scanned: 2, complete: true, since: null, events: [{ ...EVENT, op: 'u', offset: 6, row: { id: 1, fee: 250 } }, EVENT], outcomes: [] };
    expect(timeline([source], [])[0]?.changes).toEqual([{ column: 'fee', before: 100, after: 250, had: true }]);
  });

  it('writes positions as PostgreSQL does', () => {
    expect(lsn(EVENT.position)).toBe('0/1A2B3C4');
  });
});
