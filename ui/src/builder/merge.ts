import { addWritten, read, removeStep, stepSource, writtenStep } from './document';

/** Who changed a part of the document since both had the same. */
export type Changed = 'mine' | 'theirs' | 'both';

/** A part that differs: a step, or everything that is no step. */
export interface Difference {
  /** The step's id; empty for the head. */
  id: string;
  changed: Changed;
  /** The YAML on each side; empty where the step is not there. */
  mine: string;
  theirs: string;
}

/** Which side a part is taken from. */
export type Choice = 'mine' | 'theirs';

/** Where two texts differ that began as one. */
export function differences(base: string, mine: string, theirs: string): Difference[] {
  const ids = [...new Set([...ids_(mine), ...ids_(theirs), ...ids_(base)])];
  const parts = ids.map((id) => part(id, stepSource(base, id), stepSource(mine, id), stepSource(theirs, id)));
  return [part('', head(base), head(mine), head(theirs)), ...parts].filter((each): each is Difference => each !== null);
}

function part(id: string, base: string, mine: string, theirs: string): Difference | null {
  if (mine === theirs) return null;
  const changed = theirs === base ? 'mine' : mine === base ? 'theirs' : 'both';
  return { id, changed, mine, theirs };
}

function ids_(text: string): string[] {
  return read(text).steps.map((step) => step.id).filter((id) => id !== '');
}

/** Everything outside of the list of steps. */
function head(text: string): string {
  const rows = text.split('\n');
  const steps = read(text).steps;
  const within = (line: number) => steps.some((step) => line >= step.line && line <= step.lastLine);
  return rows
    .filter((_, i) => !within(i + 1))
    .filter((row) => !/^steps:\s*(\[\])?\s*$/.test(row) && row.trim() !== '')
    .join('\n');
}

/** What is chosen unless a person says otherwise: the side that changed; theirs where both did. */
export function suggested(difference: Difference): Choice {
  return difference.changed === 'mine' ? 'mine' : 'theirs';
}

/** One text of both, part by part. */
export function merged(mine: string, theirs: string, found: readonly Difference[], choose: (part: Difference) => Choice): string {
  const headPart = found.find((each) => each.id === '');
  const headSide = headPart ? choose(headPart) : 'theirs';
  let text = headSide === 'mine' ? mine : theirs;
  for (const difference of found.filter((each) => each.id !== '')) {
    const side = choose(difference);
    if (side === headSide) continue;
    const wanted = difference[side];
    const has = ids_(text).includes(difference.id);
    if (wanted === '') {
      if (has) text = removeStep(text, difference.id);
    } else if (has) {
      text = writtenStep(text, difference.id, wanted);
    } else {
      text = addWritten(text, wanted, before(side === 'mine' ? mine : theirs, difference.id));
    }
  }
  return text;
}

function before(text: string, id: string): string | undefined {
  const all = ids_(text);
  return all[all.indexOf(id) - 1];
}
