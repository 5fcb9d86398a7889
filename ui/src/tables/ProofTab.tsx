import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useWhyNot } from '../access/whyNot';
import { ApiError, call } from '../api/api';
import { STATE_MARKS } from '../audits/audit';
import { count } from '../format/format';
import { Moment } from '../parts/Age';
import { Confirm } from '../parts/Confirm';
import { DataTable, type Column } from '../parts/DataTable';
import { Figures } from '../parts/Facts';
import { Section } from '../parts/Page';
import { Empty, Notice, Shown } from '../parts/States';
import { StateMark } from '../state/StateMark';

interface Side {
  source: string;
  state: string;
  reason: string;
  proven_equal_as_of?: string;
  rows: number;
  moving: number;
}

interface Round {
  id: number;
  state: string;
  reason: string;
  asked: boolean;
  repair: string;
  requested_at: string;
  finished_at?: string;
}

interface Proof {
  state: string;
  reason: string;
  proven_equal_as_of?: string;
  rows: number;
  moving: number;
  differences: number;
  sources: Side[];
  rounds: Round[];
}

/** What is proven of a table: that its rows are those of the database, as of when, and what differs. */
export function ProofTab({ name, owner }: { name: string; owner: string }) {
  const whyNot = useWhyNot();
  const url = `/api/v1/tables/${encodeURIComponent(name)}/audits`;
  const client = useQueryClient();
  const proof = useQuery<Proof, ApiError>({ queryKey: [url], queryFn: () => call('GET', url) as Promise<Proof>, refetchInterval: 3_000 });
  const audit = async () => {
    await call('POST', url, {});
    await client.invalidateQueries({ queryKey: [url] });
  };
  return (
    <Shown of={proof} what="what is proven">
      {(its) => (
        <>
          {its.reason && <Notice tone={its.differences > 0 ? 'blocked' : 'idle'} title={its.reason} />}
          <Figures
            figures={[
              { label: 'State', value: <Verdict state={its.state} /> },
              { label: 'Proven equal as of', value: its.proven_equal_as_of ? <Moment of={its.proven_equal_as_of} /> : 'not yet' },
              { label: 'Rows compared', value: count(its.rows) },
              { label: 'Settling', value: count(its.moving), note: 'Changed while they were compared' },
              {
                label: 'Differences',
                value: its.differences > 0 ? <Link to={`/audits/${encodeURIComponent(name)}`}>{count(its.differences)}</Link> : count(its.differences),
              },
            ]}
          />
          <Section title="By Source">
            <DataTable label="What is proven by Source" rows={its.sources} columns={SIDES} rowId={({ source }) => source} />
          </Section>
          <Section
            title="Audits"
            note="Newest first"
            actions={
              <Confirm
                label="Audit now"
                verb="Audit"
                whyNot={whyNot('post', '/api/v1/tables/{name}/audits', owner)}
                question={`Audit ${name} now?`}
                effect="Reads the database and the table and compares them at one common position. It changes nothing in either, and takes as long as reading both."
                action={audit}
              />
            }
          >
            {its.rounds.length === 0 ? <Empty>It has not been audited yet.</Empty> : <DataTable label="Audits" rows={its.rounds} columns={ROUNDS} rowId={({ id }) => String(id)} to={({ id }) => `/audits/${encodeURIComponent(name)}/runs/${id}`} />}
          </Section>
        </>
      )}
    </Shown>
  );
}

/** What is proven, with the same word as on the page of audits. */
function Verdict({ state }: { state: string }) {
  const known = STATE_MARKS[state];
  return known ? <StateMark state={known.mark} word={known.word} /> : <StateMark state={state} />;
}

const SIDES: Column<Side>[] = [
  { id: 'source', label: 'Source', width: 'minmax(180px, 1fr)', sort: ({ source }) => source, cell: ({ source }) => source },
  { id: 'state', label: 'State', width: '180px', cell: ({ state }) => <Verdict state={state} /> },
  { id: 'proven', label: 'Proven equal as of', width: '200px', cell: ({ proven_equal_as_of: at }) => (at ? <Moment of={at} /> : 'not yet') },
  { id: 'rows', label: 'Rows compared', width: '120px', align: 'right', cell: ({ rows }) => count(rows) },
  { id: 'reason', label: 'Why', width: 'minmax(160px, 2fr)', cell: ({ reason }) => <span title={reason}>{reason}</span> },
];

const ROUNDS: Column<Round>[] = [
  { id: 'id', label: 'Number', width: '80px', align: 'right', cell: ({ id }) => id },
  { id: 'state', label: 'State', width: '180px', cell: ({ state }) => <StateMark state={state} /> },
  { id: 'asked', label: 'Why', width: '140px', cell: ({ asked }) => (asked ? 'somebody asked' : 'by schedule') },
  { id: 'at', label: 'Asked for', width: '200px', cell: ({ requested_at }) => <Moment of={requested_at} /> },
  { id: 'done', label: 'Done', width: '200px', cell: ({ finished_at }) => (finished_at ? <Moment of={finished_at} /> : 'not yet') },
  { id: 'reason', label: 'Said', width: 'minmax(160px, 2fr)', cell: ({ reason }) => <span title={reason}>{reason}</span> },
];
