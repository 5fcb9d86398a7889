import { expect, test } from 'vitest';
import { cell } from '../../src/format/cell';
import { ageSeconds, count, duration, rate } from '../../src/format/format';

test('what is unknown is never shown as zero', () => {
  expect([rate(null), duration(null), count(null)]).toEqual(['unknown', 'unknown', 'unknown']);
  expect(rate(0)).toBe('0');
  expect(rate(0.01)).toBe('<0.1');
});

test('durations name the two units that matter', () => {
  expect([0.04, 0.8, 9.96, 59, 60, 3_599, 3_600, 11_520, 86_400, 97_200].map(duration)).toEqual([
    '0.0 s', '0.8 s', '10 s', '59 s', '1 min', '1 h', '1 h', '3 h 12 min', '1 d', '1 d 3 h',
  ]);
});

test('an age is never negative, and unknown without a time', () => {
  expect(ageSeconds('2026-01-01T00:00:05Z', Date.parse('2026-01-01T00:00:04Z'))).toBe(0);
  expect(ageSeconds(null, 0)).toBeNull();
  expect(ageSeconds('soon', 0)).toBeNull();
});

test('values are shown as they came, but for long ids, amounts and times', () => {
  expect(cell(null)).toEqual({ text: 'null', kind: 'null' });
  expect(cell('')).toEqual({ text: 'empty', kind: 'null' });
  expect(cell(58_017_783, 'decimal(14,2)').text).toBe('58,017,783.00');
  expect(cell(150_022_357.6, 'decimal(14,2)').text).toBe('150,022,357.60');
  expect(cell(12, 'decimal(9,0)').text).toBe('12');
  expect(cell(10_075)).toEqual({ text: '10075', kind: 'number' });
  expect(cell('-79500000.00')).toEqual({ text: '-79,500,000.00', kind: 'number' });
  expect(cell('9007199254740993123.55').text).toBe('9,007,199,254,740,993,123.55');
  expect(cell('7c9e6679-7425-40de-944b-e07fc1f90ae7')).toMatchObject({ text: '7c9e6679', kind: 'id' });
  expect(cell(['night shoot', 'festival']).text).toBe('night shoot, festival');
  expect(cell('2026-03-04 10:11:12.345678+00').title).toContain('2026');
  expect(cell('<b>bold</b>').text).toBe('<b>bold</b>');
});
