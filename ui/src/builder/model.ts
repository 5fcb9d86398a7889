import { createContext, use } from 'react';
import type { NewStep, Pipeline, Step, Value } from './document';
import type { Asked } from './useChecks';
import type { Check, CheckedStep, Column, Descriptor, Preview, PreviewStep, Problem } from './types';

/** What the panes of the builder share. */
export interface Builder {
  name: string;
  text: string;
  pipeline: Pipeline;
  descriptors: ReadonlyMap<string, Descriptor>;
  check: Asked<Check>;
  preview: Asked<Preview>;
  /** The chosen step's id, or empty. */
  chosen: string;
  choose: (id: string) => void;
  /** Changes the text; says why not where it can't be. */
  edit: (change: (text: string) => string, typed?: boolean) => boolean;
  /** Adds a step where it makes sense, and chooses it. */
  add: (wanted: Wanted, where?: Where) => void;
  undo: () => void;
  redo: () => void;
}

/** A kind of step to be added. */
export interface Wanted {
  role: NewStep['role'];
  type: string;
  config?: Record<string, Value>;
}

/** Where a step is added: behind a step, or between two. */
export interface Where {
  behind?: string;
  before?: string;
  /** Alone, reading nothing yet. */
  alone?: boolean;
}

export const BuilderContext = createContext<Builder | null>(null);

/** What the panes of the builder share. */
export function useBuilder(): Builder {
  const builder = use(BuilderContext);
  if (builder === null) throw new Error('This stands in a builder only.');
  return builder;
}

/** The step of a problem, by the place in the text that it names. */
export function stepOf(problem: Problem, pipeline: Pipeline): Step | undefined {
  const path = problem.place.path ?? '';
  const index = /^steps\[(\d+)\]/.exec(path)?.[1];
  const line = problem.place.line ?? 0;
  // What is said of the whole stands at some line too.
  if (index === undefined && path !== '') return undefined;
  return pipeline.steps.find((step) => (index === undefined ? line >= step.line && line <= step.lastLine : step.index === Number(index)));
}

/** The part of a step that a problem is about, such as `config.where`. */
export function partOf(problem: Problem): string {
  return /^steps\[\d+\]\.?([^@]*)/.exec(problem.place.path ?? '')?.[1] ?? '';
}

/** A problem in words without the step's name, which stands beside it. */
export function shortly(problem: Problem): string {
  return problem.message.replace(/^Cannot \w+ (step '[^']*' of )?(pipeline|document|file) '[^']*': /, '').replace(/^./, (first) => first.toUpperCase());
}

export function checkedStep(check: Check | null, id: string): CheckedStep | undefined {
  return check?.steps.find((step) => step.id === id);
}

export function previewStep(preview: Preview | null, id: string): PreviewStep | undefined {
  return preview?.steps.find((step) => step.id === id);
}

/** What a step can name: the fields of what it reads, each once. */
export function inputColumns(builder: Builder, step: Step): Column[] {
  const found = new Map<string, Column>();
  for (const input of step.inputs) {
    for (const column of checkedStep(builder.check.data, input)?.columns ?? []) {
      if (!found.has(column.name)) found.set(column.name, column);
    }
  }
  return [...found.values()];
}

/** What became of the rows of a step, counted; null when it was not run. */
export interface Counts {
  in: number;
  out: number;
  dropped: number;
  deleted: number;
  failed: number;
  unanswered: number;
}

export function counts(step: PreviewStep | undefined): Counts | null {
  if (step === undefined) return null;
  const of = (outcome: string) => step.results.filter((result) => result.outcome === outcome).length;
  return {
    in: step.results.length,
    out: step.rows.length,
    dropped: of('dropped'),
    deleted: of('deleted'),
    failed: of('failed'),
    unanswered: of('unanswered'),
  };
}
