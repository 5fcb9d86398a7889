import { Button, Textarea } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import type { Answer } from '../api/api';
import { useRead } from '../api/useApi';
import { Outcome } from '../catalog/Outcome';
import { pathOf } from '../catalog/paths';
import { DataTable, type Column } from '../parts/DataTable';
import { Page, Section } from '../parts/Page';
import { Empty, Failure, Loading, Notice } from '../parts/States';
import { useAddress } from '../parts/useAddress';
import classes from './LineagePage.module.css';

type Impact = Answer<'/api/v1/impact'>;
type Source = Impact['sources'][number];

/** What a change of a table's columns would break, change or leave safe, before anybody makes it. */
export function ImpactPage() {
  const [change, setChange] = useAddress('change');
  const [text, setText] = useState(change);
  useEffect(() => setText(change), [change]);
  const impact = useRead('/api/v1/impact', { query: { change } }, { enabled: change !== '' });
  return (
    <Page title="Impact of a change" parents={[{ to: '/lineage', label: 'Lineage' }]}>
      <form
        className={classes.bar}
        onSubmit={(event) => {
          event.preventDefault();
          if (text === change) void impact.refetch();
          else setChange(text);
        }}
      >
        <Textarea
          className={classes.field ?? ''}
          aria-label="Change"
          autosize
          minRows={1}
          maxRows={8}
          placeholder="studio.public.movie drop region, add rating int: or ALTER TABLE statements"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) event.currentTarget.form?.requestSubmit();
          }}
        />
        <Button type="submit" disabled={text.trim() === ''}>
          Judge
        </Button>
        <span className={classes.quiet}>Nothing is changed by asking.</span>
      </form>
      {change === '' ? (
        <Empty>Write a change that somebody is about to make, to see which pipelines, fields and tables it would break.</Empty>
      ) : impact.error ? (
        <Failure error={impact.error} what="judge the change" />
      ) : impact.data === undefined ? (
        <Loading what="what the change means" />
      ) : (
        <Judged impact={impact.data} />
      )}
    </Page>
  );
}

const SAID = {
  safe: { tone: 'healthy', title: 'Safe: every pipeline goes on as it is' },
  changes: { tone: 'busy', title: 'Pipelines follow by themselves; nothing stops or is lost' },
  breaks: { tone: 'blocked', title: 'Pipelines would stop before the first such event, and wait for a decision' },
} as const;

function Judged({ impact }: { impact: Impact }) {
  if (impact.sources.length === 0) return <Notice tone="healthy" title="Nobody is concerned: the table is no Source" />;
  return (
    <>
      <Notice {...SAID[impact.outcome]} />
      {impact.sources.map((source) => (
        <Section key={source.source} title={source.source} note={source.changes.map(words).join('; ')}>
          {source.pipelines.length === 0 ? <Empty>No pipeline reads it.</Empty> : <DataTable label={`Pipelines that read ${source.source}`} rows={source.pipelines} columns={PIPELINES} rowId={({ pipeline, via = [] }) => `${pipeline} ${via.join()}`} />}
          {source.pipelines.some(({ fields }) => fields.length > 0) && (
            <DataTable label={`Fields of ${source.source}`} rows={fields(source)} columns={FIELDS} rowId={({ id }) => id} />
          )}
        </Section>
      ))}
    </>
  );
}

function words({ field, change, before, after }: Source['changes'][number]): string {
  const types = before && after && before !== after ? ` (${before} → ${after})` : after && !before ? ` (${after})` : '';
  return `${field}: ${change}${types}`;
}

const PIPELINES: Column<Source['pipelines'][number]>[] = [
  { id: 'outcome', label: 'Outcome', width: '110px', sort: ({ outcome }) => outcome, cell: ({ outcome }) => <Outcome of={outcome} /> },
  { id: 'pipeline', label: 'Pipeline', width: 'minmax(160px, 1fr)', sort: ({ pipeline }) => pipeline, cell: ({ pipeline }) => <Link to={pathOf('pipeline', pipeline)}>{pipeline}</Link> },
  { id: 'owner', label: 'Owner', sort: ({ owner }) => owner, cell: ({ owner }) => owner || 'nobody' },
  { id: 'via', label: 'Through', cell: ({ via = [] }) => via.join(', ') || 'directly' },
  { id: 'tables', label: 'Tables', width: 'minmax(160px, 1fr)', cell: ({ tables }) => tables.map((table, i) => <span key={table}>{i > 0 && ', '}<Link to={pathOf('table', table)}>{table}</Link></span>) },
  { id: 'note', label: 'Note', width: 'minmax(160px, 2fr)', cell: ({ note = '', opted_in }) => note || (opted_in ? 'takes new fields by itself' : 'takes only what it names') },
];

type FieldLine = Source['pipelines'][number]['fields'][number] & { id: string; pipeline: string };

function fields(source: Source): FieldLine[] {
  return source.pipelines.flatMap(({ pipeline, via = [], fields: all }) => all.map((field) => ({ ...field, pipeline, id: `${pipeline} ${via.join()} ${field.field} ${field.change}` })));
}

const FIELDS: Column<FieldLine>[] = [
  { id: 'outcome', label: 'Outcome', width: '110px', sort: ({ outcome }) => outcome, cell: ({ outcome }) => <Outcome of={outcome} /> },
  { id: 'field', label: 'Field', width: 'minmax(130px, 1fr)', sort: ({ field }) => field, cell: ({ field }) => <span className={classes.mono}>{field}</span> },
  { id: 'pipeline', label: 'In', width: 'minmax(140px, 1fr)', sort: ({ pipeline }) => pipeline, cell: ({ pipeline, steps = [] }) => (steps.length > 0 ? `${pipeline}: ${steps.join(', ')}` : pipeline) },
  { id: 'columns', label: 'Columns', width: 'minmax(150px, 1fr)', cell: ({ columns = [] }) => columns.join(', ') || '–' },
  { id: 'reason', label: 'Why', width: 'minmax(220px, 3fr)', cell: ({ reason }) => <span title={reason}>{reason}</span> },
];
