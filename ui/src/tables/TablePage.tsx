import { Button } from '@mantine/core';
import { IconSitemap, IconTerminal2 } from '@tabler/icons-react';
import { Link, useParams } from 'react-router';
import type { Answer } from '../api/api';
import { useRead } from '../api/useApi';
import { fieldId, lineagePath, pathOf, rowPath } from '../catalog/paths';
import { ProfileTable } from '../catalog/ProfileTable';
import { RowsTable } from '../catalog/RowsTable';
import { count } from '../format/format';
import { Age } from '../parts/Age';
import { DataTable, type Column } from '../parts/DataTable';
import { Facts, Figures } from '../parts/Facts';
import { Page, Section } from '../parts/Page';
import { Empty, Notice, Shown } from '../parts/States';
import { Tabs } from '../parts/Tabs';
import { TagList } from '../parts/Tag';
import { QualifiedName } from '../parts/QualifiedName';
import classes from '../catalog/SourcePage.module.css';
import { MaintenanceTab } from './MaintenanceTab';
import { ProofTab } from './ProofTab';

export type Table = Answer<'/api/v1/tables/{name}/details'>;
type TableColumn = Table['columns'][number];

/** One table: its columns and where they come from, its rows, what is proven of it, how it is kept. */
export function TablePage() {
  const { name = '' } = useParams();
  const table = useRead('/api/v1/tables/{name}/details', { path: { name } }, { live: true });
  return (
    <Page
      title={name}
      heading={<span className={classes.heading}><QualifiedName name={name} /></span>}
      parents={[{ to: '/sources?kind=table', label: 'Catalog' }]}
      facts={
        table.data && (
          <span>
            {table.data.pipeline ? (
              <>
                Written by <Link to={pathOf('pipeline', table.data.pipeline)}>{table.data.pipeline}</Link>
                {table.data.owner && `, owned by ${table.data.owner}`}
              </>
            ) : (
              'No pipeline writes it any more'
            )}
          </span>
        )
      }
      actions={
        <>
          <Button component={Link} to={lineagePath(fieldId('table', name))} variant="default" leftSection={<IconSitemap size={14} aria-hidden />}>
            Lineage
          </Button>
          <Button
            component={Link}
            to={`/query?${new URLSearchParams({ sql: `SELECT * FROM ${table.data?.view || name} LIMIT 100` })}`}
            variant="default"
            leftSection={<IconTerminal2 size={14} aria-hidden />}
          >
            Query
          </Button>
        </>
      }
    >
      <Shown of={table} what={`table ${name}`}>
        {(its) => (
          <Tabs
            label={`Views of ${name}`}
            tabs={[
              { id: 'columns', label: 'Columns', note: count(its.columns.length), view: () => <ColumnsTab table={its} /> },
              { id: 'data', label: 'Data', view: () => <RowsTab table={its} /> },
              { id: 'proof', label: 'Proof', view: () => <ProofTab name={its.name} owner={its.owner} /> },
              { id: 'maintenance', label: 'Snapshots and upkeep', view: () => <MaintenanceTab name={its.name} owner={its.owner} /> },
            ]}
          />
        )}
      </Shown>
    </Page>
  );
}

function ColumnsTab({ table }: { table: Table }) {
  const columns: Column<TableColumn>[] = [
    { id: 'name', label: 'Column', width: 'minmax(150px, 1.4fr)', sort: ({ name }) => name, cell: ({ name, key }) => <span className={classes.mono}>{name}{key && <span className={classes.quiet}> key</span>}</span> },
    { id: 'type', label: 'Type', width: 'minmax(110px, 1fr)', sort: ({ type }) => type, cell: ({ type }) => type },
    {
      id: 'from',
      label: 'Comes from',
      width: 'minmax(220px, 1.8fr)',
      cell: (column) => <Origins column={column} />,
    },
    { id: 'description', label: 'Description', width: 'minmax(180px, 2fr)', cell: ({ description, unit }) => (description ? `${description}${unit ? ` (${unit})` : ''}` : <span className={classes.quiet}>–</span>) },
    { id: 'tags', label: 'Locked by', width: 'minmax(100px, 1fr)', sort: ({ tags }) => tags.join() || null, cell: ({ tags, missing }) => <TagList tags={tags} closed={missing} /> },
    {
      id: 'lineage',
      label: '',
      width: '76px',
      cell: ({ name }) => <Link to={lineagePath(fieldId('table', table.name, name))}>Lineage</Link>,
    },
  ];
  return (
    <>
      <Figures
        figures={[
          { label: 'Fresh as of', value: <Age of={table.fresh_as_of} />, note: 'Everything committed before is in it' },
          { label: 'Last commit', value: <Age of={table.committed_at} /> },
          { label: 'Rows', value: count(table.rows), note: 'Every version kept, not only live ones' },
          { label: 'Files', value: count(table.files), note: bytes(table.bytes) },
        ]}
      />
      {table.description && <p className={classes.description}>{table.description}</p>}
      <DataTable label={`Columns of ${table.name}`} rows={table.columns} columns={columns} rowId={({ name }) => name} />
      <Facts
        facts={[
          ['Key', table.key.length > 0 ? <span className={classes.mono}>{table.key.join(', ')}</span> : 'none'],
          ['Newest live rows', table.view && <span className={classes.mono}>{table.view}</span>],
        ]}
      />
    </>
  );
}

const HOW: Record<string, string> = { derived: 'found with ', condition: 'chosen by ' };

function Origins({ column }: { column: TableColumn }) {
  if (column.origins.length === 0) return <span className={classes.quiet}>nothing fills it</span>;
  return (
    <>
      {column.origins.map(({ source, field, how }, i) => (
        <span key={`${source} ${field}`}>
          {i > 0 && ', '}
          {HOW[how]}
          <Link to={`${pathOf('source', source)}?${new URLSearchParams({ tab: 'schema', field })}`} title={`${source}.${field}`}>
            {source.slice(source.lastIndexOf('.') + 1)}.{field}
          </Link>
        </span>
      ))}
    </>
  );
}

function RowsTab({ table }: { table: Table }) {
  const path = { name: table.name };
  const sample = useRead('/api/v1/tables/{name}/sample', { path, query: { limit: 20 } }, { live: true });
  const profile = useRead('/api/v1/tables/{name}/profile', { path });
  const masked = table.columns.filter((column) => column.masked).map(({ name }) => name);
  const opens = table.key.length > 0 && !table.key.some((name) => masked.includes(name) || name.startsWith('_'));
  const history = (row: Record<string, unknown>) => rowPath('table', table.name, table.key.map((name) => row[name]));
  return (
    <>
      <Shown of={sample} what="newest rows">
        {({ rows = [] }) => (
          <Section title="Newest rows" note={`${rows.length} newest versions of rows, each change one`}>
            {masked.length > 0 && (
              <Notice tone="idle" title={`Masked for you: ${masked.join(', ')}`}>
                The columns come from locked fields. Their Source's page says whom to ask.
              </Notice>
            )}
            {rows.length === 0 ? (
              <Empty>Nothing has been written yet.</Empty>
            ) : (
              <RowsTable
                label={`Newest rows of ${table.name}`}
                rows={rows as Record<string, unknown>[]}
                columns={[...table.columns, { name: '_op' }, { name: '_ts' }]}
                masked={masked}
                {...(opens ? { to: history } : {})}
              />
            )}
          </Section>
        )}
      </Shown>
      <Shown of={profile} what="what values look like">
        {(its) => (
          <Section title="Profile" note={`Of ${its.basis}`}>
            <ProfileTable profile={its} />
          </Section>
        )}
      </Shown>
    </>
  );
}

/** A size for people. */
export function bytes(size: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = size;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
