import { count } from '../format/format';
import type { PipelineItem } from './pipeline';

/** What actions do to data and positions, in the words of their confirmations. */

export function pauseEffect(pipeline: PipelineItem): string[] {
  return [
    'Its job commits what it has read and stops. Every row that is in its tables stays and can be queried; no new ones come.',
    'Its position is kept. Changes wait in the topics of its Sources, and Resume goes on at exactly this place.',
    ...readers(pipeline),
    'Writes a revision. Capture and other pipelines go on.',
  ];
}

export function resumeEffect(): string[] {
  return [
    'Its job starts where its tables stand: no change is left out, none is read twice.',
    'It catches up with what has waited since it was paused, then goes on live. Writes a revision.',
  ];
}

export function restartEffect(): string[] {
  return [
    'Its job stops and starts again under a fresh plan, where its tables stand: no row is lost, none doubled.',
    'For some seconds no new rows come. The document stays as it is.',
  ];
}

export function rollbackEffect(revision: number): string[] {
  return [
    `Revision ${revision} is written again as the newest one and deployed.`,
    'The position is kept: rows that are in the tables stay as they were written; from now on they are made as that revision says.',
    'If that revision can’t be deployed any more, nothing changes, and you are told why.',
  ];
}

export function deleteEffect(pipeline: PipelineItem): string[] {
  const tables = (pipeline.spec.steps ?? []).filter((step) => step.sink).map((step) => String(step.config?.table ?? step.id));
  const what = tables.length === 0 ? 'What it published' : `Table${tables.length === 1 ? '' : 's'} ${tables.join(', ')}`;
  const purges = pipeline.spec.deletion === 'purge';
  return [
    purges
      ? `${what} and the files are deleted with it: its document says deletion: purge. This can’t be taken back.`
      : `${what} stay${tables.length === 1 ? 's' : ''} and can be queried; no new rows come. A later pipeline can go on there with adopt: true.`,
    purges ? 'Its document, its position and its dead letters are deleted.' : 'Its document and its position are deleted. Its dead letters are kept.',
    ...readers(pipeline),
  ];
}

export function replayEffect(waiting: number | undefined, all: boolean): string[] {
  return [
    `${all ? `All ${count(waiting)} waiting` : 'The chosen'} records go through the steps once more, into the tables that lack them.`,
    'Rows that have changed since are not overwritten. What fails again waits here again.',
  ];
}

function readers(pipeline: PipelineItem): string[] {
  const names = (pipeline.status.publishes ?? []).flatMap((published) => published.consumers);
  return names.length === 0 ? [] : [`Pipelines that read what it publishes get nothing new: ${[...new Set(names)].join(', ')}.`];
}
