import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LiveStore, type Stream } from '../../src/live/store';

/** A stream whose events the test sends. */
class FakeStream implements Stream {
  closed = false;
  private readonly listeners = new Map<string, (event: { data?: unknown }) => void>();

  addEventListener(type: string, listener: (event: { data?: unknown }) => void) {
    this.listeners.set(type, listener);
  }

  close() {
    this.closed = true;
  }

  send(type: string, data?: unknown) {
    this.listeners.get(type)?.(data === undefined ? {} : { data });
  }
}

let streams: FakeStream[];
let store: LiveStore;

const newest = () => {
  const stream = streams[streams.length - 1];
  if (stream === undefined) throw new Error('no stream was opened');
  return stream;
};
const say = (second: number, rate: number | null) =>
  newest().send('live', JSON.stringify({ now: new Date(second * 1_000).toISOString(), sources: [{ name: 'a.b.c', rate }] }));
const totals = () => (store.current().history.get('total') ?? []).map((s) => s.value);

beforeEach(() => {
  vi.useFakeTimers();
  streams = [];
  store = new LiveStore(() => {
    streams.push(new FakeStream());
    return newest();
  });
});

afterEach(() => {
  vi.useRealTimers();
});

test('a message makes the page live and enters the history', () => {
  store.subscribe(() => {});
  expect(store.current().link).toBe('connecting');
  say(1, 2.5);
  say(2, 3);
  expect(store.current().link).toBe('live');
  expect(totals()).toEqual([2.5, 3]);
});

test('a lost server leaves the old state, breaks the line, and is tried again less and less often', () => {
  store.subscribe(() => {});
  say(1, 2);
  newest().send('error');
  expect(store.current()).toMatchObject({ link: 'lost', live: { now: '1970-01-01T00:00:01.000Z' } });
  expect(totals()).toEqual([2, null]);
  vi.advanceTimersByTime(1_000);
  expect(streams).toHaveLength(2);
  newest().send('error');
  vi.advanceTimersByTime(1_999);
  expect(streams).toHaveLength(2);
  vi.advanceTimersByTime(1);
  expect(streams).toHaveLength(3);
  say(9, 4);
  expect(store.current()).toMatchObject({ link: 'live', lostAt: null });
  expect(totals()).toEqual([2, null, 4]);
});

test('silence is a loss too, and so is a message that makes no sense', () => {
  store.subscribe(() => {});
  say(1, 2);
  vi.advanceTimersByTime(12_000);
  expect(store.current().link).toBe('lost');
  vi.advanceTimersByTime(1_000);
  newest().send('live', '<html>');
  expect(store.current().link).toBe('lost');
  expect(streams[0]?.closed).toBe(true);
});

test('a server that never answered is lost, not empty', () => {
  store.subscribe(() => {});
  newest().send('error');
  expect(store.current()).toMatchObject({ link: 'lost', live: null });
});

test('nobody listening means no connection', () => {
  const leave = store.subscribe(() => {});
  leave();
  expect(newest().closed).toBe(true);
  vi.advanceTimersByTime(60_000);
  expect(streams).toHaveLength(1);
});

test('the history forgets what is older than two minutes', () => {
  store.subscribe(() => {});
  for (let second = 1; second <= 200; second++) say(second, second);
  expect(totals()[0]).toBe(81);
  expect(totals()).toHaveLength(120);
});
