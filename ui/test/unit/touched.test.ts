import { describe, expect, it } from 'vitest';
import { read } from '../../src/builder/document';
import { touchedBy } from '../../src/builder/touched';
import type { Check } from '../../src/builder/types';

const TEXT = `name: report
steps:
  - {id: movies, source: studio.public.movie}
  - {id: active, processor: filter, from: movies, config: {where: "phase <> 'CANCELLED'"}, publish: open_movies}
  - id: enriched
    processor: graphql_enrichment
    from: active
    config: {endpoint: edge, query: "{ a }", variables: {ids: movie_id}, take: {director: director.name, country: country}}
  - {id: worded, processor: rename, from: enriched, config: {fields: {title: film}}}
  - {id: warehouse, sink: iceberg, from: worded, config: {table: studio.report, commit_interval: 1s}}
`;

const FIELDS = ['movie_id bigint', 'title text', 'phase text'];
const COLUMNS = ['movie_id bigint', 'film text', 'phase text', 'director text', 'country text'];

function check(fields = FIELDS, columns = COLUMNS): Check {
  const step = (id: string, all: string[]) => ({
    id,
    planned: true,
    consumed: [],
    notes: [],
    columns: all.map((column) => ({ name: column.split(' ')[0]!, type: column.split(' ')[1]!, nullable: true, key: false })),
  });
  return { problems: [], hash: '', waiting_for: [], steps: [step('active', fields), step('worded', columns), step('slim', columns)] };
}

/** What a change of the text touches, as `name: field how, …`. */
function touched(change: (text: string) => string, now = check()): string[] {
  return touchedBy(read(TEXT), read(change(TEXT)), check(), now).map(({ name, fields }) => `${name}: ${fields.map((field) => `${field.name} ${field.how}`).join(', ')}`);
}

const ALL = 'studio.report: movie_id made, film made, phase made, director made, country made';

describe('a revision touches', () => {
  it('nothing, when only what does not show is changed', () => {
    expect(touched((text) => text.replace('1s', '5s'))).toEqual([]);
    expect(touched((text) => text.replace('name: report', '# a comment\nname: report'))).toEqual([]);
  });

  it('every column behind a filter that lets other rows pass', () => {
    expect(touched((text) => text.replace('CANCELLED', 'WRAPPED'))).toEqual(['open_movies: movie_id made, title made, phase made', ALL]);
  });

  it('the new column that an enrichment takes, and none of the others', () => {
    const more = (text: string) => text.replace('query: "{ a }"', 'query: "{ a b }"').replace('country: country}', 'country: country, rating: rating}');

    expect(touched(more, check(FIELDS, [...COLUMNS, 'rating int']))).toEqual(['studio.report: rating new']);
  });

  it('the column that an enrichment takes from elsewhere, under the name that it has in the table', () => {
    expect(touched((text) => text.replace('director.name', 'director.fullName'))).toEqual(['studio.report: director made']);
    const elsewhere = (text: string) => text.replace('country: country', 'title: title').replace('director.name', 'd');
    expect(touched(elsewhere, check(FIELDS, COLUMNS.slice(0, 4)))).toEqual(['studio.report: film made, director made, country gone']);
  });

  it('all that is taken, when only the query differs; every row, when it asks elsewhere', () => {
    expect(touched((text) => text.replace('{ a }', '{ c }'))).toEqual(['studio.report: director made, country made']);
    expect(touched((text) => text.replace('edge', 'other'))).toEqual([ALL]);
  });

  it('what has another type, or is gone', () => {
    expect(touched((text) => text, check(['movie_id int', 'title text'], COLUMNS))).toEqual(['open_movies: movie_id type, phase gone']);
  });

  it('nothing by a step between that only chooses fields, and everything by one that goes away and chose rows', () => {
    const slim = (text: string) => text.replace('from: worded', 'from: slim').replace('  - {id: warehouse', '  - {id: slim, processor: projection, from: worded, config: {fields: [film]}}\n  - {id: warehouse');
    expect(touched(slim)).toEqual([]);
    const unfiltered = (text: string) => text.replace(/ {2}- \{id: active.*\n/, '').replace('from: active', 'from: movies');
    expect(touched(unfiltered)).toEqual([ALL]);
  });

  it('every row, when it reads another Source', () => {
    expect(touched((text) => text.replace('studio.public.movie', 'studio.public.talent'))).toContain(ALL);
    const joined = (text: string) => text.replace('from: movies', 'from: all').replace('  - {id: active', '  - {id: more, source: a.b.c}\n  - {id: all, processor: union, from: [movies, more]}\n  - {id: active');
    expect(touched(joined)).toContain(ALL);
  });

  it('nothing of a table that is new', () => {
    expect(touched((text) => text.replace('studio.report', 'studio.other'))).toEqual([]);
  });
});
