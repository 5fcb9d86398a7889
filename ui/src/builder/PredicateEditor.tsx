import { autocompletion, type CompletionContext } from '@codemirror/autocomplete';
import { sql } from '@codemirror/lang-sql';
import { useMemo, useRef } from 'react';
import { CodeEditor } from '../parts/CodeEditor';
import type { Column } from './types';
import classes from './StepDrawer.module.css';

interface PredicateEditorProps {
  label: string;
  description: string | undefined;
  error: string | undefined;
  required: boolean;
  value: string;
  columns: readonly Column[];
  example: string;
  onChange: (value: string) => void;
}

const WORDS = ['AND', 'OR', 'NOT', 'IS NULL', 'IS NOT NULL', 'IN (', 'BETWEEN', 'LIKE', 'TRUE', 'FALSE', 'LOWER(', 'UPPER(', 'LENGTH(', 'COALESCE('];

/** A SQL predicate, with the input's fields offered as one types. */
export function PredicateEditor({ label, description, error, value, columns, example, onChange }: PredicateEditorProps) {
  const known = useRef(columns);
  known.current = columns;
  const extensions = useMemo(
    () => [
      autocompletion({
        override: [
          (context: CompletionContext) => {
            const word = context.matchBefore(/["\w]+/);
            if (word === null && !context.explicit) return null;
            return {
              from: word?.from ?? context.pos,
              options: [
                ...known.current.map(({ name, type }) => ({
                  label: name,
                  apply: /^[A-Za-z_]\w*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`,
                  detail: type,
                  type: 'variable',
                  boost: 1,
                })),
                ...WORDS.map((keyword) => ({ label: keyword, type: 'keyword' })),
              ],
            };
          },
        ],
      }),
    ],
    [],
  );
  const language = useMemo(() => sql(), []);
  return (
    <div className={classes.setting}>
      <div className={classes.label}>{label}</div>
      {description && <p className={classes.description}>{description}</p>}
      <CodeEditor label={label} value={value} onChange={onChange} language={language} extensions={extensions} minHeight="62px" maxHeight="200px" />
      {error ? (
        <p className={classes.error} role="alert">
          {error}
        </p>
      ) : (
        value === '' && example !== '' && <p className={classes.description}>For example <code>{example}</code></p>
      )}
    </div>
  );
}
