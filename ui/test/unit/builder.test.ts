import { describe, expect, it } from 'vitest';
import { lineDiff } from '../../src/builder/diff';
import { addStep, blank, read, removeStep, setInStep } from '../../src/builder/document';
import { begin, changed, redone, undone } from '../../src/builder/history';
import { neighbour, places } from '../../src/builder/layout';
import { differences, merged, suggested } from '../../src/builder/merge';
import { addPath, columnFor, selections } from '../../src/builder/query';

const BASE = `apiVersion: backlot/v1
kind: Pipeline
name: p
owner: a
steps:
  - {id: movies, source: s.t.u}
  # kept
  - {id: active, processor: filter, from: movies, config: {where: "x = 1"}}
  - {id: out, sink: iceberg, from: active, config: {table: a.b}}
`;

describe('history', () => {
  it('takes typing back as one change, and whatever was done before', () => {
    let history = begin('a');
    history = changed(history, 'ab', true, 1_000);
    history = changed(history, 'abc', true, 1_500);
    history = changed(history, 'X', false, 1_600);

    expect(undone(history).text).toBe('abc');
    expect(undone(undone(history)).text).toBe('a');
    expect(redone(redone(undone(undone(history)))).text).toBe('X');
    expect(undone(changed(changed(begin('a'), 'ab', 'form', 1_000), 'abc', 'yaml', 1_100)).text).toBe('ab');
    expect(undone(begin('a')).text).toBe('a');
    expect(changed(history, 'X', false)).toBe(history);
    expect(redone(changed(undone(history), 'other', false)).text).toBe('other');
  });
});

describe('merging', () => {
  const mine = setInStep(BASE, 'active', ['config', 'where'], 'mine = 1');
  const theirs = setInStep(
    addStep(BASE, { id: 'slim', role: 'processor', type: 'projection', from: ['movies'], config: { fields: ['a'] } }, 'movies'),
    'out',
    ['config', 'table'],
    'c.d',
  );

  it('takes from each side what only that side changed', () => {
    const found = differences(BASE, mine, theirs);

    expect(found.map(({ id, changed: by }) => [id, by])).toEqual([
      ['active', 'mine'],
      ['out', 'theirs'],
      ['slim', 'theirs'],
    ]);
    const both = merged(mine, theirs, found, suggested);
    expect(read(both).steps.map((step) => step.id)).toEqual(['movies', 'slim', 'active', 'out']);
    expect(both).toContain('mine = 1');
    expect(both).toContain('table: c.d');
    expect(both).toContain('# kept');
  });

  it('lets a person choose where both changed', () => {
    const other = setInStep(BASE, 'active', ['config', 'where'], 'theirs = 1');
    const found = differences(BASE, mine, other);

    expect(found.map(({ changed: by }) => by)).toEqual(['both']);
    expect(merged(mine, other, found, () => 'mine')).toBe(mine);
    expect(merged(mine, other, found, () => 'theirs')).toBe(other);
  });

  it('knows removals and the head', () => {
    const without = removeStep(BASE, 'active').replace('owner: a', 'owner: b');
    const found = differences(BASE, mine, without);

    expect(found.find((each) => each.id === '')?.changed).toBe('theirs');
    expect(found.find((each) => each.id === 'active')).toMatchObject({ changed: 'both', theirs: '' });
    const kept = merged(mine, without, found, (part) => (part.id === 'active' ? 'mine' : 'theirs'));
    expect(kept).toContain('owner: b');
    expect(read(kept).steps.map((step) => step.id)).toContain('active');
    expect(differences(BASE, mine, mine)).toEqual([]);
  });
});

describe('queries', () => {
  const QUERY = `query ($ids: [ID!]!) {
  # by id
  movies(ids: $ids) {
    id
    director { name }
  }
}
`;

  it('ask for more without losing what they were', () => {
    expect(addPath(QUERY, ['title'])).toBe(QUERY.replace('director { name }\n', 'director { name }\n    title\n'));
    expect(addPath(QUERY, ['director', 'born'])).toBe(QUERY.replace('{ name }', '{ name born }'));
    expect(addPath(QUERY, ['director', 'name'])).toBe(QUERY);
    expect(addPath('{ movie(id: 1) { id } }', ['deals', 'open'])).toBe('{ movie(id: 1) { id deals { open } } }');
    expect(addPath('{ movie(id: 1) }', ['id'])).toBe('{ movie(id: 1) { id } }');
    expect(addPath('query (', ['id'])).toBeNull();
    expect(addPath('', ['id'])).toBeNull();
  });

  it('are read through aliases, arguments, texts and fragments', () => {
    const found = selections('query Q($a: I = {x: 1}) @d { m: movies(t: "}{", l: [1]) @skip(if: false) { ... on M { id } x: y(a: {b: 1}) { z } } }');
    expect(found?.[0]?.key).toBe('m');
    expect(found?.[0]?.children?.map((child) => child.key)).toEqual(['id', 'x']);
  });

  it('name columns for people', () => {
    expect(columnFor('director.name', [])).toBe('director_name');
    expect(columnFor('schedule.daysLeft', [])).toBe('days_left');
    expect(columnFor('title', ['title'])).toBe('title_2');
    expect(columnFor('phase', [])).toBe('phase');
  });
});

describe('the canvas', () => {
  it('stands by what reads what, whatever the order of steps', () => {
    const pipeline = read(BASE);
    const at = places(pipeline);

    expect(at.get('movies')?.x).toBeLessThan(at.get('active')?.x ?? 0);
    expect(at.get('active')?.x).toBeLessThan(at.get('out')?.x ?? 0);
    expect(neighbour(pipeline, at, 'active', 'left')).toBe('movies');
    expect(neighbour(pipeline, at, 'active', 'right')).toBe('out');
    expect(neighbour(pipeline, at, 'out', 'right')).toBeUndefined();
    expect(neighbour(pipeline, at, 'gone', 'left')).toBe('movies');
    expect(places(read(blank('x'))).size).toBe(0);
  });

  it('bears circles and steps that are missing', () => {
    const odd = read(BASE.replace('source: s.t.u', 'processor: filter, from: out').replace('from: active', 'from: nowhere'));
    expect(places(odd).size).toBe(3);
  });
});

describe('comparing', () => {
  it('says what is added and removed', () => {
    expect(lineDiff('a\nb\nc\n', 'a\nx\nc\nd\n').map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'same a',
      'removed b',
      'added x',
      'same c',
      'added d',
    ]);
    expect(lineDiff('', 'a\n')).toEqual([{ kind: 'added', text: 'a' }]);
  });
});
