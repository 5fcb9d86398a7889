/** Where the page of something in the catalog is. */
export function pathOf(kind: string, name: string): string {
  const part = encodeURIComponent(name);
  switch (kind) {
    case 'source':
      return `/sources/${part}`;
    case 'table':
      return `/tables/${part}`;
    case 'pipeline':
      return `/pipelines/${part}`;
    default:
      return `/connections/${part}`;
  }
}

const PLAIN = /^[A-Za-z_][A-Za-z0-9_$]*$/;

/** A field as it is written in ids and changes: quoted where it is not plain. */
export function fieldText(field: string): string {
  return PLAIN.test(field) ? field : `"${field.replaceAll('"', '""')}"`;
}

/** The id of a field in the graph of fields: `source:studio.public.movie.title`. */
export function fieldId(kind: 'source' | 'table', name: string, field = ''): string {
  if (field === '') return `${kind}:${name}`;
  return `${kind}:${name}.${fieldText(field)}`;
}

/** Where the lineage of a field is. */
export function lineagePath(id: string, more: Record<string, string> = {}): string {
  return `/lineage?${new URLSearchParams({ field: id, ...more })}`;
}

/** Where the history of one row is told; the key's values in key order. */
export function rowPath(kind: 'source' | 'table', name: string, key: readonly unknown[]): string {
  const text = JSON.stringify(key.map((value) => (typeof value === 'object' ? JSON.stringify(value) : String(value))));
  const part = encodeURIComponent(name);
  return kind === 'table' ? `/data/${part}/rows/${encodeURIComponent(text)}` : `/sources/${part}/rows/${encodeURIComponent(text)}`;
}
