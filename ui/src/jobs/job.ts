import type { Answer } from '../api/api';
import { count, duration, rate, UNKNOWN } from '../format/format';

export type Job = Answer<'/api/v1/work/{id}'>;

export const KINDS: Record<Job['kind'], string> = {
  dump: 'Dump',
  backfill: 'Backfill',
  maintenance: 'Maintenance',
  audit: 'Audit',
  repair: 'Repair',
};

export const STATES: Record<Job['state'], { word: string; mark: string }> = {
  requested: { word: 'Waiting', mark: 'starting' },
  running: { word: 'Running', mark: 'catching_up' },
  paused: { word: 'Paused', mark: 'paused' },
  done: { word: 'Done', mark: 'healthy' },
  failed: { word: 'Failed', mark: 'failed' },
  cancelled: { word: 'Cancelled', mark: 'stopped' },
};

export function isOpen(job: Job): boolean {
  return job.state === 'requested' || job.state === 'running' || job.state === 'paused';
}

/** `12,400 of 50,000 rows (est.)`, as far as it is known. */
export function doneOf(job: Job): string {
  if (job.done === undefined) return '';
  if (job.total === undefined) return `${count(job.done)} ${job.unit}`;
  return `${count(job.done)} of ${count(job.total)} ${job.unit}${job.estimated ? ' (est.)' : ''}`;
}

/** The share that is done, between 0 and 1; null while the total is unknown, and never 1 before it is done. */
export function share(job: Job): number | null {
  if (job.state === 'done') return 1;
  if (job.done === undefined || job.total === undefined || job.total === 0) return null;
  return Math.min(0.99, job.done / job.total);
}

/** When it will be done, as a range; empty while nobody can tell. */
export function eta(job: Job): string {
  if (job.state !== 'running' || job.eta === undefined) return '';
  const from = duration(job.eta.from_seconds);
  const to = duration(job.eta.to_seconds);
  return from === to ? `about ${from} left` : `${from} to ${to} left`;
}

export function speed(job: Job): string {
  return job.rate === undefined ? UNKNOWN : `${rate(job.rate)} ${job.unit}/s`;
}

export function jobPath(id: string): string {
  return `/jobs/${encodeURIComponent(id)}`;
}

/** Where the thing is that a job is about. */
export function subjectPath(job: Job): string {
  return job.what.kind === 'source' ? `/sources/${encodeURIComponent(job.what.name)}` : `/audits/${encodeURIComponent(job.what.name)}`;
}
