import { describe, expect, it } from 'vitest';
import {
  addStep,
  blank,
  connect,
  copyStep,
  disconnect,
  freeId,
  insertBetween,
  read,
  removeStep,
  renameStep,
  setHeader,
  setInputs,
  setInStep,
} from '../../src/builder/document';

const TEXT = `# Who reads this: production.
apiVersion: backlot/v1
kind: Pipeline
name: movie_report   # never renamed
owner: studio-tech

steps:
  - {id: movies, source: studio.public.movie}   # all of them

  # Only what is still made.
  - id: active
    processor: filter
    from: movies
    config: {where: "phase <> 'CANCELLED'"}   # alive
    future_setting: {kept: as is}
  - id: enriched
    processor: graphql_enrichment
    from: active   # not movies
    consumes: all
    config:
      endpoint: studio_edge
      query: |
        # by id
        query ($ids: [ID!]!) {
          movies(ids: $ids) { id }
        }
      variables: {ids: movie_id}
      # what it gives
      take:
        director_name: director.name   # credited
  - {id: warehouse, sink: iceberg, from: enriched, config: {table: studio.movie_report, commit_interval: 1s}}
labels: {team: production}
`;

/** The lines that differ, as a diff would show them. */
function changed(after: string, before = TEXT): string[] {
  const a = before.split('\n');
  const b = after.split('\n');
  return [...a.filter((line) => !b.includes(line)).map((line) => `-${line}`), ...b.filter((line) => !a.includes(line)).map((line) => `+${line}`)];
}

describe('reading', () => {
  it('gives steps with their places', () => {
    const pipeline = read(TEXT);

    expect(pipeline.name).toBe('movie_report');
    expect(pipeline.steps.map((step) => [step.id, step.role, step.type, step.inputs])).toEqual([
      ['movies', 'source', 'studio.public.movie', []],
      ['active', 'processor', 'filter', ['movies']],
      ['enriched', 'processor', 'graphql_enrichment', ['active']],
      ['warehouse', 'sink', 'iceberg', ['enriched']],
    ]);
    expect(pipeline.steps.map((step) => [step.line, step.lastLine])).toEqual([[8, 8], [11, 15], [16, 30], [31, 31]]);
    expect(pipeline.steps[2]?.consumes).toBe('all');
  });

  it('goes on where the text is half written', () => {
    const pipeline = read('name: x\nsteps:\n  - {id: a, source: s.t.u}\n  - {id: b, processor: filter, from: [a\n');

    expect(pipeline.broken).not.toBe('');
    expect(pipeline.steps.map((step) => step.id)).toContain('a');
    expect(read('').steps).toEqual([]);
    expect(read('[1, 2]').steps).toEqual([]);
  });
});

describe('editing changes what it is about and nothing else', () => {
  it('a text in its quotes', () => {
    const after = setInStep(TEXT, 'active', ['config', 'where'], `title = "A" AND phase = 'B'`);

    expect(changed(after)).toEqual([
      `-    config: {where: "phase <> 'CANCELLED'"}   # alive`,
      `+    config: {where: "title = \\"A\\" AND phase = 'B'"}   # alive`,
    ]);
    expect(read(after).steps[1]?.config['where']).toBe(`title = "A" AND phase = 'B'`);
  });

  it('a block of text', () => {
    const query = '# by id\nquery ($ids: [ID!]!) {\n  movies(ids: $ids) { id title }\n}\n';
    const after = setInStep(TEXT, 'enriched', ['config', 'query'], query);

    expect(changed(after)).toEqual(['-          movies(ids: $ids) { id }', '+          movies(ids: $ids) { id title }']);
    expect(read(after).steps[2]?.config['query']).toBe(query);
  });

  it('an entry of a mapping, with the comments beside it', () => {
    const after = setInStep(TEXT, 'enriched', ['config', 'take', 'title'], 'title');

    expect(after).toContain('director_name: director.name # credited');
    expect(after).toContain('# what it gives');
    expect(after).toContain('# by id');
    expect(read(after).steps[2]?.config['take']).toEqual({ director_name: 'director.name', title: 'title' });
    expect(after.split('\n').slice(0, 15)).toEqual(TEXT.split('\n').slice(0, 15));
  });

  it('a whole mapping, which keeps the comments of what stays', () => {
    const after = setInStep(TEXT, 'enriched', ['config', 'take'], { director_name: 'director.name', phase: 'phase' });

    expect(after).toContain('director_name: director.name # credited');
    expect(read(after).steps[2]?.config['take']).toEqual({ director_name: 'director.name', phase: 'phase' });
  });

  it('a list that was not there, and its removal', () => {
    const ticked = setInStep(TEXT, 'active', ['consumes'], ['title', 'phase']);

    expect(read(ticked).steps[1]?.consumes).toEqual(['title', 'phase']);
    expect(ticked).toContain('consumes: [title, phase]');
    expect(ticked).toContain('future_setting: {kept: as is}');
    expect(ticked).toContain('# Only what is still made.');
    const unticked = setInStep(ticked, 'active', ['consumes'], undefined);
    expect(read(unticked).steps[1]?.consumes).toBeUndefined();
    expect(changed(unticked)).toEqual([
      `-    config: {where: "phase <> 'CANCELLED'"}   # alive`,
      `+    config: {where: "phase <> 'CANCELLED'"} # alive`,
    ]);
  });

  it('a step on one line', () => {
    const after = setInStep(TEXT, 'warehouse', ['config', 'commit_interval'], '5s');
    expect(changed(after)).toHaveLength(2);
    const more = setInStep(after, 'warehouse', ['config', 'on_drop'], 'drop');
    expect(more).toContain('{id: warehouse, sink: iceberg, from: enriched, config: {table: studio.movie_report, commit_interval: 5s, on_drop: drop}}');
  });

  it('what looks like something else is quoted', () => {
    const after = setInStep(TEXT, 'warehouse', ['config', 'table'], 'yes');
    expect(read(after).steps[3]?.config['table']).toBe('yes');
    const odd = setInStep(TEXT, 'active', ['from'], 'a: b # c');
    expect(read(odd).steps[1]?.inputs).toEqual(['a: b # c']);
    const numeric = setInStep(TEXT, 'warehouse', ['config', 'table'], '12');
    expect(read(numeric).steps[3]?.config['table']).toBe('12');
  });

  it('the head', () => {
    expect(changed(setHeader(TEXT, 'owner', 'someone else'))).toEqual(['-owner: studio-tech', '+owner: someone else']);
    const described = setHeader(TEXT, 'description', 'All: films');
    expect(changed(described)).toEqual(['+description: "All: films"']);
    expect(read(described).description).toBe('All: films');
    expect(changed(setHeader(TEXT, 'name', 'other'))).toEqual(['-name: movie_report   # never renamed', '+name: other   # never renamed']);
  });
});

describe('a text of several lines becomes a block', () => {
  const QUERY = 'query ($ids: [ID!]!) {\n  movies(ids: $ids) { id }\n}';
  const BLOCK = ['query: |-', '  query ($ids: [ID!]!) {', '    movies(ids: $ids) { id }', '  }'];
  const head = 'name: x\nsteps:\n';
  const lines = (step: string[], indent: number) => step.map((line) => ' '.repeat(indent) + line).join('\n');

  it('in a config between braces, which keeps its order, its comments and the braces within', () => {
    const step = `${head}  - id: e
    processor: graphql_enrichment
    config: {endpoint: studio_edge, variables: {ids: movie_id}, query: "{ a }", take: {title: title}}   # asked by id
    future: {kept: as is}
  - {id: w, sink: iceberg, from: e}   # the end
`;

    const after = setInStep(step, 'e', ['config', 'query'], QUERY);

    expect(after).toBe(`${head}  - id: e
    processor: graphql_enrichment
    config:
      # asked by id
      endpoint: studio_edge
      variables: {ids: movie_id}
${lines(BLOCK, 6)}
      take: {title: title}
    future: {kept: as is}
  - {id: w, sink: iceberg, from: e}   # the end
`);
    expect(setInStep(after, 'e', ['config', 'query'], `${QUERY.replace('{ id }', '{ id title }')}`)).toBe(after.replace('{ id }', '{ id title }'));
  });

  it('in a step on one line, whose comment does not become a part of the text', () => {
    const step = `${head}  - {id: e, processor: graphql_enrichment, config: {endpoint: studio_edge}}   # asked by id\n\n  # the end\n  - {id: w, sink: iceberg, from: e}\n`;

    const after = setInStep(step, 'e', ['config', 'query'], QUERY);

    expect(after).toBe(`${head}  - # asked by id
    id: e
    processor: graphql_enrichment
    config:
      endpoint: studio_edge
${lines(BLOCK, 6)}

  # the end
  - {id: w, sink: iceberg, from: e}
`);
  });

  it('in braces on several lines, with a comment on each', () => {
    const step = `${head}  - id: e
    processor: graphql_enrichment
    config: {
      # which graph
      endpoint: studio_edge, # the edge
      query: a, # by id
      take: {title: title}
      }
`;

    const after = setInStep(step, 'e', ['config', 'query'], QUERY);

    for (const comment of ['# which graph', '# the edge', '# by id']) expect(after).toContain(comment);
    expect(read(after).steps[0]?.config).toEqual({ endpoint: 'studio_edge', query: QUERY, take: { title: 'title' } });
    expect(after).not.toContain('\\n');
  });

  it('where it was escaped before, or there was no config', () => {
    const escaped = `${head}  - id: e\n    processor: graphql_enrichment\n    config:\n      query: "{\\n a }" # by id\n      take: {title: title}\n`;

    expect(setInStep(escaped, 'e', ['config', 'query'], QUERY)).toContain(`      query: |- # by id\n${lines(BLOCK.slice(1), 6)}\n      take: {title: title}\n`);
    const none = `${head}  - {id: e, processor: graphql_enrichment}`;
    expect(setInStep(none, 'e', ['config', 'query'], QUERY)).toContain(`    config:\n${lines(BLOCK, 6)}`);
  });

  it('in a list of steps on one line, and not where the whole document is on one', () => {
    const list = 'name: x\nsteps: [{id: e, processor: filter, config: {a: b}}, {id: w, sink: iceberg, from: e}]\n';
    const after = setInStep(list, 'e', ['config', 'text'], QUERY);

    expect(after).toContain('  - id: e\n    processor: filter\n    config:\n      a: b\n      text: |-\n');
    expect(after).toContain('\n  - {id: w, sink: iceberg, from: e}\n');
    expect(read(setInStep('{steps: [{id: e, processor: filter, config: {a: b}}]}', 'e', ['config', 'text'], QUERY)).steps[0]?.config).toEqual({ a: 'b', text: QUERY });
  });

  it('inside a mapping that is set whole', () => {
    const after = setInStep(TEXT, 'warehouse', ['config', 'notes'], { why: 'a\nb\n' });

    expect(after).toContain('      notes:\n        why: |\n          a\n          b\n');
    expect(read(after).steps[3]?.config).toEqual({ table: 'studio.movie_report', commit_interval: '1s', notes: { why: 'a\nb\n' } });
    expect(after).toContain('labels: {team: production}');
  });

  it.each(['a\nb', 'a\nb\n', 'a\nb\n\n', '  a\nb', '\na', 'a\n \n', 'a: "b"\n# c', '\ta\nb', '\n'])('and is read as it was written: %j', (value) => {
    for (const rest of ['', '\n', '\n\n\n  # next\n  - {id: w, sink: iceberg, from: e}\n']) {
      const after = setInStep(`${head}  - {id: e, processor: filter, config: {a: b}}${rest}`, 'e', ['config', 'text'], value);

      expect(read(after).broken).toBe('');
      expect(read(after).steps[0]?.config).toEqual({ a: 'b', text: value });
      expect(read(after).steps).toHaveLength(rest.includes('w') ? 2 : 1);
    }
  });
});

describe('the graph', () => {
  it('takes a step behind another', () => {
    const after = addStep(TEXT, { id: 'slim', role: 'processor', type: 'projection', from: ['movies'], config: { fields: ['title'] } }, 'movies');

    expect(changed(after)).toEqual(['+  - id: slim', '+    processor: projection', '+    config: {fields: [title]}']);
    expect(read(after).steps.map((step) => step.id)).toEqual(['movies', 'slim', 'active', 'enriched', 'warehouse']);
    expect(after).toContain('# Only what is still made.\n  - id: active');
  });

  it('begins with nothing', () => {
    const text = blank('fresh');
    const after = addStep(text, { id: 'movie', role: 'source', type: 'studio.public.movie', from: [] });

    expect(after).toBe('apiVersion: backlot/v1\nkind: Pipeline\nname: fresh\nsteps:\n  - {id: movie, source: studio.public.movie}\n');
    expect(blank('fresh', 'studio.public.movie')).toBe(after);
    const more = addStep(after, { id: 'f', role: 'processor', type: 'filter', from: ['movie'] });
    expect(more).toBe(`${after}  - id: f\n    processor: filter\n    from: movie\n    config: {}\n`);
    expect(read(blank('q', 'studio.public."Mixed Case"')).steps[0]?.type).toBe('studio.public."Mixed Case"');
  });

  it('loses a step, and what read it reads on', () => {
    const after = removeStep(TEXT, 'active');

    expect(read(after).steps.map((step) => [step.id, step.inputs])).toEqual([
      ['movies', []],
      ['enriched', ['movies']],
      ['warehouse', ['enriched']],
    ]);
    expect(after).toContain('# Only what is still made.');
    expect(after).toContain('from: movies   # not movies');
  });

  it('loses its only step, and a Source without which a step reads nothing', () => {
    expect(read(removeStep(blank('one', 'a.b.c'), 'c')).steps).toEqual([]);
    const after = removeStep(TEXT, 'movies');
    expect(read(after).steps.find((step) => step.id === 'active')?.inputs).toEqual([]);
    expect(read(setInputs(after, 'active', ['x'])).steps.find((step) => step.id === 'active')?.inputs).toEqual(['x']);
  });

  it('has a step between two', () => {
    const after = insertBetween(TEXT, { id: 'named', role: 'processor', type: 'rename', from: [], config: {} }, 'active', 'enriched');

    expect(read(after).steps.map((step) => [step.id, step.inputs[0]])).toEqual([
      ['movies', undefined],
      ['active', 'movies'],
      ['named', 'active'],
      ['enriched', 'named'],
      ['warehouse', 'enriched'],
    ]);
    expect(after).toContain('from: named   # not movies');
  });

  it('connects and disconnects', () => {
    const union = addStep(TEXT, { id: 'all', role: 'processor', type: 'union', from: ['movies'] });
    const both = connect(union, 'active', 'all', true);

    expect(read(both).steps.find((step) => step.id === 'all')?.inputs).toEqual(['movies', 'active']);
    const one = disconnect(both, 'movies', 'all');
    expect(read(one).steps.find((step) => step.id === 'all')?.inputs).toEqual(['active']);
    expect(read(connect(TEXT, 'movies', 'warehouse', false)).steps[3]?.inputs).toEqual(['movies']);
    expect(connect(TEXT, 'active', 'active', true)).toBe(TEXT);
  });

  it('renames a step wherever it is named', () => {
    const union = addStep(TEXT, { id: 'all', role: 'processor', type: 'union', from: ['movies', 'active'] });
    const after = renameStep(union, 'active', 'alive');

    expect(read(after).steps.map((step) => [step.id, step.inputs])).toEqual([
      ['movies', []],
      ['alive', ['movies']],
      ['enriched', ['alive']],
      ['warehouse', ['enriched']],
      ['all', ['movies', 'alive']],
    ]);
    expect(after).toContain('from: alive   # not movies');
  });

  it('copies a step', () => {
    const { text, id } = copyStep(TEXT, 'active');

    expect(id).toBe('active_2');
    const [first, second] = read(text).steps.filter((step) => step.type === 'filter');
    expect(second?.config).toEqual(first?.config);
    expect(freeId(read(text), 'active')).toBe('active_3');
    expect(freeId(read(text), 'Ä 1 Mixed')).toBe('mixed');
  });

  it('comes back to the same text when what was done is undone', () => {
    const added = addStep(TEXT, { id: 'x', role: 'processor', type: 'filter', from: ['movies'], config: { where: 'a = 1' } }, 'movies');
    expect(removeStep(added, 'x')).toBe(TEXT);
    expect(renameStep(renameStep(TEXT, 'active', 'alive'), 'alive', 'active')).toBe(TEXT);
    expect(connect(connect(TEXT, 'movies', 'enriched', false), 'active', 'enriched', false)).toBe(TEXT);
  });
});
