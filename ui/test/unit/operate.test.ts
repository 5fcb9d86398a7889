import { describe, expect, it } from 'vitest';
import { layout, neighbours } from '../../src/graph/layout';
import { doneOf, eta, share, type Job } from '../../src/jobs/job';
import { remember, windowOf } from '../../src/pulse/samples';

const JOB: Job = {
  id: 'dump-1',
  kind: 'dump',
  what: { kind: 'source', name: 'studio.public.movie' },
  state: 'running',
  phase: 'Reads every row',
  reason: '',
  asked: true,
  estimated: true,
  unit: 'rows',
  requested_at: '2026-01-01T10:00:00Z',
  can: [],
  effect: '',
  details: {},
};

describe('a job', () => {
  it('has no share and no arrival while the whole is unknown', () => {
    expect(share({ ...JOB, done: 5 })).toBeNull();
    expect(doneOf({ ...JOB, done: 1200 })).toBe('1,200 rows');
    expect(eta(JOB)).toBe('');
  });

  it('is never whole before it is done, even when there was more than estimated', () => {
    expect(share({ ...JOB, done: 120, total: 100 })).toBeLessThan(1);
    expect(doneOf({ ...JOB, done: 50, total: 100 })).toBe('50 of 100 rows (est.)');
    expect(share({ ...JOB, state: 'done' })).toBe(1);
  });

  it('arrives within a range', () => {
    expect(eta({ ...JOB, eta: { from_seconds: 60, to_seconds: 180 } })).toBe('1 min to 3 min left');
    expect(eta({ ...JOB, eta: { from_seconds: 60, to_seconds: 60 } })).toBe('about 1 min left');
  });
});

describe('a graph', () => {
  const edges = [
    { from: 'a', to: 'c' },
    { from: 'b', to: 'c' },
    { from: 'c', to: 'd' },
  ];

  it('runs from left to right and is placed the same way each time', () => {
    const nodes = ['a', 'b', 'c', 'd'].map((id) => ({ id }));
    const places = layout(nodes, edges);
    expect(places.get('a')!.x).toBeLessThan(places.get('c')!.x);
    expect(places.get('c')!.x).toBeLessThan(places.get('d')!.x);
    expect(places.get('a')!.y).not.toBe(places.get('b')!.y);
    expect([...layout(nodes, edges)]).toEqual([...places]);
  });

  it('leaves out edges to nodes that are not there', () => {
    expect(layout([{ id: 'a' }], [{ from: 'a', to: 'gone' }]).size).toBe(1);
  });

  it('knows who comes before and after', () => {
    expect(neighbours(edges, 'c', 'before')).toEqual(['a', 'b']);
    expect(neighbours(edges, 'c', 'after')).toEqual(['d']);
  });
});

describe('samples of a line', () => {
  it('forget what is older than two minutes and leave a gap after a silence', () => {
    let samples = remember([], 0, 1);
    samples = remember(samples, 1_000, 2);
    samples = remember(samples, 60_000, 3);
    expect(samples.map(({ value }) => value)).toEqual([1, 2, null, 3]);
    expect(windowOf(samples)).toBe(60_000);
    expect(remember(samples, 200_000, 4).map(({ value }) => value)).toEqual([4]);
  });
});
