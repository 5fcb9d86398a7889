import { EditorState, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { sql } from '@codemirror/lang-sql';
import { yaml } from '@codemirror/lang-yaml';
import { tags } from '@lezer/highlight';
import CodeMirror, { type ReactCodeMirrorRef } from '@uiw/react-codemirror';
import { useMemo, type Ref } from 'react';
import { STYLE_NONCE } from '../design/nonce';
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
      LOOK,
      syntaxHighlighting(STYLE),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': label }),
      EditorState.readOnly.of(readOnly),
      ...(extensions ?? []),
    ];
  }, [extensions, label, language, readOnly]);
  return (
    <div className={classes.editor} data-read-only={readOnly || undefined}>
      <CodeMirror
        {...(ref ? { ref } : {})}
        value={value}
        theme="none"
        extensions={all}
        minHeight={minHeight}
        maxHeight={maxHeight}
        indentWithTab={false}
        basicSetup={{ foldGutter: false, highlightActiveLine: !readOnly, highlightActiveLineGutter: !readOnly, syntaxHighlighting: false }}
        onChange={(text) => onChange?.(text)}
      />
    </div>
  );
}
