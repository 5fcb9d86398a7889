import type { Pipeline, Step } from './document';
import type { Check } from './types';

/** How a column differs by a revision; `made`: its name and type stay, and its values, or which rows have them, may not. */
export type How = 'new' | 'gone' | 'type' | 'made';

export interface TouchedField {
  name: string;
  how: How;
  /** Its type, and before that the one it had where that is another. */
  type: string;
  before: string;
}

/** A table, or a published Source, with what a revision touches of it. */
export interface Touched {
  kind: 'table' | 'source';
  name: string;
  fields: TouchedField[];
}

/** What leaves a pipeline: tables and published Sources, with the step that each comes from. */
export function outputsOf(pipeline: Pipeline): { kind: Touched['kind']; name: string; step: Step }[] {
  return pipeline.steps.flatMap((step) => [
    ...(step.role === 'sink' && typeof step.config['table'] === 'string' ? [{ kind: 'table' as const, name: step.config['table'], step }] : []),
    ...(step.publish === '' ? [] : [{ kind: 'source' as const, name: step.publish, step }]),
  ]);
}

/**
 * What a revision touches of the tables and published Sources that are there already.
 *
 * @param was what the planner says of the pipeline as it is deployed, and `now` as it is to be
 */
export function touchedBy(before: Pipeline, after: Pipeline, was: Check, now: Check): Touched[] {
  return outputsOf(after).flatMap(({ kind, name, step }) => {
    const from = outputsOf(before).find((each) => each.kind === kind && each.name === name)?.step;
    const old = columnsOf(was, from);
    const columns = columnsOf(now, step);
    if (from === undefined || old === undefined || columns === undefined) return [];
    const made = madeOtherwise(before, after, from, step);
    const fields = [
      ...columns.flatMap((column): TouchedField[] => {
        const known = old.find((each) => each.name === column.name);
        const how = known === undefined ? 'new' : known.type !== column.type ? 'type' : made === 'all' || made.has(column.name) ? 'made' : null;
        return how === null ? [] : [{ name: column.name, how, type: column.type, before: known?.type ?? '' }];
      }),
      ...old.filter((each) => !columns.some((column) => column.name === each.name)).map((each): TouchedField => ({ name: each.name, how: 'gone', type: each.type, before: each.type })),
    ];
    return fields.length === 0 ? [] : [{ kind, name, fields }];
  });
}

/** What a step gives, as far as it can be planned; of a sink what it is given, since a table keeps columns that nothing fills. */
function columnsOf(check: Check, step: Step | undefined) {
  const ids = step?.role === 'sink' ? step.inputs : [step?.id];
  const given = check.steps.filter((each) => ids.includes(each.id) && each.planned);
  return given.length === 0 ? undefined : given.flatMap(({ columns }) => columns);
}

type Names = 'all' | ReadonlySet<string>;

const NONE: ReadonlySet<string> = new Set();

/** Which columns of an output get other values, or other rows: by what differs on the way to it. */
function madeOtherwise(before: Pipeline, after: Pipeline, from: Step, to: Step): Names {
  const old = wayTo(before, from);
  const now = wayTo(after, to);
  const left = [...old.values()].filter((step) => !now.has(step.id));
  if (left.some((step) => ofStep(step, undefined) === 'all')) return 'all';
  const joined = [...now.values()].some((step) => !old.has(step.id));
  const names = (step: Step, seen: ReadonlySet<string>): Names => {
    if (seen.has(step.id)) return NONE;
    const was = old.get(step.id);
    const rewired = was !== undefined && left.length === 0 && !joined && String(was.inputs) !== String(step.inputs);
    const own = rewired ? 'all' : ofStep(step, was);
    return step.inputs
      .flatMap((id) => now.get(id) ?? [])
      .map((input) => renamed(names(input, new Set([...seen, step.id])), step))
      .reduce(either, own);
  };
  return names(to, NONE);
}

function wayTo(pipeline: Pipeline, step: Step, found: Map<string, Step> = new Map()): Map<string, Step> {
  if (found.has(step.id)) return found;
  found.set(step.id, step);
  for (const input of pipeline.steps.filter((each) => step.inputs.includes(each.id))) wayTo(pipeline, input, found);
  return found;
}

/** Which columns a step makes otherwise than it did; than when it was not there, where it was not. */
function ofStep(step: Step, was: Step | undefined): Names {
  if (was !== undefined && was.type === step.type && JSON.stringify(was.config) === JSON.stringify(step.config)) return NONE;
  switch (step.role === 'processor' && (was?.type ?? step.type) === step.type ? step.type : step.role) {
    case 'sink':
    case 'projection':
      return NONE;
    case 'rename':
      return differing(inverse(step.config['fields']), inverse(was?.config['fields']));
    case 'graphql_enrichment': {
      const take = mapping(step.config['take']);
      const { take: _, query, ...rest } = step.config;
      const { take: before, query: asked, ...others } = was?.config ?? {};
      if (was !== undefined && JSON.stringify(rest) !== JSON.stringify(others)) return 'all';
      const changed = differing(take, mapping(before));
      // A query that asks for more gives the same in what it gave; one that is changed by itself may give anything.
      return changed.size === 0 && query !== asked ? new Set(Object.keys(take)) : changed;
    }
    default:
      return 'all';
  }
}

function mapping(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function inverse(fields: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(mapping(fields)).map(([from, to]) => [String(to), from]));
}

function differing(a: Record<string, unknown>, b: Record<string, unknown>): ReadonlySet<string> {
  return new Set(Object.keys(a).filter((name) => JSON.stringify(a[name]) !== JSON.stringify(b[name])));
}

function renamed(names: Names, step: Step): Names {
  if (names === 'all' || step.type !== 'rename') return names;
  const fields = mapping(step.config['fields']);
  return new Set([...names].map((name) => String(fields[name] ?? name)));
}

function either(a: Names, b: Names): Names {
  return a === 'all' || b === 'all' ? 'all' : new Set([...a, ...b]);
}
