/** What can be ordered; the unknown comes last, whichever the direction. */
export type Sortable = string | number | null | undefined;

/** The rows ordered by a value of each; those of one value stay as they were. */
export function sorted<R>(rows: readonly R[], by: (row: R) => Sortable, down: boolean): R[] {
  return [...rows].sort((one, other) => {
    const a = by(one) ?? null;
    const b = by(other) ?? null;
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true });
    return down ? -order : order;
  });
}
