import { Button } from '@mantine/core';
import { IconEye, IconFirstAidKit } from '@tabler/icons-react';
import { Link } from 'react-router';
import { useWhyNot } from '../access/whyNot';
import { send } from '../api/api';
import { useRead, useSend } from '../api/useApi';
import { count } from '../format/format';
import { Age } from '../parts/Age';
import { Allowed } from '../parts/Allowed';
import { Confirm } from '../parts/Confirm';
import { DataTable } from '../parts/DataTable';
import { Effect } from '../parts/Effect';
import { Facts, Figures } from '../parts/Facts';
import { Page, Section } from '../parts/Page';
import { Empty, Failure, Notice, Shown } from '../parts/States';
import { StateMark } from '../state/StateMark';
import { STATE_MARKS } from './audit';

interface Item {
  name: string;
  spec: { owner?: string; pipeline?: string; table?: string; step?: string; key?: string[]; every?: string; source?: { query?: string }; target?: { query?: string } };
  status: {
    state: string;
    reason: string;
    proven_equal_as_of?: string;
    looked_at?: string;
    looks?: number;
    source_rows?: number;
    target_rows?: number;
    rows_that_differ?: number;
    differences?: { key: string[]; kind: string; counts: boolean; first_seen: string; looks: number; source?: Record<string, string>; target?: Record<string, string> }[];
    repairs?: { dump: number; keys: number; asked_by: string; at: string }[];
  };
}

/** An audit of two queries, or of what a graph answers: it looks again and again. */
export function QueryAuditPage({ name }: { name: string }) {
  const reading = useRead('/api/v1/{kind}/{name}', { path: { kind: 'audits', name } }, { live: true });
  const item = reading.data as unknown as Item | undefined;
  const look = useSend(() => send('post', '/api/v1/audits/{name}/looks', { path: { name } }));
  const repair = useSend(() => send('post', '/api/v1/audits/{name}/repairs', { path: { name }, body: {} }));
  const whyNot = useWhyNot();
  const owner = item && (item.spec.owner ?? '');
  const differences = item?.status.differences ?? [];
  return (
    <Page
      title={name}
      parents={[{ to: '/audits', label: 'Audits' }]}
      facts={item && <StateMark state={STATE_MARKS[item.status.state]?.mark ?? item.status.state} word={STATE_MARKS[item.status.state]?.word ?? item.status.state.replaceAll('_', ' ')} />}
      actions={
        <>
          <Allowed whyNot={whyNot('post', '/api/v1/audits/{name}/looks', owner)}>
            <Button variant="default" leftSection={<IconEye size={14} aria-hidden />} loading={look.isPending} onClick={() => look.mutate()}>
              Look now
            </Button>
          </Allowed>
          {differences.length > 0 && (
            <Confirm
              label="Repair"
              whyNot={whyNot('post', '/api/v1/audits/{name}/repairs', owner)}
              icon={<IconFirstAidKit size={14} aria-hidden />}
              question="Repair what differs?"
              effect={<Effect points={['Reads the keys that differ again from their Source, so that they are processed and enriched anew.', 'Newer changes are not overwritten.']} />}
              verb="Repair"
              primary
              action={() => repair.mutateAsync()}
            />
          )}
        </>
      }
    >
      {look.error && <Failure error={look.error} what="look" />}
      <Shown of={{ ...reading, data: item }} what={`audit ${name}`}>
        {({ spec, status }) => (
          <>
            {status.reason && (
              <Notice tone="idle" title="What is known">
                <p>{status.reason}</p>
              </Notice>
            )}
            <Figures
              figures={[
                { label: 'Equal as of', value: status.proven_equal_as_of ? <Age of={status.proven_equal_as_of} /> : 'never yet' },
                { label: 'Rows that differ', value: count(status.rows_that_differ), note: 'at the last look' },
                { label: 'Rows', value: count(status.source_rows), note: `${count(status.target_rows)} in the target` },
                { label: 'Looks', value: count(status.looks), note: status.looked_at ? <Age of={status.looked_at} /> : '' },
              ]}
            />
            <Section title="Rows that differ" note="A row counts once it has differed, unchanged, at several looks and for longer than the SLA">
              {differences.length === 0 ? (
                <Empty>No row differs.</Empty>
              ) : (
                <DataTable
                  label="Rows that differ"
                  rows={differences}
                  rowId={(each) => each.key.join(' ')}
                  columns={[
                    { id: 'key', label: 'Key', width: 'minmax(120px, 1fr)', cell: (each) => <code>{each.key.join(', ')}</code> },
                    { id: 'kind', label: 'What', width: '110px', cell: (each) => each.kind },
                    { id: 'counts', label: 'Counts', width: '110px', cell: (each) => (each.counts ? 'yes' : 'settling') },
                    { id: 'where', label: 'Where', width: 'minmax(220px, 3fr)', cell: (each) => unequal(each.source, each.target) },
                    { id: 'seen', label: 'First seen', width: '110px', align: 'right', cell: (each) => <Age of={each.first_seen} /> },
                  ]}
                />
              )}
            </Section>
            <Section title="What it is">
              <Facts
                facts={[
                  ['Owner', spec.owner],
                  ['Pipeline', spec.pipeline ? <Link key="p" to={`/pipelines/${encodeURIComponent(spec.pipeline)}`}>{spec.pipeline}</Link> : ''],
                  ['Table', spec.table],
                  ['Step', spec.step],
                  ['Key', spec.key?.join(', ')],
                  ['Source of truth', spec.source?.query ? <code key="s">{spec.source.query}</code> : ''],
                  ['Target', spec.target?.query ? <code key="t">{spec.target.query}</code> : ''],
                ]}
              />
            </Section>
          </>
        )}
      </Shown>
    </Page>
  );
}

function unequal(source: Record<string, string> = {}, target: Record<string, string> = {}): string {
  return [...new Set([...Object.keys(source), ...Object.keys(target)])]
    .filter((column) => source[column] !== target[column])
    .map((column) => `${column}: ${source[column] ?? 'null'} in the source, ${target[column] ?? 'null'} in the target`)
    .join('; ');
}
