import { Link } from 'react-router';
import { call } from '../api/api';
import { useQuery } from '@tanstack/react-query';
import { count, rate } from '../format/format';
import { Age, Moment } from '../parts/Age';
import { DataTable, type Column } from '../parts/DataTable';
import { Figures } from '../parts/Facts';
import { Section } from '../parts/Page';
import { Empty, Loading } from '../parts/States';
import { StateMark } from '../state/StateMark';
import { pathOf } from './paths';
import type { Source } from './source';
import classes from './SourcePage.module.css';

interface Proof {
  table: string;
  state: string;
  reason: string;
  proven?: string;
  rows?: number;
}

/** How fresh a Source is, and for which tables it is proven that they hold what it held. */
export function QualityTab({ source }: { source: Source }) {
  const tables = Object.keys(source.tables);
  const proofs = useQuery({
    queryKey: ['proofs', source.name, tables.join()],
    queryFn: () => Promise.all(tables.map((table) => proofOf(table, source.name))),
    enabled: tables.length > 0,
    refetchInterval: 10_000,
  });
  const columns: Column<Proof>[] = [
    { id: 'table', label: 'Table', width: 'minmax(180px, 1fr)', sort: ({ table }) => table, cell: ({ table }) => <Link to={`${pathOf('table', table)}?tab=proof`}>{table}</Link> },
    { id: 'state', label: 'Compared with the database', width: '210px', sort: ({ state }) => state, cell: ({ state }) => <StateMark state={state} /> },
    { id: 'proven', label: 'Proven equal as of', width: '200px', sort: ({ proven }) => proven, cell: ({ proven }) => (proven ? <Moment of={proven} /> : <span className={classes.quiet}>not yet</span>) },
    { id: 'rows', label: 'Rows compared', width: '120px', align: 'right', sort: ({ rows }) => rows, cell: ({ rows }) => count(rows) },
    { id: 'reason', label: 'Why', width: 'minmax(160px, 2fr)', cell: ({ reason }) => <span title={reason}>{reason}</span> },
  ];
  return (
    <>
      <Figures
        figures={[
          { label: 'Fresh as of', value: <Age of={source.figures.fresh_as_of} />, note: source.connection ? 'By the newest heartbeat in every partition' : 'Published Sources have no heartbeat of their own' },
          { label: 'Last change', value: <Age of={source.figures.newest_change_at} /> },
          { label: 'Changes a second', value: rate(source.figures.rate) },
          { label: 'Changes captured', value: count(source.figures.changes), note: 'Ever, in this epoch' },
        ]}
      />
      <Section title="Audits" note="Keys and rows of the database against the table, at one common position">
        {tables.length === 0 ? (
          <Empty>No table takes this Source yet, so there is nothing to compare.</Empty>
        ) : proofs.data === undefined ? (
          <Loading what="audits" rows={3} />
        ) : (
          <DataTable label="Audits" rows={proofs.data} columns={columns} rowId={({ table }) => table} />
        )}
      </Section>
    </>
  );
}

async function proofOf(table: string, source: string): Promise<Proof> {
  const item = (await call('GET', `/api/v1/tables/${encodeURIComponent(table)}?proof=false`)) as {
    status: { audit?: { state: string; reason: string; sources?: { source: string; state: string; reason: string; proven_equal_as_of?: string; rows?: number }[] } };
  };
  const mine = item.status.audit?.sources?.find((one) => one.source === source);
  return mine
    ? { table, state: mine.state, reason: mine.reason, ...(mine.proven_equal_as_of ? { proven: mine.proven_equal_as_of } : {}), ...(mine.rows === undefined ? {} : { rows: mine.rows }) }
    : { table, state: item.status.audit?.state ?? 'unproven', reason: item.status.audit?.reason ?? '' };
}
