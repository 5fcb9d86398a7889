import { isMap, isNode, isPair, isScalar, isSeq, parseDocument, Scalar } from 'yaml';
import type { Document, Node, Pair, ParsedNode, YAMLMap, YAMLSeq } from 'yaml';

/** What a step is in the graph. */
export type Role = 'source' | 'processor' | 'sink';

/** A step as the document has it; whatever can't be read is left out. */
export interface Step {
  /** Its place in the list of steps. */
  index: number;
  id: string;
  role: Role;
  /** The Source's name, or the processor's or sink's type. */
  type: string;
  inputs: string[];
  /** `all`, the ticked fields, or undefined when nothing is said. */
  consumes: 'all' | string[] | undefined;
  publish: string;
  config: Record<string, unknown>;
  /** Where it begins, from 1. */
  line: number;
  lastLine: number;
}

/** A pipeline as its YAML has it. */
export interface Pipeline {
  name: string;
  owner: string;
  description: string;
  steps: Step[];
  /** Why the text can't be read, if it can't. */
  broken: string;
}

const ROLES: Role[] = ['source', 'processor', 'sink'];

/** Reads a pipeline, also one that is half written. */
export function read(text: string): Pipeline {
  const doc = parseDocument(text, { strict: false, uniqueKeys: false });
  const broken = doc.errors[0]?.message.split('\n')[0] ?? '';
  const root = isMap(doc.contents) ? (doc.contents as YAMLMap) : undefined;
  const header = (key: string) => textOf(root?.get(key, true));
  const at = lines(text);
  const steps = items(root).flatMap((node, index) => step(node, index, at) ?? []);
  return { name: header('name'), owner: header('owner'), description: header('description'), steps, broken };
}

function step(node: YAMLMap, index: number, lineOf: (offset: number) => number): Step | null {
  const role = ROLES.find((each) => node.has(each));
  const id = textOf(node.get('id', true));
  if (role === undefined) return null;
  const config = node.get('config', true);
  const range = node.range ?? [0, 0, 0];
  return {
    index,
    id,
    role,
    type: textOf(node.get(role, true)),
    inputs: inputs(node.get('from', true)),
    consumes: consumes(node.get('consumes', true)),
    publish: textOf(node.get('publish', true)),
    config: isMap(config) ? ((config as YAMLMap).toJSON() as Record<string, unknown>) : {},
    line: lineOf(range[0]),
    lastLine: lineOf(Math.max(range[0], range[1] - 1)),
  };
}

function inputs(from: unknown): string[] {
  if (isSeq(from)) return (from as YAMLSeq).items.map(textOf).filter((id) => id !== '');
  if (isMap(from)) return (from as YAMLMap).items.map((pair) => textOf(pair.value)).filter((id) => id !== '');
  const one = textOf(from);
  return one === '' ? [] : [one];
}

function consumes(node: unknown): Step['consumes'] {
  if (isSeq(node)) return (node as YAMLSeq).items.map(textOf);
  return textOf(node) === 'all' ? 'all' : undefined;
}

function textOf(node: unknown): string {
  return isScalar(node) && node.value !== null && node.value !== undefined ? String(node.value) : '';
}

function items(root: YAMLMap | undefined): YAMLMap[] {
  const steps = root?.get('steps', true);
  return isSeq(steps) ? ((steps as YAMLSeq).items.filter((item) => isMap(item)) as YAMLMap[]) : [];
}

function lines(text: string): (offset: number) => number {
  const starts = [0];
  for (let i = 0; i < text.length; i++) if (text[i] === '\n') starts.push(i + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}

/** A value that YAML can hold. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

const WRITING = { lineWidth: 0, flowCollectionPadding: false, indent: 2, indentSeq: true } as const;

/** The text could not be edited, since it is no YAML of a pipeline. */
export class NotEditable extends Error {}

function open(text: string): { doc: Document.Parsed<ParsedNode>; root: YAMLMap } {
  const doc = parseDocument(text, { strict: false, uniqueKeys: false });
  if (doc.errors.length > 0) throw new NotEditable(doc.errors[0]?.message ?? 'It is not YAML.');
  if (!isMap(doc.contents)) throw new NotEditable('It is not a mapping.');
  return { doc, root: doc.contents as unknown as YAMLMap };
}

function found(text: string, id: string): YAMLMap {
  const node = items(open(text).root).find((item) => textOf(item.get('id', true)) === id);
  if (node === undefined) throw new NotEditable(`There is no step '${id}'.`);
  return node;
}

/**
 * Sets a part of a step, such as `['config', 'where']`; undefined takes it away. Only the text of that part changes where
 * it is a text; else only that step is written anew, with its comments and its order. A text of several lines is written as
 * a block of its own, for which what stands around it in braces is put on lines as well.
 */
export function setInStep(text: string, id: string, path: string[], value: Value | undefined): string {
  const node = found(text, id);
  const there = at(node, path);
  if (typeof value === 'string' && isScalar(there) && there.range) {
    const spliced = scalarText(there as Scalar, value, text);
    if (spliced !== null) return splice(text, there.range[0], there.range[1], spliced);
  }
  const { root } = open(text);
  if (value !== undefined && hasLines(value) && !root.flow) {
    const steps = root.get('steps', true);
    if (isSeq(steps) && (steps as YAMLSeq).flow) return setInStep(listRewritten(text, (all) => all), id, path, value);
    const written = setOnLines(text, node, path, value, 'BLOCK_LITERAL');
    // A few texts, such as one that ends in empty lines, are others where a block ends.
    return same(at(found(written, id), path), new Scalar(value)) || typeof value !== 'string' ? written : setOnLines(text, node, path, value, 'QUOTE_DOUBLE');
  }
  return rewritten(text, node, (map, doc) => {
    if (value === undefined) {
      map.deleteIn(path);
      pruned(map, path);
      return;
    }
    const before = map.getIn(path, true);
    const made = doc.createNode(value) as Node;
    if (isMap(made) || isSeq(made)) {
      const flow = isMap(before) || isSeq(before) ? before.flow : isFlat(value) || map.flow;
      made.flow = flow || isEmpty(value);
    }
    map.setIn(path, isMap(before) && isMap(made) ? merged(before, made) : made);
  });
}

/** Sets what holds a text of several lines; what it stands in is written on lines, with its comments above. */
function setOnLines(text: string, node: YAMLMap, path: string[], value: Value, style: Scalar.Type): string {
  const [start, valueEnd] = node.range ?? [0, 0];
  const end = trimmedEnd(text, start, valueEnd);
  // What stands behind a step's last brace would be a part of the text that the step ends with.
  const note = /^[ \t]*#(.*)/.exec(text.slice(end));
  return rewritten(splice(text, end, end + (note?.[0].length ?? 0), ''), node, (map, doc) => {
    if (note) map.commentBefore = note[1] ?? '';
    path.forEach((_, depth) => {
      const around = at(map, path.slice(0, depth));
      if (isMap(around) || isSeq(around)) onLines(around as YAMLMap | YAMLSeq);
    });
    const before = map.getIn(path, true);
    const made = doc.createNode(value) as Node;
    if (isScalar(made)) made.type = style;
    if (isMap(before) && isMap(made)) {
      onLines(before as YAMLMap);
      map.setIn(path, merged(before as YAMLMap, made as YAMLMap));
      return;
    }
    if (isNode(before)) {
      made.commentBefore = before.commentBefore ?? null;
      made.comment = before.comment ?? null;
    }
    map.setIn(path, made);
  });
}

function onLines(around: YAMLMap | YAMLSeq): void {
  if (!around.flow) return;
  around.flow = false;
  if (around.comment) around.commentBefore = [around.commentBefore, around.comment].filter(Boolean).join('\n');
  around.comment = null;
}

/** Whether a value holds a text of several lines. */
function hasLines(value: Value): boolean {
  if (typeof value === 'string') return value.includes('\n');
  return typeof value === 'object' && value !== null && Object.values(value).some(hasLines);
}

/** Keeps what a mapping has, comments included, and gives it the entries of another. */
function merged(before: YAMLMap, after: YAMLMap): YAMLMap {
  const kept = before.items.filter((pair) => after.has(keyOf(pair)));
  const order = after.items.map(keyOf);
  for (const pair of kept) {
    const value = after.get(keyOf(pair), true) as Node;
    if (!same(pair.value, value)) pair.value = value;
  }
  const names = kept.map(keyOf);
  const added = after.items.filter((pair) => !names.includes(keyOf(pair)));
  before.items = [...kept, ...added].sort((a, b) => order.indexOf(keyOf(a)) - order.indexOf(keyOf(b)));
  return before;
}

function same(a: unknown, b: unknown): boolean {
  return isScalar(a) && isScalar(b) ? a.value === b.value : JSON.stringify(a) === JSON.stringify(b);
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

/** Takes away mappings that a removal has emptied, but for the config itself. */
function pruned(map: YAMLMap, path: string[]): void {
  for (let depth = path.length - 1; depth > 1; depth--) {
    const parent = map.getIn(path.slice(0, depth), true);
    if (isMap(parent) && parent.items.length === 0) map.deleteIn(path.slice(0, depth));
  }
}

function isEmpty(value: Value): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** Whether a value reads well on one line. */
function isFlat(value: Value): boolean {
  const written = JSON.stringify(value);
  return !written.includes('\\n') && written.length <= 72;
}

function at(node: YAMLMap, path: string[]): unknown {
  return path.length === 0 ? node : node.getIn(path, true);
}

/** The text of a scalar in the style of the one before; null when that style can't hold it. */
function scalarText(before: Scalar, value: string, text: string): string | null {
  const several = value.includes('\n');
  if (before.type === 'BLOCK_LITERAL') {
    return several ? block(before, value, text) : null;
  }
  if (several) return null;
  if (before.type === 'QUOTE_DOUBLE') return quoted(value);
  if (before.type === 'QUOTE_SINGLE') return `'${value.replaceAll("'", "''")}'`;
  if (before.type === 'PLAIN') return isPlain(value) ? value : quoted(value);
  return null;
}

function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** Whether a text can stand unquoted anywhere, also between braces, and stays a text. */
function isPlain(value: string): boolean {
  if (/^\d+(ms|s|m|h|d)$/.test(value)) return true;
  if (!/^[A-Za-z_][\w./ -]*$/.test(value) || /\s$|: | #/.test(value)) return false;
  return !/^(true|false|null|yes|no|on|off|y|n)$/i.test(value);
}

function block(before: Scalar, value: string, text: string): string | null {
  const [start, end] = before.range ?? [0, 0];
  const given = text.slice(start, end);
  const head = given.slice(0, given.indexOf('\n') + 1);
  const indent = /^[ ]+/.exec(given.slice(head.length).replace(/^\n+/, ''))?.[0];
  if (indent === undefined || !/^\|[+-]?\s*(#.*)?\n$/.test(head) || /^\s/.test(value)) return null;
  const stripped = head.startsWith('|-');
  const ended = value.endsWith('\n');
  if (stripped === ended) return null;
  const body = value
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => (line === '' ? '' : indent + line))
    .join('\n');
  return `${head}${body}\n`;
}

function splice(text: string, start: number, end: number, by: string): string {
  return text.slice(0, start) + by + text.slice(end);
}

/** Writes one step anew after a change of its nodes; every other character of the text stays. */
function rewritten(text: string, node: YAMLMap, change: (map: YAMLMap, doc: Document) => void): string {
  const [start, valueEnd] = node.range ?? [0, 0];
  const end = trimmedEnd(text, start, valueEnd);
  const column = start - (text.lastIndexOf('\n', start - 1) + 1);
  const pad = ' '.repeat(column);
  const doc = parseDocument(pad + text.slice(start, end), { strict: false });
  if (doc.errors.length > 0 || !isMap(doc.contents)) throw new NotEditable('The step can’t be read by itself.');
  change(doc.contents as unknown as YAMLMap, doc as unknown as Document);
  const written = doc.toString(WRITING).replace(/\n$/, '');
  return splice(text, start, end, indented(written, pad));
}

/** Where a step's text ends, without the white space and comments behind it. */
function trimmedEnd(text: string, start: number, end: number): number {
  const given = text.slice(start, end);
  return start + given.trimEnd().length;
}

function indented(text: string, pad: string): string {
  return text
    .split('\n')
    .map((line, i) => (i === 0 || line === '' ? line : pad + line))
    .join('\n');
}

/** Sets one of the document's own fields, such as its owner. */
export function setHeader(text: string, key: string, value: string | undefined): string {
  const { doc, root } = open(text);
  const there = root.get(key, true);
  if (isScalar(there) && there.range && value !== undefined) {
    const by = scalarText(there as Scalar, value, text);
    if (by !== null) return splice(text, there.range[0], there.range[1], by);
  }
  const pair = root.items.find((item) => isPair(item) && keyOf(item) === key);
  if (pair === undefined && value !== undefined) {
    const after = root.items.find((item) => keyOf(item) === 'name') ?? root.items[0];
    const node = after?.value as Node | undefined;
    const offset = node?.range?.[1] ?? 0;
    const end = text.indexOf('\n', offset);
    const line = `${key}: ${isPlain(value) ? value : quoted(value)}`;
    return end < 0 ? `${text}\n${line}\n` : splice(text, end + 1, end + 1, `${line}\n`);
  }
  if (value === undefined) root.delete(key);
  else root.set(key, value);
  return doc.toString(WRITING);
}

/** What a new step says. */
export interface NewStep {
  id: string;
  role: Role;
  type: string;
  from: string[];
  config?: Record<string, Value>;
}

/** A free id that begins with a word. */
export function freeId(pipeline: Pipeline, word: string): string {
  const base = word.toLowerCase().replaceAll(/[^a-z0-9_]+/g, '_').replace(/^[^a-z]+/, '').slice(0, 40) || 'step';
  const taken = new Set(pipeline.steps.map((each) => each.id));
  if (!taken.has(base)) return base;
  for (let i = 2; ; i++) if (!taken.has(`${base}_${i}`)) return `${base}_${i}`;
}

/** Adds a step behind another one in the list, or at its end. */
export function addStep(text: string, step: NewStep, behind?: string): string {
  return addWritten(text, stepText(step), behind);
}

function insertedLine(text: string, list: YAMLMap[], written: string, behind: string | undefined): string {
  const after = list.find((item) => textOf(item.get('id', true)) === behind) ?? list.at(-1);
  const [start, valueEnd] = after?.range ?? [0, 0];
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const dash = /^(\s*)- */.exec(text.slice(lineStart))?.[1] ?? '  ';
  const end = lineEnd(text, trimmedEnd(text, start, valueEnd));
  const line = `${dash}- ${indented(written, `${dash}  `)}\n`;
  const gap = end > 0 && text[end - 1] !== '\n' ? '\n' : '';
  return splice(text, end, end, gap + line);
}

function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

/** A step as people write it: on one line while that is short. */
function stepText(step: NewStep): string {
  const value: Record<string, Value> = { id: step.id, [step.role]: step.type };
  if (step.from.length > 0) value['from'] = step.from.length === 1 ? (step.from[0] as string) : step.from;
  if (step.role !== 'source') value['config'] = step.config ?? {};
  const doc = parseDocument('{}');
  const node = doc.createNode(value) as YAMLMap;
  const flat = step.role === 'source';
  node.flow = flat;
  for (const pair of node.items) {
    const inner = pair.value;
    if (isSeq(inner) || (isMap(inner) && (inner.items.length === 0 || isFlat(inner.toJSON() as Value)))) inner.flow = true;
  }
  doc.contents = node as never;
  return doc.toString(WRITING).replace(/\n$/, '');
}

function insert(list: YAMLMap[], written: string, behind: string | undefined): YAMLMap[] {
  const node = parseDocument(written).contents as unknown as YAMLMap;
  const index = list.findIndex((item) => textOf(item.get('id', true)) === behind);
  const place = index < 0 ? list.length : index + 1;
  return [...list.slice(0, place), node, ...list.slice(place)];
}

/** Writes the list of steps anew: only where it is empty, missing or on one line. */
function listRewritten(text: string, change: (list: YAMLMap[]) => YAMLMap[]): string {
  const { doc, root } = open(text);
  const list = change(items(root));
  const seq = doc.createNode([]) as unknown as YAMLSeq;
  seq.items = list;
  seq.flow = list.length === 0;
  root.set('steps', seq);
  return doc.toString(WRITING);
}

/** Takes a step away; what read it reads what it read, where that is one step. */
export function removeStep(text: string, id: string): string {
  const node = found(text, id);
  const from = inputs(node.get('from', true));
  const { root } = open(text);
  const list = root.get('steps', true);
  let left: string;
  if (isSeq(list) && ((list as YAMLSeq).flow || (list as YAMLSeq).items.length === 1)) {
    left = listRewritten(text, (all) => all.filter((item) => textOf(item.get('id', true)) !== id));
  } else {
    const [start, valueEnd] = node.range ?? [0, 0];
    const lineStart = text.lastIndexOf('\n', start - 1) + 1;
    left = splice(text, lineStart, lineEnd(text, trimmedEnd(text, start, valueEnd)), '');
  }
  for (const reader of read(left).steps.filter((each) => each.inputs.includes(id))) {
    const rest = reader.inputs.flatMap((input) => (input !== id ? [input] : from.length === 1 ? from : []));
    left = setInputs(left, reader.id, [...new Set(rest)]);
  }
  return left;
}

/** Sets what a step reads. */
export function setInputs(text: string, id: string, from: string[]): string {
  if (from.length === 0) return setInStep(text, id, ['from'], undefined);
  const before = found(text, id).get('from', true);
  if (from.length === 1 && !isSeq(before)) return setInStep(text, id, ['from'], from[0] as string);
  if (before === undefined) return withFrom(text, id, from);
  return setInStep(text, id, ['from'], from.length === 1 && isSeq(before) && before.items.length > 1 ? (from[0] as string) : from);
}

function withFrom(text: string, id: string, from: string[]): string {
  return rewritten(text, found(text, id), (map, doc) => {
    const value = doc.createNode(from.length === 1 ? from[0] : from) as Node;
    if (isSeq(value)) value.flow = true;
    const place = map.items.findIndex((pair) => ROLES.includes(keyOf(pair as Pair) as Role)) + 1;
    map.items.splice(place, 0, doc.createPair('from', value) as never);
  });
}

/** Lets a step read another one: also, where it can read several, else instead. */
export function connect(text: string, from: string, to: string, several: boolean): string {
  const before = read(text).steps.find((each) => each.id === to)?.inputs ?? [];
  if (before.includes(from) || from === to) return text;
  return setInputs(text, to, several ? [...before, from] : [from]);
}

/** Lets a step no longer read another one. */
export function disconnect(text: string, from: string, to: string): string {
  const before = read(text).steps.find((each) => each.id === to)?.inputs ?? [];
  return before.includes(from) ? setInputs(text, to, before.filter((input) => input !== from)) : text;
}

/** Puts a new step between two. */
export function insertBetween(text: string, step: NewStep, from: string, to: string): string {
  const added = addStep(text, { ...step, from: [from] }, from);
  const before = read(added).steps.find((each) => each.id === to)?.inputs ?? [];
  return setInputs(added, to, before.map((input) => (input === from ? step.id : input)));
}

/** Gives a step another id, wherever it is named. */
export function renameStep(text: string, id: string, to: string): string {
  let renamed = setInStep(text, id, ['id'], to);
  for (const reader of read(renamed).steps.filter((each) => each.inputs.includes(id))) {
    renamed = setInputName(renamed, reader.id, id, to);
  }
  return renamed;
}

function setInputName(text: string, reader: string, id: string, to: string): string {
  const from = found(text, reader).get('from', true);
  const scalars = isSeq(from) ? from.items : isMap(from) ? from.items.map((pair) => pair.value) : [from];
  const spans = scalars.flatMap((node) => (isScalar(node) && node.value === id && node.range ? [node.range] : []));
  return spans.reduceRight((all, [start, end]) => splice(all, start, end, to), text);
}

/** Adds the same step once more, behind it; gives the new text and id. */
export function copyStep(text: string, id: string): { text: string; id: string } {
  const pipeline = read(text);
  const step = pipeline.steps.find((each) => each.id === id);
  if (step === undefined) throw new NotEditable(`There is no step '${id}'.`);
  const copy = freeId(pipeline, id.replace(/_\d+$/, ''));
  const added = addStep(
    text,
    { id: copy, role: step.role, type: step.type, from: step.inputs, config: step.config as Record<string, Value> },
    id,
  );
  return { text: step.consumes === undefined ? added : setInStep(added, copy, ['consumes'], step.consumes), id: copy };
}

/** A new pipeline, reading a Source if one is given. */
export function blank(name: string, source?: string): string {
  const head = `apiVersion: backlot/v1\nkind: Pipeline\nname: ${name}\n`;
  if (source === undefined || source === '') return `${head}steps: []\n`;
  const word = source.split('.').at(-1)?.replaceAll('"', '') ?? 'source';
  const id = freeId({ name, owner: '', description: '', steps: [], broken: '' }, word);
  return `${head}steps:\n  - ${stepText({ id, role: 'source', type: source, from: [] })}\n`;
}

/** A step's YAML by itself, from its first column; empty when there is no such step. */
export function stepSource(text: string, id: string): string {
  const doc = parseDocument(text, { strict: false, uniqueKeys: false });
  const root = isMap(doc.contents) ? (doc.contents as unknown as YAMLMap) : undefined;
  const node = items(root).find((item) => textOf(item.get('id', true)) === id);
  if (!node?.range) return '';
  const [start, valueEnd] = node.range;
  const column = start - (text.lastIndexOf('\n', start - 1) + 1);
  return text
    .slice(start, trimmedEnd(text, start, valueEnd))
    .split('\n')
    .map((line, i) => (i === 0 ? line : line.slice(Math.min(column, line.length - line.trimStart().length))))
    .join('\n');
}

/** Puts other YAML in a step's place. */
export function writtenStep(text: string, id: string, source: string): string {
  const node = found(text, id);
  const [start, valueEnd] = node.range ?? [0, 0];
  const column = start - (text.lastIndexOf('\n', start - 1) + 1);
  return splice(text, start, trimmedEnd(text, start, valueEnd), indented(source, ' '.repeat(column)));
}

/** Adds a step that is written already. */
export function addWritten(text: string, source: string, behind?: string): string {
  const { root } = open(text);
  const steps = root.get('steps', true);
  if (!isSeq(steps) || (steps as YAMLSeq).items.length === 0 || (steps as YAMLSeq).flow) {
    return listRewritten(text, (list) => insert(list, source, behind));
  }
  return insertedLine(text, items(root), source, behind);
}
