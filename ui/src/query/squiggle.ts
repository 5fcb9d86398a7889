import { setDiagnostics, type Diagnostic } from '@codemirror/lint';
import type { EditorView } from '@codemirror/view';
import type { Problem } from '../api/api';

/** Underlines what the server's problems are about: the word at each place, or the whole line's end. */
export function underline(view: EditorView, problems: Problem[]): void {
  const { doc } = view.state;
  const marks: Diagnostic[] = [];
  for (const { message, place } of problems) {
    const number = place?.line ?? 0;
    if (number < 1 || number > doc.lines) continue;
    const line = doc.line(number);
    // columns count characters, and the editor counts UTF-16 units
    const at = Math.min(line.to, line.from + [...line.text].slice(0, Math.max(0, (place?.column ?? 1) - 1)).join('').length);
    const word = /^(?:"(?:[^"]|"")*"|[\w$.]+|\S)/.exec(doc.sliceString(at, line.to))?.[0] ?? '';
    marks.push({ from: word === '' ? Math.max(line.from, at - 1) : at, to: at + word.length, severity: 'error', message });
  }
  view.dispatch(setDiagnostics(view.state, marks));
}
