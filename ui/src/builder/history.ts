/** A text with what can be undone and redone; one history, whichever pane edits. */
export interface History {
  text: string;
  past: readonly string[];
  future: readonly string[];
  /** When typing began that one undo takes back; 0 when nobody types. */
  typingAt: number;
}

const MOST = 200;
const ONE_TYPING_MS = 1_200;

/** Begins with a text. */
export function begin(text: string): History {
  return { text, past: [], future: [], typingAt: 0 };
}

/** Changes the text; what is typed within a moment is one change. */
export function changed(before: History, text: string, typed: boolean, now: number = Date.now()): History {
  if (text === before.text) return before;
  const same = typed && before.typingAt > 0 && now - before.typingAt < ONE_TYPING_MS && before.past.length > 0;
  return {
    text,
    past: same ? before.past : [...before.past.slice(1 - MOST), before.text],
    future: [],
    typingAt: typed ? now : 0,
  };
}

/** Takes the last change back. */
export function undone(before: History): History {
  const text = before.past.at(-1);
  if (text === undefined) return before;
  return { text, past: before.past.slice(0, -1), future: [before.text, ...before.future], typingAt: 0 };
}

/** Brings back what was taken back. */
export function redone(before: History): History {
  const [text, ...rest] = before.future;
  if (text === undefined) return before;
  return { text, past: [...before.past, before.text], future: rest, typingAt: 0 };
}
