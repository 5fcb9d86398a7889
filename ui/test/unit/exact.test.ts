import { afterEach, expect, test, vi } from 'vitest';
import { call } from '../../src/api/api';
import { parse, parseWritten } from '../../src/api/exact';

afterEach(() => vi.unstubAllGlobals());

// older machines' JSON.parse doesn't tell what stands there, and then numbers are read as they always were
const tells = JSON.parse('1', ((_key: string, _value: unknown, context?: { source?: string }) => context?.source !== undefined) as never) === true;

test.runIf(tells)('no digit is lost', () => {
  expect(parse('[9007199254740993, 12345678901234567.89, 0.1, 2500.00, 1.7976931348623157E308]')).toEqual([
    '9007199254740993',
    '12345678901234567.89',
    0.1,
    2500,
    1.7976931348623157e308,
  ]);
  expect(parse('[2500.00, 2500, "1.10"]', true)).toEqual(['2500.00', 2500, '1.10']);
});

test('what a double holds stays a number', () => {
  expect(parse('{"rows": [[1, 0.30000000000000004, "2026-11-27 03:24:37.249441+00"]]}', true)).toEqual({ rows: [[1, 0.30000000000000004, '2026-11-27 03:24:37.249441+00']] });
});

test.runIf(tells)('a row keeps the zeros behind its amounts, and other answers have numbers', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('{"current": {"fee": 5.10}, "epoch": 1}')));

  expect(await call('GET', '/api/v1/x', undefined, undefined, parseWritten)).toEqual({ current: { fee: '5.10' }, epoch: 1 });
  expect(await call('GET', '/api/v1/x')).toEqual({ current: { fee: 5.1 }, epoch: 1 });
});
