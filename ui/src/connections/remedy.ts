/** What is wrong, and what mends it: the server puts statements behind `Run:` at the end of its messages. */
export interface Remedy {
  cause: string;
  /** Each with its semicolon. */
  statements: string[];
  /** What else to do, behind the statements. */
  rest: string;
}

const RUN = /\b[Rr]un: /g;

/** Takes a message of a check apart. Text in quotes may hold semicolons. */
export function remedyOf(message: string): Remedy {
  const said = message.replace(/^(?:Cannot (?:capture|reach|log in to) )?[Cc]onnection '[^']*': /, '').replace(/^Cannot capture table '.*?' of connection '[^']*': /, '');
  const text = said.charAt(0).toUpperCase() + said.slice(1);
  const places = [...text.matchAll(RUN)];
  const last = places.at(-1);
  if (last === undefined) return { cause: text, statements: [], rest: '' };
  const { statements, rest } = split(text.slice(last.index + last[0].length));
  if (statements.length === 0) return { cause: text, statements: [], rest: '' };
  const before = text.slice(0, last.index).trim();
  // a sentence that goes on with the statement keeps its beginning
  const cause = /(?:, (?:and|or)|,|Let an administrator)$/.test(before) ? `${before} run:` : before;
  return { cause, statements, rest: rest.trim().replace(/^and /, 'Then ').replace(/^or /, 'Or ') };
}

function split(text: string): { statements: string[]; rest: string } {
  const statements: string[] = [];
  let begin = 0;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (quote !== '') {
      if (c === quote) quote = '';
    } else if (c === "'" || c === '"') {
      quote = c;
    } else if (c === ';') {
      statements.push(text.slice(begin, i + 1).trim());
      begin = i + 1;
      if (!/^\s*[A-Z]{3,}/.test(text.slice(begin))) break;
    }
  }
  return { statements, rest: text.slice(begin).trim() };
}
