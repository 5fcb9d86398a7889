import type { components } from '../api/schema';

export type RowEvent = components['schemas']['RowEvent'];
export type RowVersion = components['schemas']['RowVersion'];
export type SourceEvents = components['schemas']['SourceEvents'];
export type Outcome = SourceEvents['outcomes'][number];

/** One thing that happened to a row: an event of a Source, what the table got of it, or both. */
export interface Moment {
  id: string;
  op: string;
  source: string;
  event: RowEvent | null;
  version: RowVersion | null;
  outcome: Outcome | null;
  /** Milliseconds since 1970 by which moments are ordered. */
  at: number;
  /** What it changed, by column. */
  changes: Change[];
}

/** A value before and after; `before` is null in what begins. */
export interface Change {
  column: string;
  before: unknown;
  after: unknown;
  /** Whether there was a value before at all. */
  had: boolean;
}

/** Puts events and versions of the same record together, newest first, each with what it changed. */
export function timeline(sources: SourceEvents[], versions: RowVersion[]): Moment[] {
  const moments: Moment[] = [];
  const taken = new Set<RowVersion>();
  for (const { source, events, outcomes } of sources) {
    events.forEach((event, i) => {
      const version = versions.find((one) => one.source === source && one.epoch === event.epoch && one.partition === event.partition && one.offset === event.offset) ?? null;
      if (version !== null) taken.add(version);
      moments.push({
        id: `${source}/${event.epoch}/${event.partition}/${event.offset}`,
        op: event.op,
        source,
        event,
        version,
        outcome: outcomes[i] ?? null,
        at: Date.parse(event.committed_at),
        changes: [],
      });
    });
  }
  for (const version of versions) {
    if (taken.has(version)) continue;
    moments.push({
      id: `${version.source}/${version.epoch}/${version.partition}/${version.offset}/${version.processed_at}`,
      op: version.op,
      source: version.source,
      event: null,
      version,
      outcome: null,
      at: time(version.committed_at),
      changes: [],
    });
  }
  moments.sort((a, b) => b.at - a.at || (b.event?.offset ?? b.version?.offset ?? 0) - (a.event?.offset ?? a.version?.offset ?? 0));
  return moments.map((moment, i) => ({ ...moment, changes: changesOf(moment, moments.slice(i + 1)) }));
}

/** Compares with the nearest earlier moment that tells values of the same kind: the table's, else the Source's. */
function changesOf(moment: Moment, earlier: Moment[]): Change[] {
  if (moment.op === 'd' || moment.op === 't') return [];
  const values = inTable(moment) ?? moment.event?.row;
  if (values === undefined) return [];
  const same = inTable(moment) !== undefined ? inTable : (one: Moment) => one.event?.row;
  const before = earlier.find((one) => one.source === moment.source && (same(one) !== undefined || one.op === 'd' || one.op === 't'));
  const known = before === undefined || before.op === 'd' || before.op === 't' ? undefined : same(before);
  return Object.entries(values)
    .filter(([column, after]) => known === undefined || JSON.stringify(after) !== JSON.stringify(known[column]))
    .map(([column, after]) => ({ column, before: known?.[column] ?? null, after, had: known !== undefined }));
}

/** What the table got, unless that is a deletion: then the Source's own values say why. */
function inTable({ version }: Moment): Record<string, unknown> | undefined {
  return version === null || version.op === 'd' || version.op === 't' ? undefined : version.values;
}

/** Reads the database's text of a time. */
export function time(text: string): number {
  return Date.parse(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
}

/** What an operation is called. */
export function called(op: string, dump: boolean): string {
  if (op === 'd') return 'Deleted';
  if (op === 't') return 'The whole table was emptied';
  if (op === 'r' || dump) return 'Read by a dump';
  return op === 'c' ? 'Created' : 'Changed';
}

/** The log's place in a position: `timeline/LSN/ordinal` to `LSN`, as PostgreSQL writes it. */
export function lsn(position: string): string {
  const hex = position.split('/')[1] ?? '';
  if (hex.length !== 16) return position;
  return `${hex.slice(0, 8).replace(/^0+(?=.)/, '')}/${hex.slice(8).replace(/^0+(?=.)/, '')}`;
}
