import { expect, test } from 'vitest';
import { peakOf, samplesOf } from '../../src/readings/readings';

const readings = {
  subject: 'pipeline:movies',
  step_seconds: 10,
  times: [100, 110, 120, 190, 200],
  series: { lag_seconds: [0.5, null, 0, 3, 1] },
};

test('a moment without a value and a while without moments are gaps, not zeros', () => {
  expect(samplesOf(readings, 'lag_seconds')).toEqual([
    { at: 100_000, value: 0.5 },
    { at: 110_000, value: null },
    { at: 120_000, value: 0 },
    { at: 120_001, value: null },
    { at: 190_000, value: 3 },
    { at: 200_000, value: 1 },
  ]);
});

test('a series that nobody has noted has a value at no moment, and no peak', () => {
  expect(samplesOf(readings, 'rate').every((sample) => sample.value === null)).toBe(true);
  expect(peakOf(samplesOf(readings, 'rate'))).toBeNull();
  expect(peakOf(samplesOf(readings, 'lag_seconds'))).toBe(3);
});
