import { ActionIcon, Button } from '@mantine/core';
import { IconArrowRight, IconEqualNot, IconLock, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { ApiError, send } from '../api/api';
import { Age, Moment } from '../parts/Age';
import { DataTable } from '../parts/DataTable';
import { Notice, Shown } from '../parts/States';
import { KINDS, type Difference, type Row } from './audit';
import classes from './RowDrill.module.css';

const OPS: Record<string, string> = { c: 'created', u: 'updated', d: 'deleted', r: 'read by a dump', t: 'truncated' };

/** One row: what the database has beside what the table has, its changes, and its way through the steps. */
export function RowDrill({ table, difference, close }: { table: string; difference: Difference; close: () => void }) {
  const reading = useQuery<Row, ApiError>({
    queryKey: ['row', table, difference.source, difference.key],
    queryFn: ({ signal }) => send('post', '/api/v1/tables/{name}/rows', { path: { name: table }, body: { source: difference.source, key: difference.key }, signal }),
    retry: false,
  });
  return (
    <section className={classes.drill} aria-label={`Row ${difference.key.join(', ')}`}>
      <header className={classes.head}>
        <h3>
          Row <code>{difference.key.join(', ')}</code>
        </h3>
        <span className={classes.soft}>{KINDS[difference.kind]?.means}</span>
        <span className={classes.end}>
          <Button variant="default" loading={reading.isFetching} onClick={() => void reading.refetch()}>
            Look again
          </Button>
          <ActionIcon variant="subtle" color="gray" aria-label="Close the row" onClick={close}>
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </span>
      </header>
      <Shown of={reading} what="the row">
        {(row) => <Sides row={row} difference={difference} />}
      </Shown>
    </section>
  );
}

function Sides({ row, difference }: { row: Row; difference: Difference }) {
  const confirmed = new Set(difference.columns.map(({ column }) => column));
  const newest = row.versions[0];
  const agrees = row.source_known && row.in_source === row.in_table && row.cells.every((cell) => !cell.differs);
  return (
    <>
      {row.settling && (
        <Notice tone="busy" title="Settling">
          <p>Changes are still on their way to the table: it may yet agree. Look again in a moment.</p>
        </Notice>
      )}
      {agrees && (
        <Notice tone="healthy" title="They agree now">
          <p>The difference has gone since it was found. The next audit takes it off the list.</p>
        </Notice>
      )}
      {!row.source_known && (
        <Notice tone="idle" title="The database’s side can’t be shown">
          <p>{row.source_note}</p>
        </Notice>
      )}
      <div className={classes.box} tabIndex={0} role="region" aria-label="Values side by side">
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">Database, now</th>
              <th scope="col">Table, now</th>
            </tr>
          </thead>
          <tbody>
            {row.cells.map((cell) => {
              const marked = cell.differs || (confirmed.has(cell.column) && !agrees);
              return (
                <tr key={cell.column} data-differs={marked || undefined}>
                  <th scope="row">
                    {marked && <IconEqualNot size={13} aria-label="differs" />} {cell.column}
                    {row.key_columns.includes(cell.column) && <span className={classes.soft}> key</span>}
                  </th>
                  <td>{cell.masked ? <Masked /> : !row.source_known ? <None>not known</None> : !row.in_source ? <None>no row</None> : !cell.compared ? <None>not from the database</None> : (cell.source ?? <None>null</None>)}</td>
                  <td>{cell.masked ? <Masked /> : !row.in_table ? <None>no row</None> : (cell.table ?? <None>null</None>)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <div className={classes.path}>
        <strong>Its way:</strong>
        {row.path.map((step, i) => (
          <span key={step.id} className={classes.step}>
            {i > 0 && <IconArrowRight size={13} aria-hidden />}
            <code>{step.id}</code> <span className={classes.soft}>{step.what.includes(' ') ? step.what : step.what.replaceAll('_', ' ')}</span>
          </span>
        ))}
      </div>
      <p>
        <strong>Last event in the table:</strong>{' '}
        {newest === undefined ? (
          'none: the table has never had this key'
        ) : (
          <>
            {OPS[newest.op] ?? newest.op}
            {newest.committed_at && (
              <>
                , committed <When of={newest.committed_at} />
              </>
            )}
            {newest.position && (
              <>
                {' '}
                at <code>{newest.position}</code>
              </>
            )}
            {newest.offset !== undefined && `, partition ${newest.partition}, offset ${newest.offset}`}
          </>
        )}
      </p>
      {row.versions.length > 1 && (
        <DataTable
          label="Changes of this row that the table has, newest first"
          rows={row.versions}
          rowId={(version) => `${version.epoch}/${version.partition}/${version.offset}/${version.written_at}`}
          columns={[
            { id: 'op', label: 'Change', width: '140px', cell: (version) => OPS[version.op] ?? version.op },
            { id: 'committed', label: 'Committed', width: 'minmax(150px, 1fr)', cell: (version) => (version.committed_at ? <When of={version.committed_at} /> : '') },
            { id: 'written', label: 'Written', width: 'minmax(150px, 1fr)', cell: (version) => (version.written_at ? <When of={version.written_at} /> : '') },
            { id: 'position', label: 'Position', width: 'minmax(150px, 1fr)', cell: (version) => <code>{version.position}</code> },
            { id: 'offset', label: 'Partition:offset', width: '130px', cell: (version) => (version.offset === undefined ? '' : `${version.partition}:${version.offset}`) },
          ]}
        />
      )}
      <p className={classes.soft}>
        Both sides were read <Age of={row.at} />, one after the other. An audit of the key compares them at one position.
      </p>
    </>
  );
}

/** PostgreSQL's and the warehouse's way of writing a time. */
function When({ of }: { of: string }) {
  const iso = of.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00');
  return Number.isNaN(Date.parse(iso)) ? <>{of}</> : <Moment of={iso} />;
}

function None({ children }: { children: string }) {
  return <em className={classes.none}>{children}</em>;
}

function Masked() {
  return (
    <span className={classes.none}>
      <IconLock size={13} aria-hidden /> masked
    </span>
  );
}
