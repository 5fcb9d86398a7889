import type { Answer } from '../api/api';

/** A pipeline's item as the API shows it, as far as pages use it. */
export interface PipelineItem {
  name: string;
  spec: PipelineSpec;
  status: PipelineStatus;
}

export interface PipelineSpec {
  owner?: string;
  description?: string;
  state?: 'running' | 'paused';
  on_error?: 'stop' | 'dead_letter' | 'skip';
  deletion?: 'retain' | 'purge';
  start_from?: string;
  steps?: SpecStep[];
}

export interface SpecStep {
  id: string;
  source?: string;
  processor?: string;
  sink?: string;
  from?: string | string[] | Record<string, string>;
  publish?: string;
  config?: Record<string, unknown>;
}

export interface PipelineStatus {
  state: string;
  reason: string;
  code?: string;
  since: string;
  revision: number;
  deployed_revision?: number;
  plan_hash?: string;
  failures?: number;
  retry_at?: string;
  rate?: number;
  lag_seconds?: number;
  lag_records?: number;
  dead_letters?: number;
  skipped_records?: number;
  heartbeat_seconds?: number;
  heartbeat_still_since?: string;
  jobs?: { id: string; state: string; started_at?: string }[];
  blocked?: BlockedSource[];
  upgrades?: Upgrade[];
  backfill?: { table: string; column: string; since: string; rows_before: number }[];
  publishes?: { source: string; consumers: string[] }[];
  consumes?: { source: string; opted_in: boolean; fields: ConsumedField[] }[];
}

export interface ConsumedField {
  field: string;
  type: string;
  use: string;
  steps?: string[];
  columns?: string[];
  filled_with?: string;
}

export interface Upgrade {
  state: string;
  cause: string;
  reason?: string;
  started_at: string;
  ended_at?: string;
}

/** What blocks a pipeline in one of its Sources. */
export interface BlockedSource {
  source: string;
  schema_id: number;
  fields: BlockedField[];
  waiting?: { partition: number; offset: number; schema_id: number; written_at?: string; kept_until?: string }[];
}

export interface BlockedField {
  field: string;
  change: string;
  becomes?: string;
  use: string;
  reason: string;
  steps: string[];
  choices: Choice[];
}

export interface Choice {
  choice: 'map' | 'default' | 'stop_consuming' | 'accept' | 'wait';
  means: string;
  command?: string;
  fields?: string[];
  instead?: string[];
}

/** A stored version of a document. */
export interface Revision {
  revision: number;
  created_at: string;
  author: string;
  message: string;
  spec: Record<string, unknown>;
}

export type Graph = Answer<'/api/v1/pipelines/{name}/graph'>;
export type Node = Graph['nodes'][number];

/** Where a pipeline's page is. */
export function pipelinePath(name: string): string {
  return `/pipelines/${encodeURIComponent(name)}`;
}
