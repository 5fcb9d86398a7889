import { Button, Drawer, NativeSelect, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';
import { read, type Answer } from '../api/api';
import { useRead } from '../api/useApi';
import { Age, Moment } from '../parts/Age';
import { DataTable, type Column } from '../parts/DataTable';
import { Facts } from '../parts/Facts';
import { Page } from '../parts/Page';
import { Empty, Shown } from '../parts/States';
import { useAddress } from '../parts/useAddress';
import classes from './Access.module.css';
import { Outcome } from './Outcome';
import { hasRole, useSession } from './session';

type Entry = Answer<'/api/v1/access-log'>['items'][number];

const KINDS = ['', 'source', 'table', 'query', 'pipeline', 'connection', 'endpoint', 'route', 'incident', 'dump', 'user', 'token', 'schema'];
const OUTCOMES = ['', 'done', 'refused', 'failed', 'begun'];
const RANGES: Record<string, { label: string; seconds: number }> = {
  '1h': { label: 'The last hour', seconds: 3_600 },
  '24h': { label: 'The last day', seconds: 86_400 },
  '7d': { label: 'The last 7 days', seconds: 7 * 86_400 },
  '30d': { label: 'The last 30 days', seconds: 30 * 86_400 },
  all: { label: 'All that is kept', seconds: 0 },
};

const COLUMNS: Column<Entry>[] = [
  { id: 'at', label: 'When', width: '96px', cell: (entry) => <Age of={entry.at} /> },
  { id: 'caller', label: 'Who', width: 'minmax(110px, 1fr)', cell: (entry) => <Who entry={entry} /> },
  { id: 'action', label: 'Did', width: '132px', cell: (entry) => entry.action },
  {
    id: 'subject',
    label: 'To',
    width: 'minmax(160px, 2fr)',
    cell: (entry) => (
      <>
        <span className={classes.soft}>{entry.kind}</span> {entry.name}
      </>
    ),
  },
  { id: 'outcome', label: 'Outcome', width: '96px', cell: (entry) => <Outcome of={entry.outcome} /> },
  { id: 'detail', label: 'Detail', width: 'minmax(160px, 2fr)', cell: (entry) => <span className={classes.soft}>{inShort(entry.detail)}</span> },
];

/** Who changed what, and who saw which data. */
export function AccessLogPage() {
  const session = useSession();
  const [, setParams] = useSearchParams();
  const [by, setBy] = useAddress('by');
  const [kind, setKind] = useAddress('kind');
  const [name, setName] = useAddress('name');
  const [action, setAction] = useAddress('action');
  const [outcome, setOutcome] = useAddress('outcome');
  const [range, setRange] = useAddress('range', '7d');
  const [chosen, setChosen] = useAddress('entry');
  const from = useMemo(() => since(RANGES[range]?.seconds ?? 0), [range]);
  const query = { by, kind, name, action, outcome, limit: 200, ...(from === '' ? {} : { from }) };
  const entries = useRead('/api/v1/access-log', { query }, { live: true, keep: true });
  const [older, setOlder] = useState<{ of: string; items: Entry[]; next: number | undefined }>({ of: '', items: [], next: undefined });
  const key = JSON.stringify(query);
  const more = older.of === key ? older : { items: [], next: entries.data?.next };
  const filtered = [by, kind, name, action, outcome].some((value) => value !== '') || range !== 'all';
  const load = async () => {
    if (more.next === undefined) return;
    const page = await read('/api/v1/access-log', { query: { ...query, before: more.next } });
    setOlder({ of: key, items: [...more.items, ...page.items], next: page.next });
  };
  const all = distinct([...(entries.data?.items ?? []), ...more.items]);
  const entry = all.find(({ id }) => String(id) === chosen);
  // at once: setting one after the other would keep only the last
  const clear = () => setParams({ range: 'all' }, { replace: true });
  return (
    <Page title="Access log">
      <p className={classes.soft}>
        {hasRole(session, 'admin')
          ? 'Who changed what and who saw which data, on this platform.'
          : hasRole(session, 'owner')
            ? 'Who changed and saw what belongs to your teams, and what you did yourself.'
            : 'What you did yourself. Owners see what is about their teams’ things, admins everything.'}
      </p>
      <div className={classes.filters} role="search" aria-label="Filter the access log">
        <NativeSelect
          label="When"
          data={Object.entries(RANGES).map(([value, { label }]) => ({ value, label }))}
          value={range}
          onChange={(event) => setRange(event.currentTarget.value)}
        />
        <TextInput label="Who" placeholder="Name or token:NAME" value={by} onChange={(event) => setBy(event.currentTarget.value)} />
        <TextInput label="Did" placeholder="query, apply, …" value={action} onChange={(event) => setAction(event.currentTarget.value)} />
        <NativeSelect
          label="To what kind"
          data={KINDS.map((value) => ({ value, label: value === '' ? 'Any' : value }))}
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value)}
        />
        <TextInput
          className={classes.wide ?? ''}
          label="To which"
          placeholder="studio.public.movie"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NativeSelect
          label="Outcome"
          data={OUTCOMES.map((value) => ({ value, label: value === '' ? 'Any' : value }))}
          value={outcome}
          onChange={(event) => setOutcome(event.currentTarget.value)}
        />
      </div>
      <Shown of={entries} what="the access log">
        {() =>
          all.length === 0 ? (
            filtered ? (
              <Empty
                action={
                  <Button variant="default" onClick={clear}>
                    Show everything
                  </Button>
                }
              >
                No entry passes these filters.
              </Empty>
            ) : (
              <Empty>Nothing was changed or looked at yet.</Empty>
            )
          ) : (
            <>
              <DataTable
                label="Access log"
                rows={all}
                columns={COLUMNS}
                rowId={({ id }) => String(id)}
                onOpen={({ id }) => setChosen(String(id))}
                chosen={chosen}
              />
              {more.next !== undefined && (
                <Button className={classes.more ?? ''} variant="default" onClick={() => void load()}>
                  Show older entries
                </Button>
              )}
            </>
          )
        }
      </Shown>
      <Drawer
        opened={entry !== undefined}
        onClose={() => setChosen('')}
        position="right"
        size={520}
        title={entry && `${entry.action} ${entry.kind}`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {entry && <EntryDetail entry={entry} />}
      </Drawer>
    </Page>
  );
}

function Who({ entry }: { entry: Entry }) {
  return entry.caller === '' ? <span className={classes.soft}>nobody known</span> : <>{entry.caller}</>;
}

function EntryDetail({ entry }: { entry: Entry }) {
  const { sql, ...rest } = entry.detail;
  return (
    <div className={classes.stack}>
      <Facts
        facts={[
          ['When', <Moment key="at" of={entry.at} />],
          ['Who', <Who key="who" entry={entry} />],
          ['From', entry.address],
          ['To', `${entry.kind} ${entry.name}`.trim()],
          ['Of team', entry.owner],
          ['Outcome', <Outcome key="outcome" of={entry.outcome} />],
          ...Object.entries(rest).map(([key, value]): [string, string] => [key.replaceAll('_', ' '), text(value)]),
        ]}
      />
      {typeof sql === 'string' && <pre className={classes.detail}>{sql}</pre>}
    </div>
  );
}

function inShort(detail: Entry['detail']): string {
  return Object.entries(detail)
    .map(([key, value]) => (key === 'sql' ? text(value) : `${key.replaceAll('_', ' ')} ${text(value)}`))
    .join(', ');
}

function text(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(text).join(', ');
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

function distinct(entries: Entry[]): Entry[] {
  return [...new Map(entries.map((entry) => [entry.id, entry])).values()];
}

/** A time in whole minutes, so that the address of what is read stays the same for a while. */
function since(seconds: number): string {
  if (seconds === 0) return '';
  return new Date(Math.floor((Date.now() - seconds * 1000) / 60_000) * 60_000).toISOString();
}
