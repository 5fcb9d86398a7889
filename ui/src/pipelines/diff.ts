import { stringify } from 'yaml';

/** A line of a side-by-side comparison; a side that has none is null. */
export interface DiffRow {
  before: { number: number; text: string } | null;
  after: { number: number; text: string } | null;
  same: boolean;
}

/** A document as people write it. */
export function yamlOf(spec: Record<string, unknown>): string {
  return stringify(spec, { lineWidth: 120 });
}

/** Compares two texts line by line, by their longest common subsequence. */
export function diffLines(before: string, after: string): DiffRow[] {
  const a = lines(before);
  const b = lines(after);
  const common = lengths(a, b);
  const rows: DiffRow[] = [];
  let i = 0;
  let j = 0;
  let removed: DiffRow['before'][] = [];
  let added: DiffRow['after'][] = [];
  const flush = () => {
    for (let k = 0; k < Math.max(removed.length, added.length); k++) {
      rows.push({ before: removed[k] ?? null, after: added[k] ?? null, same: false });
    }
    removed = [];
    added = [];
  };
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      flush();
      rows.push({ before: { number: i + 1, text: a[i]! }, after: { number: j + 1, text: b[j]! }, same: true });
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && (common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0))) {
      removed.push({ number: i + 1, text: a[i]! });
      i++;
    } else {
      added.push({ number: j + 1, text: b[j]! });
      j++;
    }
  }
  flush();
  return rows;
}

function lines(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** For each pair of places, how long the longest common subsequence of what follows is. */
function lengths(a: string[], b: string[]): number[][] {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i]![j] = a[i] === b[j] ? table[i + 1]![j + 1]! + 1 : Math.max(table[i + 1]![j]!, table[i]![j + 1]!);
    }
  }
  return table;
}

/** Leaves out what stays the same, but for some lines around what does not; `null` stands for a gap. */
export function aroundChanges(rows: DiffRow[], around = 3): (DiffRow | null)[] {
  const near = rows.map((_, i) => rows.slice(Math.max(0, i - around), i + around + 1).some((row) => !row.same));
  const shown: (DiffRow | null)[] = [];
  rows.forEach((row, i) => {
    if (near[i]) shown.push(row);
    else if (shown.at(-1) !== null) shown.push(null);
  });
  return shown;
}
