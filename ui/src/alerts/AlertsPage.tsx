import { Button } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useState } from 'react';
import { useWhyNot } from '../access/whyNot';
import { ApiError, send } from '../api/api';
import { useRead, useSend } from '../api/useApi';
import { count } from '../format/format';
import { Age, Moment } from '../parts/Age';
import { Allowed } from '../parts/Allowed';
import { Snippet } from '../parts/Copy';
import { DataTable } from '../parts/DataTable';
import { Facts } from '../parts/Facts';
import { Page, Section } from '../parts/Page';
import { Empty, Failure, Notice, Shown } from '../parts/States';
import { useAddress } from '../parts/useAddress';
import { StateMark } from '../state/StateMark';

interface Route {
  name: string;
  spec: { owner?: string; description?: string; type?: string; config?: Record<string, unknown>; match?: Record<string, unknown>; remind?: string };
  status: {
    state: string;
    reason: string;
    since: string;
    waiting?: number;
    messages?: { id: number; what: string; title: string; state: string; attempts: number; reason: string; created_at: string }[];
  };
}

const EXAMPLE = `apiVersion: backlot/v1
kind: Route
name: ops_chat
owner: ops
type: slack
config: {url: {env: BACKLOT_SECRET_OPS_CHAT}}`;

/** Whom incidents are told: `/settings/alerts?route=`. */
export function AlertsPage() {
  const reading = useRead('/api/v1/{kind}', { path: { kind: 'routes' } }, { live: true });
  const [open, setOpen] = useAddress('route');
  return (
    <Page title="Alerts" facts={<span>Whom incidents are told</span>}>
      <Shown of={{ ...reading, data: (reading.data as unknown as { items: Route[] } | undefined)?.items }} what="the routes">
        {(routes) =>
          routes.length === 0 ? (
            <>
              <Empty>Incidents are told to nobody yet: they show on Home. A route tells a webhook, a chat or a mailbox; apply a document like this one.</Empty>
              <Snippet text={EXAMPLE} label="Copy the document" />
            </>
          ) : (
            <DataTable
              label="Routes"
              rows={routes}
              rowId={(route) => route.name}
              onOpen={(route) => setOpen(route.name === open ? '' : route.name)}
              chosen={open}
              columns={[
                { id: 'name', label: 'Route', width: 'minmax(160px, 1fr)', cell: (route) => route.name, sort: (route) => route.name },
                { id: 'type', label: 'Tells', width: '120px', cell: (route) => route.spec.type ?? '' },
                { id: 'state', label: 'State', width: '140px', cell: (route) => <StateMark state={route.status.state === 'failing' ? 'failed' : 'ready'} word={route.status.state === 'failing' ? 'Failing' : 'Ready'} /> },
                { id: 'match', label: 'Only', width: 'minmax(140px, 1fr)', cell: (route) => (route.spec.match ? JSON.stringify(route.spec.match) : 'everything') },
                { id: 'waiting', label: 'Waiting', width: '84px', align: 'right', cell: (route) => count(route.status.waiting) },
                { id: 'reason', label: 'Reason', width: 'minmax(160px, 2fr)', cell: (route) => <span title={route.status.reason}>{route.status.reason}</span> },
                { id: 'test', label: '', width: '96px', align: 'right', cell: (route) => <Test name={route.name} owner={route.spec.owner ?? ''} /> },
              ]}
            />
          )
        }
      </Shown>
      {open !== '' && <Messages name={open} />}
    </Page>
  );
}

/** Sends a message of test and says what became of it. */
function Test({ name, owner }: { name: string; owner: string }) {
  const whyNot = useWhyNot();
  const [outcome, setOutcome] = useState<'sent' | ApiError | null>(null);
  const test = useSend(() => send('post', '/api/v1/routes/{name}/test', { path: { name } }));
  return (
    <>
      <Allowed whyNot={whyNot('post', '/api/v1/routes/{name}/test', owner)}>
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<IconSend size={12} aria-hidden />}
          loading={test.isPending}
          aria-label={`Test ${name}`}
          onClick={() =>
            test.mutate(undefined, { onSuccess: () => setOutcome('sent'), onError: (error) => setOutcome(error) })
          }
        >
          {outcome === 'sent' ? 'Sent' : outcome === null ? 'Test' : 'Failed: again'}
        </Button>
      </Allowed>
      {outcome instanceof ApiError && <span className="visually-hidden" role="alert">{outcome.message}</span>}
    </>
  );
}

function Messages({ name }: { name: string }) {
  const reading = useRead('/api/v1/{kind}/{name}', { path: { kind: 'routes', name } }, { live: true });
  const route = reading.data as unknown as Route | undefined;
  return (
    <Section title={`Newest messages of ${name}`}>
      <Shown of={{ ...reading, data: route }} what="the messages">
        {({ spec, status }) => (
          <>
            {status.reason !== '' && (
              <Notice tone="failed" title="Messages do not arrive">
                <p>{status.reason}</p>
                <p>They are tried again by themselves; incidents show on Home all the same.</p>
              </Notice>
            )}
            <Facts facts={[['Owner', spec.owner], ['What it is for', spec.description], ['Reminds', spec.remind]]} />
            {(status.messages ?? []).length === 0 ? (
              <Empty>It has told nothing yet.</Empty>
            ) : (
              <DataTable
                label="Messages, the newest first"
                rows={status.messages ?? []}
                rowId={(message) => String(message.id)}
                columns={[
                  { id: 'when', label: 'When', width: '190px', cell: (message) => <Moment of={message.created_at} /> },
                  { id: 'age', label: '', width: '100px', cell: (message) => <Age of={message.created_at} /> },
                  { id: 'what', label: 'What', width: '110px', cell: (message) => message.what },
                  { id: 'title', label: 'Message', width: 'minmax(200px, 3fr)', cell: (message) => <span title={message.title}>{message.title}</span> },
                  { id: 'state', label: 'State', width: '110px', cell: (message) => message.state },
                  { id: 'reason', label: 'Reason', width: 'minmax(120px, 1fr)', cell: (message) => message.reason },
                ]}
              />
            )}
          </>
        )}
      </Shown>
      {reading.error && reading.data === undefined && <Failure error={reading.error} what="show the messages" />}
    </Section>
  );
}
