import { Button, Group, SegmentedControl, TextInput } from '@mantine/core';
import { Link } from 'react-router';
import { useRead } from '../api/useApi';
import { count } from '../format/format';
import { Age } from '../parts/Age';
import { DataTable } from '../parts/DataTable';
import { Page, Section } from '../parts/Page';
import { Empty, Shown } from '../parts/States';
import { useAddress } from '../parts/useAddress';
import { StateMark } from '../state/StateMark';
import { auditPath, STATE_MARKS } from './audit';

interface QueryAudit {
  name: string;
  spec: { owner?: string; table?: string };
  status: { state: string; reason: string; proven_equal_as_of?: string; looked_at?: string };
}

/** What is proven of every table: `/audits?state=&find=`. */
export function AuditsPage() {
  const reading = useRead('/api/v1/proofs', {}, { live: true });
  const [state, setState] = useAddress('state', 'all');
  const [word, setWord] = useAddress('find');
  return (
    <Page title="Audits" facts={<span>Every table, compared with the databases that its rows come from</span>}>
      <Shown of={reading} what="the audits">
        {({ items }) => {
          const shown = items.filter(
            (proof) => (state === 'all' || (state === 'equal') === (proof.state === 'equal')) && (word === '' || `${proof.table} ${proof.pipeline} ${proof.owner}`.toLowerCase().includes(word.toLowerCase())),
          );
          if (items.length === 0) return <Empty action={<Link to="/pipelines">See the pipelines</Link>}>No table has been compared yet: that begins once a pipeline writes one.</Empty>;
          return (
            <Section title="Tables" note={`${items.filter((proof) => proof.state === 'equal').length} of ${items.length} proven equal`}>
              <Group gap={8}>
                <SegmentedControl aria-label="State" data={[{ value: 'all', label: 'All' }, { value: 'other', label: 'Not proven equal' }, { value: 'equal', label: 'Proven equal' }]} value={state} onChange={setState} />
                <TextInput aria-label="Table, pipeline or owner contains" placeholder="Find" value={word} onChange={(event) => setWord(event.currentTarget.value)} w={200} />
              </Group>
              {shown.length === 0 ? (
                <Empty action={<Button variant="default" onClick={() => { setState('all'); setWord(''); }}>Show all {items.length}</Button>}>No table is like this filter.</Empty>
              ) : (
                <DataTable
                  label="Audited tables"
                  rows={shown}
                  rowId={(proof) => proof.table}
                  to={(proof) => auditPath(proof.table)}
                  columns={[
                    { id: 'table', label: 'Table', width: 'minmax(200px, 2fr)', cell: (proof) => <Link to={auditPath(proof.table)}>{proof.table}</Link>, sort: (proof) => proof.table },
                    { id: 'state', label: 'State', width: '170px', cell: (proof) => <StateMark state={STATE_MARKS[proof.state]?.mark ?? proof.state} word={STATE_MARKS[proof.state]?.word ?? proof.state} />, sort: (proof) => proof.state },
                    { id: 'proven', label: 'Proven equal as of', width: '150px', cell: (proof) => (proof.proven_equal_as_of ? <Age of={proof.proven_equal_as_of} /> : 'never yet'), sort: (proof) => proof.proven_equal_as_of ?? '' },
                    { id: 'differences', label: 'Keys that differ', width: '120px', align: 'right', cell: (proof) => count(proof.differences), sort: (proof) => proof.differences },
                    { id: 'rows', label: 'Rows compared', width: '120px', align: 'right', cell: (proof) => count(proof.rows), sort: (proof) => proof.rows },
                    { id: 'settling', label: 'Settling', width: '88px', align: 'right', cell: (proof) => count(proof.moving), sort: (proof) => proof.moving },
                    { id: 'owner', label: 'Owner', width: 'minmax(120px, 1fr)', cell: (proof) => proof.owner, sort: (proof) => proof.owner },
                  ]}
                  {...(shown.length > 60 ? { height: 720 } : {})}
                />
              )}
            </Section>
          );
        }}
      </Shown>
      <Declared />
    </Page>
  );
}

/** Audits of two queries, and of what graphs answer. */
function Declared() {
  const { data } = useRead('/api/v1/{kind}', { path: { kind: 'audits' } }, { live: true });
  const items = (data as unknown as { items: QueryAudit[] } | undefined)?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Section title="By looking again and again" note="Enriched columns, and pairs of queries: a row counts when it differs at several looks in a row">
      <DataTable
        label="Audits of queries and of enriched columns"
        rows={items}
        rowId={(item) => item.name}
        to={(item) => `${auditPath(item.name)}?of=queries`}
        columns={[
          { id: 'name', label: 'Audit', width: 'minmax(220px, 2fr)', cell: (item) => <Link to={`${auditPath(item.name)}?of=queries`}>{item.name}</Link>, sort: (item) => item.name },
          { id: 'state', label: 'State', width: '170px', cell: (item) => <StateMark state={STATE_MARKS[item.status.state]?.mark ?? item.status.state} word={STATE_MARKS[item.status.state]?.word ?? item.status.state.replaceAll('_', ' ')} /> },
          { id: 'proven', label: 'Equal as of', width: '150px', cell: (item) => (item.status.proven_equal_as_of ? <Age of={item.status.proven_equal_as_of} /> : 'never yet') },
          { id: 'looked', label: 'Looked', width: '150px', cell: (item) => (item.status.looked_at ? <Age of={item.status.looked_at} /> : 'not yet') },
          { id: 'reason', label: 'Reason', width: 'minmax(160px, 1fr)', cell: (item) => <span title={item.status.reason}>{item.status.reason}</span> },
        ]}
      />
    </Section>
  );
}
