import { Button } from '@mantine/core';
import { IconScale } from '@tabler/icons-react';
import { Link, useNavigate, useParams } from 'react-router';
import { useTableOwner } from '../access/useOwner';
import { useWhyNot } from '../access/whyNot';
import { send } from '../api/api';
import { useRead, useSend } from '../api/useApi';
import { count } from '../format/format';
import { Age, Moment } from '../parts/Age';
import { Allowed } from '../parts/Allowed';
import { DataTable } from '../parts/DataTable';
import { Figures } from '../parts/Facts';
import { Page, Section } from '../parts/Page';
import { Failure, Notice, Shown } from '../parts/States';
import { useAddress } from '../parts/useAddress';
import { StateMark } from '../state/StateMark';
import { auditPath, runPath, runWord, STATE_MARKS, type Run, type TableAudit } from './audit';
import { Differences } from './Differences';
import { QueryAuditPage } from './QueryAuditPage';

/** What is proven of one table: `/audits/:id`; with `?of=queries` an audit that looks again and again. */
export function AuditPage() {
  const { id = '' } = useParams();
  const [of] = useAddress('of');
  return of === 'queries' ? <QueryAuditPage name={id} /> : <TableAuditPage table={id} />;
}

function TableAuditPage({ table }: { table: string }) {
  const reading = useRead('/api/v1/tables/{name}/audits', { path: { name: table } }, { live: true });
  const audit = reading.data as unknown as TableAudit | undefined;
  const navigate = useNavigate();
  const refused = useWhyNot()('post', '/api/v1/tables/{name}/audits', useTableOwner(table));
  const look = useSend(() => send('post', '/api/v1/tables/{name}/audits', { path: { name: table }, body: { repair: 'never' } }));
  const mark = audit && (STATE_MARKS[audit.state] ?? { mark: audit.state, word: audit.state });
  return (
    <Page
      title={table}
      parents={[{ to: '/audits', label: 'Audits' }]}
      facts={mark && <StateMark state={mark.mark} word={mark.word} />}
      actions={
        <Allowed whyNot={refused}>
          <Button
            variant="default"
            leftSection={<IconScale size={14} aria-hidden />}
            loading={look.isPending}
            onClick={() => look.mutate(undefined, { onSuccess: (run) => void navigate(runPath(table, (run as unknown as Run).id)) })}
          >
            Compare now
          </Button>
        </Allowed>
      }
    >
      {look.error && <Failure error={look.error} what="compare the table" />}
      <Shown of={{ ...reading, data: audit }} what={`the audits of ${table}`}>
        {(known) => (
          <>
            {known.reason !== '' && (
              <Notice tone={known.state === 'failed' ? 'failed' : known.state === 'different' ? 'blocked' : 'idle'} title={STATE_MARKS[known.state]?.word ?? known.state}>
                <p>{known.reason}</p>
              </Notice>
            )}
            <Figures
              figures={[
                { label: 'Proven equal as of', value: known.proven_equal_as_of ? <Age of={known.proven_equal_as_of} /> : 'never yet', note: known.proven_equal_as_of ? <Moment of={known.proven_equal_as_of} /> : '' },
                { label: 'Keys that differ', value: count(known.differences), note: 'confirmed at two positions' },
                { label: 'Settling', value: count(known.moving), note: 'keys that kept changing meanwhile' },
                { label: 'Rows compared', value: count(known.rows), note: 'in the last round' },
              ]}
            />
            <Section title="Keys that differ">
              <Differences table={table} differences={known.differing} none={known.state === 'equal' ? 'No key differs: the table is proven equal.' : 'No key is known to differ.'} />
            </Section>
            <Section title="By Source">
              <DataTable
                label="What is proven of each Source’s rows"
                rows={known.sources}
                rowId={(of) => of.source}
                columns={[
                  { id: 'source', label: 'Source', width: 'minmax(200px, 2fr)', cell: (of) => <Link to={`/sources/${encodeURIComponent(of.source)}`}>{of.source}</Link> },
                  { id: 'state', label: 'State', width: '170px', cell: (of) => <StateMark state={STATE_MARKS[of.state]?.mark ?? of.state} word={STATE_MARKS[of.state]?.word ?? of.state} /> },
                  { id: 'proven', label: 'Proven equal as of', width: '150px', cell: (of) => (of.proven_equal_as_of ? <Age of={of.proven_equal_as_of} /> : 'never yet') },
                  { id: 'rows', label: 'Rows', width: '100px', align: 'right', cell: (of) => count(of.rows) },
                  { id: 'left', label: 'Columns not compared', width: 'minmax(160px, 2fr)', cell: (of) => <span title={of.left_out.map(({ column, reason }) => `${column}: ${reason}`).join('\n')}>{of.left_out.map(({ column }) => column).join(', ') || 'none'}</span> },
                ]}
              />
            </Section>
            <Section title="Runs">
              <DataTable
                label="Newest runs"
                rows={known.rounds}
                rowId={(run) => String(run.id)}
                to={(run) => runPath(table, run.id)}
                columns={[
                  { id: 'run', label: 'Run', width: 'minmax(180px, 1fr)', cell: (run) => <Link to={runPath(table, run.id)}>{runWord(run)}</Link> },
                  { id: 'state', label: 'State', width: '120px', cell: (run) => run.state },
                  { id: 'differences', label: 'Differences', width: '110px', align: 'right', cell: (run) => count(run.report.differences) },
                  { id: 'asked', label: 'Asked by', width: '120px', cell: (run) => (run.asked ? 'somebody' : 'the policy') },
                  { id: 'when', label: 'When', width: '120px', align: 'right', cell: (run) => <Age of={run.requested_at} /> },
                ]}
              />
            </Section>
          </>
        )}
      </Shown>
      <p>
        <Link to={auditPath(table).replace('/audits/', '/jobs?about=')}>Jobs about this table</Link>
      </p>
    </Page>
  );
}
