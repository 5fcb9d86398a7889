import { describe, expect, it } from 'vitest';
import { aroundChanges, diffLines, yamlOf } from '../../src/pipelines/diff';

describe('a comparison of two documents', () => {
  it('sets changed lines beside each other and numbers both sides', () => {
    const rows = diffLines('a: 1\nb: 2\nc: 3\n', 'a: 1\nb: 5\nc: 3\n');
    expect(rows.map(({ same }) => same)).toEqual([true, false, true]);
    expect(rows[1]).toEqual({ before: { number: 2, text: 'b: 2' }, after: { number: 2, text: 'b: 5' }, same: false });
  });

  it('leaves the other side empty where a line was added or removed', () => {
    expect(diffLines('a\n', 'a\nb\n')[1]).toEqual({ before: null, after: { number: 2, text: 'b' }, same: false });
    expect(diffLines('a\nb\n', 'b\n')[0]).toEqual({ before: { number: 1, text: 'a' }, after: null, same: false });
    expect(diffLines('', 'a\n')).toHaveLength(1);
  });

  it('shows what is around changes only', () => {
    const text = Array.from({ length: 30 }, (_, i) => `line ${i}`);
    const shown = aroundChanges(diffLines(text.join('\n'), text.with(15, 'other').join('\n')), 2);
    expect(shown.filter((row) => row !== null)).toHaveLength(5);
    expect(shown[0]).toBeNull();
    expect(shown.at(-1)).toBeNull();
  });

  it('writes documents as people do', () => {
    expect(yamlOf({ kind: 'Pipeline', steps: [{ id: 'a' }] })).toBe('kind: Pipeline\nsteps:\n  - id: a\n');
  });
});
