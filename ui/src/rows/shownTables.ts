import type { Live, Row, Source, Table } from '../live/live';

const MOST_SOURCES = 4;
const SYSTEM = new Set([
  '_op',
  '_ts',
  '_source',
  '_source_position',
  '_source_ts',
  '_epoch',
  '_partition',
  '_offset',
  '_exact',
]);

/**
 * What to show the newest rows of: the tables, or where the server has none of their rows, the first Sources that
 * pipelines read. The order is the server's, so that nothing moves. Rows are unique by id, columns are the user's.
 */
export function shownTables(live: Live): Table[] {
  const tables = live.tables.some((table) => table.rows.length > 0) ? live.tables : asTables(live);
  return tables.map((table) => ({
    ...table,
    key: table.key.filter((column) => !SYSTEM.has(column)),
    columns: table.columns.filter((column) => !SYSTEM.has(column)),
    rows: uniqueById(table.rows),
  }));
}

function asTables(live: Live): Table[] {
  const read = new Set(live.pipelines.flatMap((pipeline) => pipeline.sources));
  const candidates = read.size === 0 ? live.sources : live.sources.filter((source) => read.has(source.name));
  return candidates
    .filter((source) => (source.rows ?? []).length > 0)
    .slice(0, MOST_SOURCES)
    .map(asTable);
}

function asTable(source: Source): Table {
  return {
    name: source.name,
    pipeline: null,
    key: source.key ?? [],
    columns: source.columns ?? Object.keys(source.rows?.[0]?.values ?? {}),
    rows: source.rows ?? [],
    row_count: null,
    age_seconds: null,
  };
}

function uniqueById(rows: Row[]): Row[] {
  return [...new Map(rows.map((row) => [row.id, row])).values()];
}
