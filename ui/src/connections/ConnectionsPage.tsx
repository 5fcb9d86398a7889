import { Link } from 'react-router';
import type { components } from '../api/schema';
import { useRead } from '../api/useApi';
import { Age } from '../parts/Age';
import { DataTable, type Column } from '../parts/DataTable';
import { Page, Section } from '../parts/Page';
import { Empty, Shown } from '../parts/States';
import { StateMark } from '../state/StateMark';
import { AddConnection } from './AddConnection';
import { statusOf, textOf } from './items';
import { WalGauge } from './WalGauge';

type Item = components['schemas']['Item'];

const COLUMNS: Column<Item>[] = [
  { id: 'name', label: 'Name', width: 'minmax(140px, 1fr)', sort: (row) => row.name, cell: (row) => <Link to={`/connections/${encodeURIComponent(row.name)}`}>{row.name}</Link> },
  { id: 'state', label: 'State', width: '180px', sort: (row) => row.status.state, cell: (row) => <StateMark state={row.status.state} /> },
  { id: 'database', label: 'Database', width: 'minmax(160px, 1.5fr)', cell: (row) => where(row) },
  { id: 'sources', label: 'Sources', width: '90px', align: 'right', sort: (row) => Number(statusOf(row)['sources'] ?? 0), cell: (row) => textOf(statusOf(row)['sources']) },
  { id: 'log', label: 'Log kept by the server', width: '190px', sort: (row) => Number(statusOf(row)['retained_bytes'] ?? -1), cell: (row) => <WalGauge item={row} small /> },
  { id: 'owner', label: 'Owner', width: 'minmax(160px, 1fr)', sort: (row) => textOf((row.spec as { owner?: unknown }).owner), cell: (row) => textOf((row.spec as { owner?: unknown }).owner) },
  { id: 'reason', label: 'Why', width: 'minmax(90px, 1fr)', cell: (row) => <span title={row.status.reason}>{row.status.reason}</span> },
];

const ENDPOINTS: Column<Item>[] = [
  { id: 'name', label: 'Name', width: 'minmax(140px, 1fr)', sort: (row) => row.name, cell: (row) => <Link to={`/endpoints/${encodeURIComponent(row.name)}`}>{row.name}</Link> },
  { id: 'state', label: 'State', width: '180px', sort: (row) => row.status.state, cell: (row) => <StateMark state={row.status.state} /> },
  { id: 'url', label: 'Address', width: 'minmax(200px, 2fr)', cell: (row) => textOf((row.spec as { config?: { url?: unknown } }).config?.url) },
  { id: 'checked', label: 'Asked', width: '130px', cell: (row) => <Age of={statusOf(row)['checked_at'] as string | undefined} /> },
  { id: 'owner', label: 'Owner', width: 'minmax(160px, 1fr)', cell: (row) => textOf((row.spec as { owner?: unknown }).owner) },
  { id: 'reason', label: 'Why', width: 'minmax(90px, 1fr)', cell: (row) => <span title={row.status.reason}>{row.status.reason}</span> },
];

/** Every connection and endpoint, with its state. */
export function ConnectionsPage() {
  const connections = useRead('/api/v1/{kind}', { path: { kind: 'connections' } }, { live: true });
  const endpoints = useRead('/api/v1/{kind}', { path: { kind: 'endpoints' } }, { live: true });
  return (
    <Page title="Connections" actions={<AddConnection />}>
      <Section title="Databases">
        <Shown of={connections} what="connections">
          {({ items = [] }) =>
            items.length === 0 ? (
              <Empty action={<AddConnection />}>No database is connected yet.</Empty>
            ) : (
              <DataTable label="Connections" rows={items} columns={COLUMNS} rowId={(row) => row.name} to={(row) => `/connections/${encodeURIComponent(row.name)}`} />
            )
          }
        </Shown>
      </Section>
      <Section title="GraphQL endpoints" note="Asked by enrichments">
        <Shown of={endpoints} what="endpoints">
          {({ items = [] }) =>
            items.length === 0 ? (
              <Empty>No endpoint is declared yet; apply an Endpoint document to enrich rows from a graph.</Empty>
            ) : (
              <DataTable label="Endpoints" rows={items} columns={ENDPOINTS} rowId={(row) => row.name} to={(row) => `/endpoints/${encodeURIComponent(row.name)}`} />
            )
          }
        </Shown>
      </Section>
    </Page>
  );
}

function where(row: Item): string {
  const config = (row.spec as { config?: Record<string, unknown> }).config ?? {};
  return `${textOf(config['host'])}:${textOf(config['port'])}/${textOf(config['database'])}`;
}
