import { forceLinting, linter, type Diagnostic } from '@codemirror/lint';
import { EditorView } from '@codemirror/view';
import type { ReactCodeMirrorRef } from '@uiw/react-codemirror';
import { useEffect, useMemo, useRef } from 'react';
import { CodeEditor } from '../parts/CodeEditor';
import { shortly, useBuilder } from './model';
import classes from './YamlPane.module.css';

interface YamlPaneProps {
  /** A line to show, and when that was asked for. */
  goTo: { line: number; column: number; at: number } | null;
}

/** The document itself. The cursor's step is the chosen one; problems stand where they are. */
export function YamlPane({ goTo }: YamlPaneProps) {
  const builder = useBuilder();
  const { text, edit, chosen, pipeline, check } = builder;
  const editor = useRef<ReactCodeMirrorRef>(null);
  const latest = useRef(builder);
  latest.current = builder;

  const extensions = useMemo(
    () => [
      linter(
        (view): Diagnostic[] =>
          (latest.current.check.data?.problems ?? []).flatMap((problem) => {
            const line = problem.place.line ?? 0;
            if (line < 1 || line > view.state.doc.lines) return [];
            const row = view.state.doc.line(line);
            const from = Math.min(row.to, row.from + Math.max(0, (problem.place.column ?? 1) - 1));
            return [{ from, to: row.to, severity: 'error', message: shortly(problem) }];
          }),
        { delay: 60_000 },
      ),
      EditorView.updateListener.of((update) => {
        if (!update.selectionSet || !update.view.hasFocus || update.docChanged) return;
        const line = update.state.doc.lineAt(update.state.selection.main.head).number;
        const step = latest.current.pipeline.steps.find((each) => line >= each.line && line <= each.lastLine);
        if (step !== undefined && step.id !== latest.current.chosen) latest.current.choose(step.id);
      }),
    ],
    [],
  );

  useEffect(() => {
    const view = editor.current?.view;
    if (view) forceLinting(view);
  }, [check.data]);

  // The chosen step's lines are shown, unless the cursor is there already.
  useEffect(() => {
    const view = editor.current?.view;
    const step = pipeline.steps.find((each) => each.id === chosen);
    if (!view || view.hasFocus || step === undefined || step.line > view.state.doc.lines) return;
    const row = view.state.doc.line(step.line);
    view.dispatch({ selection: { anchor: row.from }, effects: EditorView.scrollIntoView(row.from, { y: 'nearest', yMargin: 24 }) });
    // eslint-disable-next-line -- follows what is chosen, not what is typed
  }, [chosen]);

  useEffect(() => {
    const view = editor.current?.view;
    if (!view || goTo === null || goTo.line < 1 || goTo.line > view.state.doc.lines) return;
    const row = view.state.doc.line(goTo.line);
    const at = Math.min(row.to, row.from + Math.max(0, goTo.column - 1));
    view.focus();
    view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) });
  }, [goTo]);

  return (
    <div className={classes.pane}>
      <CodeEditor
        ref={editor}
        label="The pipeline as YAML"
        value={text}
        language="yaml"
        extensions={extensions}
        minHeight="100%"
        maxHeight="100%"
        onChange={(next) => {
          if (next !== latest.current.text) edit(() => next, true);
        }}
      />
    </div>
  );
}
