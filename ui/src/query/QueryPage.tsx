import { Button, Menu, Select } from '@mantine/core';
import { acceptCompletion, completionStatus } from '@codemirror/autocomplete';
import { PostgreSQL, sql as sqlLanguage } from '@codemirror/lang-sql';
import { lintGutter } from '@codemirror/lint';
import { Prec } from '@codemirror/state';
import { keymap } from '@codemirror/view';
import type { ReactCodeMirrorRef } from '@uiw/react-codemirror';
import { IconDownload, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import { ApiError, read, send } from '../api/api';
import { useRead } from '../api/useApi';
import { rowPath } from '../catalog/paths';
import { count, duration, moment } from '../format/format';
import { useNow } from '../parts/Age';
import { CodeEditor } from '../parts/CodeEditor';
import { Page } from '../parts/Page';
import { Empty, Failure, Notice } from '../parts/States';
import { completing, named, type Catalog } from './completion';
import classes from './QueryPage.module.css';
import { ResultGrid } from './ResultGrid';
import { useRun, type Run } from './run';
import { Sidebar } from './Sidebar';
import { underline } from './squiggle';

const CAPS = [1_000, 10_000, 100_000, 1_000_000];
const LONGEST_ADDRESS = 6_000;

/** SQL over every table and its latest rows. */
export function QueryPage() {
  const [params, setParams] = useSearchParams();
  const [text, setText] = useState(params.get('sql') ?? '');
  const [cap, setCap] = useState(Number(params.get('rows') ?? 10_000));
  const { run, start, cancel } = useRun();
  const editor = useRef<ReactCodeMirrorRef>(null);
  const catalog = useRead('/api/v1/query/catalog');
  const saved = params.get('saved') ?? '';
  const latest = useRef(text);
  latest.current = text;

  const address = useCallback(
    (sql: string) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          if (sql === '' || sql.length > LONGEST_ADDRESS) after.delete('sql');
          else after.set('sql', sql);
          return after;
        },
        { replace: true },
      ),
    [setParams],
  );
  const written = useRef(params.get('sql') !== null);
  useEffect(() => {
    if (saved === '' || written.current) return;
    const control = new AbortController();
    read('/api/v1/query/saved/{id}', { path: { id: saved } }, control.signal).then(
      (found) => {
        if (!written.current) setText(found.sql);
      },
      () => undefined,
    );
    return () => control.abort();
  }, [saved]);
  useEffect(() => {
    if (text !== '') written.current = true;
  }, [text]);
  useEffect(() => {
    if (text === (params.get('sql') ?? '')) return;
    const timer = setTimeout(() => address(text), 600);
    return () => clearTimeout(timer);
  }, [address, params, text]);

  const execute = useCallback(() => {
    const sql = chosenText(editor.current) || latest.current;
    if (sql.trim() === '') return;
    const view = editor.current?.view;
    if (view) underline(view, []);
    start(sql, cap);
  }, [cap, start]);
  const executeNow = useRef(execute);
  executeNow.current = execute;
  useEffect(() => {
    const view = editor.current?.view;
    if (run.state === 'failed' && run.error !== null && view && run.sql === latest.current) underline(view, run.error.problems);
  }, [run.error, run.sql, run.state]);

  const extensions = useMemo(
    () => [
      lintGutter(),
      completing(catalog.data),
      Prec.highest(
        keymap.of([
          { key: 'Mod-Enter', run: () => (executeNow.current(), true), preventDefault: true },
          // while a list shows, Tab is for it, even when it has only just come up
          { key: 'Tab', run: (view) => acceptCompletion(view) || completionStatus(view.state) === 'active' },
        ]),
      ),
    ],
    [catalog.data],
  );
  const language = useMemo(() => sqlLanguage({ dialect: PostgreSQL }).language.extension, []);
  const put = (sql: string) => {
    setText(sql);
    editor.current?.view?.focus();
  };
  return (
    <Page title="Query" full>
      <div className={classes.page}>
        <Sidebar
          catalog={catalog}
          text={text}
          put={put}
          insert={(name) => {
            const view = editor.current?.view;
            if (!view) return;
            const { from, to } = view.state.selection.main;
            view.dispatch({ changes: { from, to, insert: name }, selection: { anchor: from + name.length } });
            view.focus();
          }}
          ran={run.state === 'running' ? 0 : run.began}
        />
        <div className={classes.work}>
          <div className={classes.editor}>
            <CodeEditor label="SQL" value={text} onChange={setText} language={language} extensions={extensions} ref={editor} minHeight="140px" maxHeight="38vh" />
            <div className={classes.bar}>
              {run.state === 'running' ? (
                <Button variant="default" leftSection={<IconPlayerStop size={15} aria-hidden />} onClick={cancel}>
                  Cancel
                </Button>
              ) : (
                <Button leftSection={<IconPlayerPlay size={15} aria-hidden />} onClick={execute} disabled={text.trim() === ''} aria-keyshortcuts="Meta+Enter Control+Enter">
                  Run
                </Button>
              )}
              <Select
                aria-label="Rows shown at most"
                w={150}
                data={CAPS.map((rows) => ({ value: String(rows), label: `${count(rows)} rows` }))}
                value={String(cap)}
                onChange={(value) => setCap(Number(value ?? 10_000))}
                allowDeselect={false}
              />
              <Progress run={run} cap={cap} />
              <Export sql={run.sql || text} disabled={(run.sql || text).trim() === ''} />
            </div>
          </div>
          <Result run={run} catalog={catalog.data} begin={(table) => put(`SELECT * FROM ${table} LIMIT 100`)} />
        </div>
      </div>
    </Page>
  );
}

/** What is selected, when it is more than a few letters: then it runs alone. */
function chosenText(editor: ReactCodeMirrorRef | null): string {
  const state = editor?.view?.state;
  if (state === undefined) return '';
  const { from, to } = state.selection.main;
  const text = state.sliceDoc(from, to);
  return /\bselect\b|\bwith\b/i.test(text) ? text : '';
}

function Progress({ run, cap }: { run: Run; cap: number }) {
  useNow();
  if (run.state === 'none') return <span className={classes.note}>⌘ or Ctrl with Enter runs it. {count(cap)} rows are shown at most.</span>;
  const rows = `${count(run.rows.length)} ${run.rows.length === 1 ? 'row' : 'rows'}`;
  if (run.state === 'running') {
    return (
      <span className={classes.note} role="status">
        {rows} so far, {duration((performance.now() - run.began) / 1000)}
      </span>
    );
  }
  if (run.state === 'failed') return null;
  return (
    <span className={classes.note} role="status">
      <strong>{rows}</strong>
      {run.more && ' shown; there are more'}
      {run.state === 'cancelled' && ', cancelled'} in {run.milliseconds === null ? '' : moment(run.milliseconds / 1000)}
      {run.first !== null && run.rows.length > 1000 && `, the first after ${moment(run.first / 1000)}`}
    </span>
  );
}

function Result({ run, catalog, begin }: { run: Run; catalog: Catalog | undefined; begin: (table: string) => void }) {
  const example = catalog?.relations.find(({ kind }) => kind === 'view')?.name;
  const historyOf = useMemo(() => linkOf(run, catalog), [run.columns, run.sql, catalog]); // eslint-disable-line
  if (run.state === 'none') {
    return (
      <div className={classes.result}>
        <Empty action={example && <Button variant="default" onClick={() => begin(example)}>Look at {example}</Button>}>
          Nothing ran yet. A table’s name with _latest behind it gives the rows as they are now; the name alone gives every change.
        </Empty>
      </div>
    );
  }
  return (
    <div className={classes.result}>
      {run.error && run.error.status === 400 ? (
        <Notice tone="failed" title="The query has a mistake">
          {run.error.problems.map(({ message, place }, i) => (
            <p key={i}>
              {place?.line ? `Line ${place.line}, column ${place.column}: ` : ''}
              {message.replace(/^Cannot run query: /, '')}
            </p>
          ))}
        </Notice>
      ) : (
        run.error && <Failure error={run.error} what="run the query" effect="Nothing was changed; queries only read." />
      )}
      {Object.keys(run.masked).length > 0 && (
        <Notice tone="idle" title="Some columns are masked for you">
          {Object.entries(run.masked)
            .map(([table, columns]) => `${table}: ${columns.join(', ')}`)
            .join('; ')}
          . Every row has the same in their place, so what is computed from them tells nothing.
        </Notice>
      )}
      {run.columns.length > 0 &&
        (run.rows.length === 0 && run.state === 'done' ? (
          <Empty>The query gives no row.</Empty>
        ) : (
          <ResultGrid columns={run.columns} rows={run.rows} count={run.rows.length} historyOf={historyOf} height="100%" />
        ))}
    </div>
  );
}

/** Leads to a row's history when the statement reads one table and shows its whole key. */
function linkOf(run: Run, catalog: Catalog | undefined): ((row: readonly unknown[]) => string | null) | undefined {
  const tables = new Set(named(catalog?.relations ?? [], run.sql).map((relation) => relation.table));
  const relation = catalog?.relations.find((one) => tables.size === 1 && tables.has(one.table));
  if (relation === undefined || relation.key.length === 0 || /\bgroup\s+by\b/i.test(run.sql)) return undefined;
  const places = relation.key.map((name) => run.columns.findIndex((column) => column.name === name));
  if (places.some((place) => place < 0)) return undefined;
  return (row) => {
    const key = places.map((place) => row[place]);
    return key.some((value) => value === null || value === undefined) ? null : rowPath('table', relation.table, key);
  };
}

function Export({ sql, disabled }: { sql: string; disabled: boolean }) {
  const [error, setError] = useState<ApiError | null>(null);
  const download = async (format: 'csv' | 'json') => {
    setError(null);
    try {
      const { id, file } = await send('post', '/api/v1/query/exports', { body: { sql, format, name: 'query' } });
      const link = document.createElement('a');
      link.href = `/api/v1/query/exports/${id}`;
      link.download = file;
      link.click();
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      setError(failure);
    }
  };
  return (
    <span className={classes.export}>
      {error && <span role="alert">{error.problems[0]?.message}</span>}
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <Button variant="default" leftSection={<IconDownload size={15} aria-hidden />} disabled={disabled}>
            Export
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void download('csv')}>CSV, all rows</Menu.Item>
          <Menu.Item onClick={() => void download('json')}>JSON, all rows</Menu.Item>
          <Menu.Label>In CSV, texts that a spreadsheet would take for formulas get an apostrophe.</Menu.Label>
        </Menu.Dropdown>
      </Menu>
    </span>
  );
}
