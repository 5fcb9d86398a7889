import { useQueries, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { read as ask, send, type Answer, type ApiError } from '../api/api';
import { Outcome } from '../catalog/Outcome';
import { fieldId, fieldText, pathOf } from '../catalog/paths';
import { count } from '../format/format';
import { Section } from '../parts/Page';
import { Failure, Loading } from '../parts/States';
import { read } from './document';
import { useBuilder } from './model';
import { touchedBy, type How, type Touched, type TouchedField } from './touched';
import type { Check } from './types';
import classes from './Touches.module.css';

type Impact = Answer<'/api/v1/impact'>;
type Lineage = Answer<'/api/v1/lineage'>;

/** More fields of one published Source than these are not followed one by one. */
const MOST = 40;

const HOW: Record<How, string> = { new: 'new', gone: 'not filled any more', type: 'of another type', made: 'made otherwise' };

/** Which columns, tables and pipelines a revision touches: its own, and those of others that read what it publishes. */
export function Touches({ before }: { before: string }) {
  const { pipeline, check } = useBuilder();
  const was = useQuery<Check, ApiError>({
    queryKey: ['check', before],
    queryFn: ({ signal }) => send('post', '/api/v1/pipelines/check', { body: { document: before }, signal }),
    retry: false,
  });
  const touched = was.data && check.data ? touchedBy(read(before), pipeline, was.data, check.data) : [];
  const readers = useReaders(touched);
  if (was.error) return <Part note=""><Failure error={was.error} what="find out what it touches" again={() => void was.refetch()} /></Part>;
  if (was.data === undefined || check.pending || readers.pending) return <Part note=""><Loading what="what it touches" rows={3} /></Part>;
  const unplanned = was.data.problems.length > 0 ? 'What is deployed can’t be planned any more, so it can’t be compared.' : (check.data?.problems.length ?? 0) > 0 ? 'That shows once the problems are gone.' : '';
  if (touched.length === 0) {
    return (
      <Part note="">
        <p className={classes.quiet}>{unplanned || 'No column that is there already, and nobody who reads on.'}</p>
      </Part>
    );
  }
  const tables = new Set([...touched.filter(({ kind }) => kind === 'table').map(({ name }) => name), ...readers.all.flatMap((reader) => reader.tables)]);
  const pipelines = new Set(readers.all.flatMap((reader) => reader.pipelines.map(({ name }) => name)));
  const columns = touched.filter(({ kind }) => kind === 'table').reduce((sum, { fields }) => sum + fields.length, 0) + new Set(readers.all.flatMap((reader) => reader.columns)).size;
  const counts = [[columns, 'column'], [tables.size, 'table'], [pipelines.size, 'other pipeline']] as const;
  return (
    <Part note={counts.filter(([many]) => many > 0).map(([many, word]) => several(many, word)).join(', ')}>
      <div className={classes.all}>
        {touched.map((one) => (
          <details key={`${one.kind} ${one.name}`} open={touched.length === 1}>
            <summary>
              {one.kind === 'table' ? 'Table' : 'Source'} <strong>{one.name}</strong>: {summed(one.fields)}
            </summary>
            <ul className={classes.fields}>
              {one.fields.map((field) => (
                <li key={field.name} data-how={field.how}>
                  <code>{field.name}</code> <span>{said(field)}</span>
                </li>
              ))}
            </ul>
          </details>
        ))}
        {readers.error && <Failure error={readers.error} what="find out who reads on" effect="The review goes on without it." />}
        {readers.all.map((reader) => (
          <details key={reader.source} open>
            <summary>
              {reader.pipelines.length === 0 ? (
                <>Nobody reads that of {reader.source}</>
              ) : (
                <>
                  Through {reader.source}: {several(reader.pipelines.length, 'pipeline')}, {several(reader.columns.length, 'column')} of {several(reader.tables.length, 'table')}
                </>
              )}
            </summary>
            <ul className={classes.readers}>
              {reader.pipelines.map(({ name, owner, outcome }) => (
                <li key={name}>
                  <Link to={pathOf('pipeline', name)}>{name}</Link> <span className={classes.quiet}>{owner || 'nobody’s'}</span> {outcome && <Outcome of={outcome} />}
                </li>
              ))}
              {reader.tables.map((table) => (
                <li key={table}>
                  <Link to={pathOf('table', table)}>{table}</Link>{' '}
                  <span className={classes.quiet}>
                    {reader.columns
                      .filter((column) => column.startsWith(`${table}.`))
                      .map((column) => column.slice(table.length + 1))
                      .join(', ')}
                  </span>
                </li>
              ))}
            </ul>
            {reader.unfollowed > 0 && <p className={classes.quiet}>{several(reader.unfollowed, 'more field')} of it were not followed.</p>}
          </details>
        ))}
      </div>
    </Part>
  );
}

function Part({ note, children }: { note: string; children: ReactNode }) {
  return (
    <Section title="What it touches" note={note}>
      {children}
    </Section>
  );
}

function several(many: number, word: string): string {
  return `${many === 0 ? 'no' : count(many)} ${word}${many === 1 ? '' : 's'}`;
}

function summed(fields: TouchedField[]): string {
  const ways: How[] = ['new', 'gone', 'type', 'made'];
  return ways
    .map((how) => [fields.filter((field) => field.how === how).length, how] as const)
    .filter(([many]) => many > 0)
    .map(([many, how]) => `${count(many)} ${HOW[how]}`)
    .join(', ');
}

function said({ how, type, before }: TouchedField): string {
  return how === 'type' ? `${before} → ${type}` : how === 'new' ? `${type}, new` : HOW[how];
}

/** Who reads on from a published Source what a revision touches of it. */
interface Reader {
  source: string;
  pipelines: { name: string; owner: string; outcome: Impact['outcome'] | undefined }[];
  tables: string[];
  /** As `table.column`. */
  columns: string[];
  unfollowed: number;
}

/** Follows what is touched of published Sources along the deployed plans of those who read them. */
function useReaders(touched: Touched[]): { all: Reader[]; pending: boolean; error: ApiError | null } {
  const results = useQueries({
    queries: touched
      .filter(({ kind }) => kind === 'source')
      .map((source) => ({
        queryKey: ['touches', source],
        queryFn: ({ signal }: { signal: AbortSignal }) => readerOf(source, signal),
        retry: false,
      })),
  });
  return {
    all: results.flatMap(({ data }) => data ?? []),
    pending: results.some(({ isPending }) => isPending),
    error: (results.find(({ error }) => error !== null)?.error as ApiError | undefined) ?? null,
  };
}

async function readerOf({ name, fields }: Touched, signal: AbortSignal): Promise<Reader> {
  const there = fields.filter(({ how }) => how !== 'new');
  const gone = fields.filter(({ how }) => how === 'gone');
  const lineages = there.slice(0, MOST).map((field) => ask('/api/v1/lineage', { query: { field: fieldId('source', name, field.name), depth: 20, limit: 500 } }, signal));
  const impact = gone.length === 0 ? undefined : ask('/api/v1/impact', { query: { change: `${name} ${gone.map((field) => `drop ${fieldText(field.name)}`).join(', ')}` } }, signal);
  return { source: name, ...joined(await Promise.all(lineages), await impact), unfollowed: Math.max(0, there.length - MOST) };
}

function joined(lineages: Lineage[], impact: Impact | undefined): Omit<Reader, 'source' | 'unfollowed'> {
  const nodes = lineages.flatMap((lineage) => lineage.nodes.filter((node) => node.hops > 0));
  const columns = [...new Set(nodes.filter((node) => node.kind === 'table' && node.field !== '').map((node) => `${node.name}.${node.field}`))].sort();
  const judged = new Map((impact?.sources ?? []).flatMap(({ pipelines }) => pipelines.map((each) => [each.pipeline, each] as const)));
  const owners = new Map([
    ...nodes.filter((node) => node.pipeline !== '').map((node) => [node.pipeline, node.owner] as const),
    ...[...judged.values()].map(({ pipeline, owner }) => [pipeline, owner] as const),
  ]);
  return {
    columns,
    tables: [...new Set(nodes.filter((node) => node.kind === 'table').map((node) => node.name))].sort(),
    pipelines: [...owners].sort().map(([pipeline, owner]) => ({ name: pipeline, owner, outcome: judged.get(pipeline)?.outcome })),
  };
}
