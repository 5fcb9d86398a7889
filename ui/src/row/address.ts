/** Where the history of a table's row is; its key as the values of its columns, in key order. */
export function rowAddress(table: string, key: readonly unknown[]): string {
  return `/data/${encodeURIComponent(table)}/rows/${encodeURIComponent(keyText(key))}`;
}

/** Where the events of a Source's key are. */
export function sourceRowAddress(source: string, key: readonly unknown[]): string {
  return `/sources/${encodeURIComponent(source)}/rows/${encodeURIComponent(keyText(key))}`;
}

/** A key as the API takes it: the text of every value, whatever is in it. */
export function keyText(key: readonly unknown[]): string {
  return JSON.stringify(key.map((value) => (typeof value === 'object' ? JSON.stringify(value) : String(value))));
}
