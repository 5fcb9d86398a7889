/** What `GET /api/v1/live` sends: the whole state in each message. Null means unknown, never 0. */
export interface Live {
  now: string;
  platform: { version: string | null; started_at: string | null } | null;
  services: Service[];
  connections: Connection[];
  sources: Source[];
  pipelines: Pipeline[];
  tables: Table[];
  incidents: Incident[];
}

/** Something that needs a person and is not over. */
export interface Incident {
  id: number;
  kind: string;
  subject: { kind: string; name: string };
  owner: string | null;
  severity: string;
  state: string;
  reason: string;
  since: string;
}

export interface Service {
  name: string;
  state: string;
  detail: string | null;
}

export interface Connection {
  name: string;
  owner: string | null;
  state: string;
  reason: string | null;
}

export interface Dump {
  id?: number | null;
  /** requested, running or paused. */
  state?: string | null;
  done_rows: number | null;
  total_rows: number | null;
  estimated: boolean;
  /** Rows a second over the last seconds; missing unless it runs. */
  rate?: number;
  /** Missing when it can't be said. */
  seconds_left?: number;
}

export interface Source {
  name: string;
  connection: string;
  description: string | null;
  state: string;
  reason: string | null;
  /** Changes a second over the last ten seconds or so. */
  rate: number | null;
  messages: number | null;
  newest_change_at: string | null;
  dump: Dump | null;
  key?: string[];
  columns?: string[];
  rows?: Row[];
}

export interface Pipeline {
  name: string;
  owner: string | null;
  description: string | null;
  state: string;
  reason: string | null;
  rate: number | null;
  lag_seconds: number | null;
  lag_records: number | null;
  caught_up: boolean | null;
  jobs: { id: string; state: string | null; started_at: string | null }[];
  sources: string[];
  tables: string[];
  /** What the slowest table's newest heartbeat took. */
  heartbeat_seconds: number | null;
  /** Since when a table stands still before a heartbeat, if one does. */
  heartbeat_still_since: string | null;
}

export interface Table {
  name: string;
  pipeline: string | null;
  key: string[];
  columns: string[];
  rows: Row[];
  row_count: number | null;
  age_seconds: number | null;
  /** What the audit of the table is at; null when there is none. */
  audit?: string | null;
  proven_equal_as_of?: string | null;
  differences?: number | null;
}

export interface Row {
  /** Unique and the same in every message. */
  id: string;
  op: string;
  at: string | null;
  values: Record<string, unknown>;
}

/**
 * Reads one message. Lists that are missing are empty, so that an older server still shows what it has.
 *
 * @throws when the text is no JSON object with a time
 */
export function parseLive(text: string): Live {
  const raw: unknown = JSON.parse(text);
  if (typeof raw !== 'object' || raw === null || typeof (raw as Partial<Live>).now !== 'string') {
    throw new Error('not a live message');
  }
  const live = raw as Partial<Live> & { now: string };
  return {
    now: live.now,
    platform: live.platform ?? null,
    services: live.services ?? [],
    connections: live.connections ?? [],
    sources: live.sources ?? [],
    pipelines: (live.pipelines ?? []).map((p) => ({
      ...p,
      jobs: p.jobs ?? [],
      sources: p.sources ?? [],
      tables: p.tables ?? [],
      heartbeat_seconds: p.heartbeat_seconds ?? null,
      heartbeat_still_since: p.heartbeat_still_since ?? null,
    })),
    tables: (live.tables ?? []).map((t) => ({
      ...t,
      key: t.key ?? [],
      columns: t.columns ?? [],
      rows: t.rows ?? [],
    })),
    incidents: live.incidents ?? [],
  };
}
