import type { Answer } from '../api/api';

export type Proof = Answer<'/api/v1/proofs'>['items'][number];
export type Row = Answer<'/api/v1/tables/{name}/rows', 'post'>;

/** What is proven of a table, with what differs and the newest runs. */
export interface TableAudit {
  state: string;
  reason: string;
  proven_equal_as_of?: string;
  rows: number;
  moving: number;
  differences: number;
  sources: {
    source: string;
    state: string;
    reason: string;
    proven_equal_as_of?: string;
    rows: number;
    moving: number;
    left_out: { column: string; reason: string }[];
    looked_at: string;
  }[];
  differing: Difference[];
  rounds: Run[];
}

export interface Difference {
  source: string;
  key: string[];
  kind: 'missing' | 'extra' | 'different' | 'doubled' | 'unexplained';
  columns: { column: string; source?: string; table?: string }[];
  place: string;
  cause: string;
  found_at?: string;
  /** Of a run: what a repair would do, or did. */
  action?: string;
  /** Of a repair: what it is now. */
  after?: string;
}

export interface Run {
  id: number;
  table: string;
  asked: boolean;
  repair: 'never' | 'dry_run' | 'repair';
  keys?: number;
  state: 'requested' | 'running' | 'done' | 'failed';
  reason: string;
  requested_at: string;
  started_at?: string;
  finished_at?: string;
  report: { differences?: number; sources?: SourceReport[] };
}

export interface SourceReport {
  source: string;
  state: string;
  reason?: string;
  as_of?: string;
  rows?: number;
  moving?: number;
  suspected?: number;
  remaining?: number;
  removed_rows?: number;
  dumped_rows?: number;
  repair?: string;
  differences?: Omit<Difference, 'source'>[];
}

export const STATE_MARKS: Record<string, { mark: string; word: string }> = {
  equal: { mark: 'healthy', word: 'Proven equal' },
  different: { mark: 'failed', word: 'Differs' },
  suspect: { mark: 'starting', word: 'Looks again' },
  waiting: { mark: 'starting', word: 'Waits' },
  failed: { mark: 'failed', word: 'Could not compare' },
  unproven: { mark: 'draft', word: 'Can’t be proven' },
  new: { mark: 'starting', word: 'Not compared yet' },
};

export const KINDS: Record<Difference['kind'], { word: string; means: string }> = {
  missing: { word: 'Missing', means: 'The database has the row, the table has not.' },
  extra: { word: 'Extra', means: 'The table has the row, the database has not.' },
  different: { word: 'Different', means: 'Both have it, with other values.' },
  doubled: { word: 'Doubled', means: 'The same change stands in the table more than once.' },
  unexplained: { word: 'Unexplained', means: 'No record of the Source explains the row.' },
};

export function auditPath(table: string): string {
  return `/audits/${encodeURIComponent(table)}`;
}

export function runPath(table: string, run: number): string {
  return `${auditPath(table)}/runs/${run}`;
}

/** All differences that a run has found, each with its Source. */
export function differencesOf(run: Run): Difference[] {
  return (run.report.sources ?? []).flatMap((of) => (of.differences ?? []).map((difference) => ({ ...difference, source: of.source })));
}

/** What a run is, in words. */
export function runWord(run: Run): string {
  const what = run.repair === 'repair' ? 'Repair' : run.repair === 'dry_run' ? 'Dry run of a repair' : 'Audit';
  return run.keys === undefined ? what : `${what} of ${run.keys} key${run.keys === 1 ? '' : 's'}`;
}
