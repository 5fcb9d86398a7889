/** A text with what can be undone and redone; one history, whichever pane edits. */
export interface History {
  text: string;
  past: readonly string[];
  future: readonly string[];
  /** When typing began that one undo takes back; 0 when nobody types. */
  typingAt: number;
  /** Where that was, such as a field; null for changes that were not typed. */
  typedIn: unknown;
}

const MOST = 200;
const ONE_TYPING_MS = 1_200;

/** Begins with a text. */
export function begin(text: string): History {
  return { text, past: [], future: [], typingAt: 0, typedIn: null };
}

/**
 * Changes the text; what is typed in one place within a moment is one change.
 *
 * @param typedIn where it was typed; null or false for any other change
 */
export function changed(before: History, text: string, typedIn: unknown, now: number = Date.now()): History {
  if (text === before.text) return before;
  const typed = typedIn !== null && typedIn !== false;
  const same = typed && before.typedIn === typedIn && before.typingAt > 0 && now - before.typingAt < ONE_TYPING_MS && before.past.length > 0;
  return {
    text,
    past: same ? before.past : [...before.past.slice(1 - MOST), before.text],
    future: [],
    typingAt: typed ? now : 0,
    typedIn: typed ? typedIn : null,
  };
}

/** Takes the last change back. */
export function undone(before: History): History {
  const text = before.past.at(-1);
  if (text === undefined) return before;
  return { text, past: before.past.slice(0, -1), future: [before.text, ...before.future], typingAt: 0, typedIn: null };
}

/** Brings back what was taken back. */
export function redone(before: History): History {
  const [text, ...rest] = before.future;
  if (text === undefined) return before;
  return { text, past: [...before.past, before.text], future: rest, typingAt: 0, typedIn: null };
}
