import { EditorState, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { sql } from '@codemirror/lang-sql';
import { yaml } from '@codemirror/lang-yaml';
import { tags } from '@lezer/highlight';
import CodeMirror, { ExternalChange, type ReactCodeMirrorRef } from '@uiw/react-codemirror';
import { useEffect, useMemo, useRef, useState, type Ref } from 'react';
import { STYLE_NONCE } from '../design/nonce';
import { TYPE_OVER } from './typeOver';
import classes from './CodeEditor.module.css';

/** Colours of the design, which hold AA contrast in both themes. */
const STYLE = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], color: 'var(--accent)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--healthy)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--blocked)' },
  { tag: [tags.propertyName, tags.definition(tags.propertyName), tags.attributeName], color: 'var(--busy)' },
  { tag: [tags.comment, tags.lineComment, tags.blockComment], color: 'var(--ink-soft)', fontStyle: 'italic' },
]);

const LOOK = EditorView.theme({
  '&': { backgroundColor: 'var(--surface)', color: 'var(--ink)', fontSize: 'var(--text-small)' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '20px' },
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--ink-soft)', border: '0' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--ink) 4%, transparent)' },
  '&.cm-focused': { outline: 'none' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--accent-soft) !important' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-tooltip': { backgroundColor: 'var(--surface)', color: 'var(--ink)', border: '1px solid var(--line-strong)' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--accent-soft)', color: 'var(--ink)' },
  '.cm-panels': { backgroundColor: 'var(--sunken)', color: 'var(--ink)' },
});

interface CodeEditorProps {
  /** What is written here. */
  label: string;
  value: string;
  onChange?: (value: string) => void;
  language?: 'sql' | 'yaml' | 'text' | Extension;
  /** Such as completion, marks of problems, keys. */
  extensions?: Extension[];
  readOnly?: boolean;
  minHeight?: string;
  maxHeight?: string;
  ref?: Ref<ReactCodeMirrorRef>;
}

/** An editor for SQL, YAML and other text. Escape, then Tab leaves it. */
export function CodeEditor({
  label,
  value,
  onChange,
  language = 'text',
  extensions,
  readOnly = false,
  minHeight = '84px',
  maxHeight = '420px',
  ref,
}: CodeEditorProps) {
  const all = useMemo(() => {
    const spoken = language === 'sql' ? [sql()] : language === 'yaml' ? [yaml()] : language === 'text' ? [] : [language];
    return [
      ...spoken,
      EditorView.cspNonce.of(STYLE_NONCE),
      TYPE_OVER,
      LOOK,
      syntaxHighlighting(STYLE),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
      EditorState.readOnly.of(readOnly),
      ...(extensions ?? []),
    ];
  }, [extensions, label, language, readOnly]);
  const setup = useMemo(
    () => ({ foldGutter: false, highlightActiveLine: !readOnly, highlightActiveLineGutter: !readOnly, syntaxHighlighting: false }),
    [readOnly],
  );
  const { first, typed, created } = useText(value, onChange);
  return (
    <div className={classes.editor} data-read-only={readOnly || undefined}>
      <CodeMirror
        {...(ref ? { ref } : {})}
        value={first}
        theme="none"
        extensions={all}
        minHeight={minHeight}
        maxHeight={maxHeight}
        indentWithTab={false}
        basicSetup={setup}
        onChange={typed}
        onCreateEditor={created}
      />
    </div>
  );
}

/**
 * Puts a text into the editor when it comes from elsewhere. What was typed comes back as the value too, and late on a busy
 * machine; it is never put, since more may have been typed meanwhile.
 */
function useText(value: string, onChange: ((value: string) => void) | undefined) {
  const [first] = useState(value);
  const view = useRef<EditorView>(null);
  const now = useRef(value);
  const sent = useRef<string[]>([]);
  const listener = useRef(onChange);
  useEffect(() => {
    listener.current = onChange;
    const changed = now.current !== value;
    now.current = value;
    const echo = sent.current.lastIndexOf(value);
    const late = echo >= 0 && echo < sent.current.length - 1;
    sent.current = sent.current.slice(echo + 1);
    if (!changed || late) return;
    sent.current = [];
    if (view.current) put(view.current, value);
  });
  const [handlers] = useState(() => ({
    typed: (text: string) => {
      sent.current.push(text);
      listener.current?.(text);
    },
    created: (made: EditorView) => {
      view.current = made;
      put(made, now.current);
    },
  }));
  return { first, ...handlers };
}

function put(view: EditorView, text: string): void {
  if (view.state.doc.toString() === text) return;
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, annotations: ExternalChange.of(true) });
}
