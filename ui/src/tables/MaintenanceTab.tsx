import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useWhyNot } from '../access/whyNot';
import { ApiError, call } from '../api/api';
import { Moment } from '../parts/Age';
import { Confirm } from '../parts/Confirm';
import { DataTable, type Column } from '../parts/DataTable';
import { Facts } from '../parts/Facts';
import { Section } from '../parts/Page';
import { Empty, Shown } from '../parts/States';
import { StateMark } from '../state/StateMark';

interface Run {
  id: number;
  asked: boolean;
  work: string[];
  state: string;
  reason: string;
  requested_at: string;
  finished_at?: string;
  report: Record<string, unknown>;
}

interface Upkeep {
  health: Record<string, unknown>;
  due: string[];
  runs: Run[];
}

/** How a table is kept fast: its files and snapshots, what is due, what was done. */
export function MaintenanceTab({ name, owner }: { name: string; owner: string }) {
  const whyNot = useWhyNot();
  const url = `/api/v1/tables/${encodeURIComponent(name)}/maintenance`;
  const client = useQueryClient();
  const upkeep = useQuery<Upkeep, ApiError>({ queryKey: [url], queryFn: () => call('GET', url) as Promise<Upkeep>, refetchInterval: 5_000 });
  const run = async () => {
    await call('POST', url, {});
    await client.invalidateQueries({ queryKey: [url] });
  };
  return (
    <Shown of={upkeep} what="how it is kept">
      {({ health, due, runs }) => (
        <>
          <Section title="How it is" note={due.length === 0 ? 'Nothing is due' : `Due: ${due.map(words).join(', ')}`}>
            <Facts facts={Object.entries(health).map(([key, value]) => [capital(words(key)), shown(value)])} />
          </Section>
          <Section
            title="Runs"
            note="Newest first"
            actions={
              <Confirm
                label="Maintain now"
                verb="Maintain"
                whyNot={whyNot('post', '/api/v1/tables/{name}/maintenance', owner)}
                question={`Maintain ${name} now?`}
                effect="Packs small files, drops versions that newer ones have ended, lets old snapshots go and deletes files that nothing needs. No answer changes by it, and writing goes on meanwhile."
                action={run}
              />
            }
          >
            {runs.length === 0 ? <Empty>Nothing has had to be done yet.</Empty> : <DataTable label="Maintenance runs" rows={runs} columns={RUNS} rowId={({ id }) => String(id)} />}
          </Section>
        </>
      )}
    </Shown>
  );
}

const RUNS: Column<Run>[] = [
  { id: 'id', label: 'Number', width: '80px', align: 'right', cell: ({ id }) => id },
  { id: 'state', label: 'State', width: '104px', cell: ({ state }) => <StateMark state={state} /> },
  { id: 'work', label: 'Work', width: 'minmax(170px, 1fr)', cell: ({ work }) => work.map(words).join(', ') },
  { id: 'asked', label: 'Why', width: '130px', cell: ({ asked }) => (asked ? 'somebody asked' : 'it was due') },
  { id: 'at', label: 'Asked for', width: '176px', cell: ({ requested_at }) => <Moment of={requested_at} /> },
  { id: 'done', label: 'Done', width: '176px', cell: ({ finished_at }) => (finished_at ? <Moment of={finished_at} /> : 'not yet') },
  { id: 'report', label: 'Result', width: 'minmax(200px, 2fr)', cell: (run) => <span title={result(run)}>{result(run)}</span> },
];

/** What differs by a run, the most telling first; nothing that stayed 0. */
function result({ reason, report }: Run): string {
  if (reason !== '') return reason;
  const { before, after, ...rest } = report as { before?: Record<string, unknown>; after?: Record<string, unknown> };
  const became = ['files', 'bytes', 'snapshots', 'rows']
    .filter((key) => before?.[key] !== undefined && before[key] !== after?.[key])
    .map((key) => `${key} ${shown(before?.[key])} → ${shown(after?.[key])}`);
  const did = Object.entries(rest)
    .filter(([, value]) => value !== 0)
    .map(([key, value]) => `${words(key)} ${shown(value)}`);
  return [...became, ...did].join(', ');
}

function words(key: string): string {
  return key.replaceAll('_', ' ');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function shown(value: unknown): string {
  if (typeof value === 'number') return value.toLocaleString();
  if (value === null || value === undefined || value === '') return '–';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
