import { Button } from '@mantine/core';
import { IconEdit, IconRotateClockwise, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { stringify } from 'yaml';
import { useWhyNot } from '../access/whyNot';
import { send } from '../api/api';
import type { components } from '../api/schema';
import { useRead, useSend } from '../api/useApi';
import { count, rate } from '../format/format';
import { Age } from '../parts/Age';
import { Allowed } from '../parts/Allowed';
import { Chart } from '../parts/Chart';
import { CodeEditor } from '../parts/CodeEditor';
import { Confirm } from '../parts/Confirm';
import { DataTable, type Column } from '../parts/DataTable';
import { Facts, Figures } from '../parts/Facts';
import { Page, Section } from '../parts/Page';
import { Empty, Notice, Shown } from '../parts/States';
import { Tabs } from '../parts/Tabs';
import { useAddress } from '../parts/useAddress';
import { StateMark } from '../state/StateMark';
import { Remedied } from './Checks';
import { Dumps } from './Dumps';
import { History } from './History';
import { statusOf, textOf } from './items';
import { NewDump } from './NewDump';
import { size } from './size';
import { WalGauge } from './WalGauge';
import classes from './Connection.module.css';

type Item = components['schemas']['Item'];
type ConnectionTable = components['schemas']['ConnectionTable'];

/** A connection: its state, its tables, its dumps, the log that the server keeps for it. */
export function ConnectionPage() {
  const { name = '' } = useParams();
  const item = useRead('/api/v1/{kind}/{name}', { path: { kind: 'connections', name } }, { live: true });
  const status = item.data?.status;
  return (
    <Page
      title={name}
      parents={[{ to: '/connections', label: 'Connections' }]}
      facts={
status && <StateMark state={status.state} />
      }
      actions={item.data && <Actions name={name} owner={textOf((item.data.spec as { owner?: unknown }).owner)} />}
    >
      <Shown of={item} what={`connection ${name}`}>
        {(shown) => (
          <>
            <Trouble item={shown} />
            <Tabs
              label="About this connection"
              tabs={[
                { id: 'tables', label: 'Tables', view: () => <Tables name={name} owner={textOf((shown.spec as { owner?: unknown }).owner)} /> },
                { id: 'dumps', label: 'Dumps', view: () => <DumpsTab name={name} /> },
                { id: 'log', label: 'Log and limits', view: () => <Log item={shown} /> },
                { id: 'document', label: 'Document', view: () => <CodeEditor label="The connection's document" value={stringify(shown.spec, { lineWidth: 0 })} language="yaml" readOnly maxHeight="640px" /> },
                { id: 'history', label: 'History', view: () => <History kind="connections" name={name} /> },
              ]}
            />
          </>
        )}
      </Shown>
    </Page>
  );
}

/** Why it does not run, or what the database lacks. */
function Trouble({ item }: { item: Item }) {
  const status = statusOf(item);
  const lacking = (status['prerequisites'] as { code: string; reason: string }[] | undefined) ?? [];
  const reason = item.status.reason;
  const running = item.status.state === 'running';
  return (
    <>
      {reason !== '' && (
        <Notice tone={running ? 'blocked' : 'failed'} title={running ? 'Captured, with a remark' : 'Not captured now; nothing is lost while the database keeps its log'}>
          <Remedied message={reason} />
        </Notice>
      )}
      {lacking
        .filter((one) => one.reason !== reason)
        .map((one) => (
          <Notice key={one.code} tone="blocked" title="The database lacks something that the next start needs">
            <Remedied message={one.reason} />
          </Notice>
        ))}
    </>
  );
}

function Actions({ name, owner }: { name: string; owner: string }) {
  const whyNot = useWhyNot();
  const navigate = useNavigate();
  const recapture = useSend(() => send('post', '/api/v1/connections/{name}/recapture', { path: { name } }));
  const remove = useSend(() => send('delete', '/api/v1/{kind}/{name}', { path: { kind: 'connections', name } }));
  return (
    <>
      <Edit name={name} owner={owner} label="Edit" icon={<IconEdit size={15} aria-hidden />} />
      <NewDump connection={name} />
      <Confirm
        label="Capture anew"
        icon={<IconRotateClockwise size={15} aria-hidden />}
        question={`Capture ${name} anew?`}
        effect={
          <>
            <p>For when the database or Kafka lost what was not read yet.</p>
            <ul>
              <li>The replication slot is made anew, from now on.</li>
              <li>Every Source begins a new topic and is dumped whole; the old topic stays until its time is over.</li>
              <li>Pipelines follow by themselves. Their business views fill again while the tables are dumped; rows of before stay in the tables.</li>
            </ul>
            <p>Nothing changes in your database’s own tables.</p>
          </>
        }
        verb="Capture anew"
        whyNot={whyNot('post', '/api/v1/connections/{name}/recapture', owner)}
        action={() => recapture.mutateAsync()}
        destructive
      />
      <Confirm
        label="Delete"
        icon={<IconTrash size={15} aria-hidden />}
        question={`Delete the connection ${name}?`}
        effect={<p>Capture stops, and slot and publication are dropped in the database. The topics of its Sources stay, and so do tables that pipelines wrote. It is refused while pipelines read its Sources.</p>}
        verb="Delete"
        whyNot={whyNot('delete', '/api/v1/{kind}/{name}', owner)}
        action={async () => {
          await remove.mutateAsync();
          void navigate('/connections');
        }}
        destructive
      />
    </>
  );
}

/** Leads to the form of the connection's document. */
function Edit({ name, owner, label, icon }: { name: string; owner: string; label: string; icon?: ReactNode }) {
  const whyNot = useWhyNot();
  return (
    <Allowed whyNot={whyNot('post', '/api/v1/apply', owner)}>
      <Button component={Link} to={`/connections/${encodeURIComponent(name)}/edit`} variant="default" leftSection={icon}>
        {label}
      </Button>
    </Allowed>
  );
}

const COLUMNS: Column<ConnectionTable>[] = [
  {
    id: 'name',
    label: 'Table',
    width: 'minmax(180px, 2fr)',
    sort: (row) => row.name,
    cell: (row) => (row.source === '' ? row.name : <Link to={`/sources/${encodeURIComponent(row.source)}`}>{row.name}</Link>),
  },
  { id: 'state', label: 'State', width: '140px', sort: (row) => row.state, cell: (row) => <StateMark state={row.state} /> },
  { id: 'dump', label: 'Dump', width: 'minmax(120px, 1fr)', cell: (row) => (row.dump === null ? '' : <DumpGlance dump={row.dump} />) },
  { id: 'rate', label: 'Changes/s', width: '100px', align: 'right', sort: (row) => row.rate, cell: (row) => rate(row.rate) },
  { id: 'last', label: 'Last change', width: '130px', sort: (row) => row.last_change, cell: (row) => (row.source === '' ? '' : <Age of={row.last_change} />) },
  { id: 'key', label: 'Key', width: 'minmax(90px, 1fr)', cell: (row) => (row.source === '' ? '' : row.key.join(', ') || 'none') },
  { id: 'fields', label: 'Fields', width: '70px', align: 'right', sort: (row) => row.fields, cell: (row) => (row.fields === null ? '' : count(row.fields)) },
];

function DumpGlance({ dump }: { dump: NonNullable<ConnectionTable['dump']> }) {
  const whole = dump.estimated_rows;
  return (
    <span>
      {dump.state === 'running' || dump.state === 'paused' ? count(dump.read_rows) : 'Waiting'}
      {whole !== null && ` of ~${count(Math.max(whole, dump.read_rows))}`}
      {dump.state === 'paused' && ', paused'}
    </span>
  );
}

function Tables({ name, owner }: { name: string; owner: string }) {
  const tables = useRead('/api/v1/connections/{name}/tables', { path: { name } }, { live: true });
  const [open, setOpen] = useAddress('table');
  return (
    <Shown of={tables} what="tables">
      {({ items }) => {
        const refused = items.filter((table) => table.state === 'refused');
        const chosen = items.find((table) => table.name === open && table.reason !== '');
        if (items.length === 0) {
          return <Empty action={<Edit name={name} owner={owner} label="Choose tables" />}>No table is captured yet; the first appear within seconds.</Empty>;
        }
        return (
          <div className={classes.tables}>
            {refused.length > 0 && (
              <Notice tone="blocked" title={refused.length === 1 ? '1 table can’t be captured' : `${refused.length} tables can’t be captured`}>
                {refused.slice(0, 5).map((table) => (
                  <div key={table.name}>
                    <strong>{table.name}</strong>
                    <Remedied message={table.reason} />
                  </div>
                ))}
              </Notice>
            )}
            {chosen && chosen.state !== 'refused' && (
              <Notice tone="idle" title={chosen.name}>
                <Remedied message={chosen.reason} />
              </Notice>
            )}
            <DataTable
              label="Tables"
              rows={items}
              columns={COLUMNS}
              rowId={(row) => row.name}
              {...(items.length > 40 ? { height: 640 } : {})}
              onOpen={(row) => setOpen(row.name === open ? '' : row.name)}
              chosen={open}
            />
          </div>
        );
      }}
    </Shown>
  );
}

function DumpsTab({ name }: { name: string }) {
  const dumps = useRead('/api/v1/connections/{name}/dumps', { path: { name } }, { live: true });
  return (
    <Shown of={dumps} what="dumps">
      {({ items }) => (items.length === 0 ? <Empty>Nothing was dumped yet.</Empty> : <Dumps dumps={items} />)}
    </Shown>
  );
}

const RANGES = [
  { minutes: '60', label: 'Hour' },
  { minutes: '1440', label: 'Day' },
  { minutes: '10080', label: 'Week' },
];

function Log({ item }: { item: Item }) {
  const status = statusOf(item);
  const [minutes, setMinutes] = useAddress('range', '60');
  const history = useRead('/api/v1/history', { query: { subject: `connection:${item.name}`, minutes: Number(minutes) } } as never);
  const read = history.data as { times?: number[]; series?: Record<string, (number | null)[]> } | undefined;
  const worker = status['worker'] as { host?: string; pid?: number; since?: string } | undefined;
  return (
    <>
      <Section title="Log that the server keeps for capture">
        <WalGauge item={item} />
      </Section>
      <Section
        title="Over time"
        actions={RANGES.map((range) => (
          <Button key={range.minutes} size="xs" variant={range.minutes === minutes ? 'light' : 'default'} aria-pressed={range.minutes === minutes} onClick={() => setMinutes(range.minutes)}>
            {range.label}
          </Button>
        ))}
      >
        <Shown of={{ ...history, data: read }} what="the log’s size over time">
          {({ times = [], series = {} }) =>
            times.length === 0 ? (
              <Empty>Nothing was measured in this time yet; a reading comes every ten seconds.</Empty>
            ) : (
              <Chart label="Log kept by the server" times={times} lines={[{ label: 'Log kept', values: series['wal_retained_bytes'] ?? [] }]} format={size} minutes={Number(minutes)} />
            )
          }
        </Shown>
      </Section>
      <Section title="Capture">
        <Figures
          figures={[
            { label: 'Sources', value: textOf(status['sources']) },
            { label: 'Revision captured', value: textOf(status['captured_revision']), note: `of ${textOf(status['revision'])}` },
          ]}
        />
        <Facts
          facts={[
            ['Worker', worker ? `${worker.host ?? ''}, process ${worker.pid ?? ''}` : 'none'],
            ['Working since', worker?.since ? <Age key="since" of={worker.since} /> : null],
            ['Slot', textOf(status['wal_state'])],
          ]}
        />
      </Section>
    </>
  );
}
