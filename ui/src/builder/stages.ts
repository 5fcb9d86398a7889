import type { components } from '../api/schema';
import type { Step } from './document';

type Item = components['schemas']['Item'];

/** How far a step of a deployed revision is, from what the platform says. */
export interface Stage {
  word: string;
  tone: 'idle' | 'busy' | 'healthy' | 'blocked' | 'failed';
  done: boolean;
}

const PLANNED: Stage = { word: 'Planned', tone: 'idle', done: false };
const READY: Stage = { word: 'Tables ready', tone: 'busy', done: false };
const RUNNING: Stage = { word: 'Running', tone: 'busy', done: false };
const FIRST: Stage = { word: 'Rows arrive', tone: 'busy', done: false };
const CAUGHT_UP: Stage = { word: 'Caught up', tone: 'healthy', done: true };
const CHECKED: Stage = { word: 'Up to date', tone: 'healthy', done: true };

interface Status {
  state: string;
  reason?: string;
  deployed_revision?: number;
  jobs?: { state?: string }[];
  caught_up?: boolean;
  rate?: number;
}

/** How far a revision is, for each of its steps. */
export function stageOf(item: Item | undefined, revision: number, step: Step): Stage {
  if (item === undefined) return PLANNED;
  const status = item.status as unknown as Status;
  const current = (status.deployed_revision ?? 0) >= revision;
  if (status.state === 'blocked') return { word: 'Blocked: needs you', tone: 'blocked', done: false };
  if (status.state === 'failed') return { word: 'Failed', tone: 'failed', done: false };
  if (status.state === 'paused') return { word: 'Paused', tone: 'idle', done: true };
  const running = (status.jobs ?? []).some((job) => job.state === 'RUNNING');
  if (!current) return PLANNED;
  if (!running) return step.role === 'sink' ? READY : PLANNED;
  if (status.caught_up === true) return step.role === 'sink' ? CAUGHT_UP : CHECKED;
  return (status.rate ?? 0) > 0 ? FIRST : RUNNING;
}
