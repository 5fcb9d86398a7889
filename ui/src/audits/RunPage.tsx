import { Link, useParams } from 'react-router';
import { useRead } from '../api/useApi';
import { count, duration } from '../format/format';
import { Age, Moment } from '../parts/Age';
import { DataTable } from '../parts/DataTable';
import { Figures } from '../parts/Facts';
import { Page, Section } from '../parts/Page';
import { Notice, Shown } from '../parts/States';
import { StateMark } from '../state/StateMark';
import { auditPath, differencesOf, runWord, STATE_MARKS, type Run } from './audit';
import { Differences } from './Differences';

const STATES: Record<Run['state'], { mark: string; word: string }> = {
  requested: { mark: 'starting', word: 'Waiting' },
  running: { mark: 'catching_up', word: 'Running' },
  done: { mark: 'healthy', word: 'Done' },
  failed: { mark: 'failed', word: 'Failed' },
};

/** One comparison of a table with its Sources, or one repair: `/audits/:id/runs/:run`. */
export function RunPage() {
  const { id = '', run = '' } = useParams();
  const reading = useRead('/api/v1/tables/{name}/audits/{id}', { path: { name: id, id: Number(run) } as never }, { live: true });
  const known = reading.data as unknown as Run | undefined;
  return (
    <Page
      title={known ? `${runWord(known)} of ${id}` : `Run ${run}`}
      heading={known ? runWord(known) : `Run ${run}`}
      parents={[
        { to: '/audits', label: 'Audits' },
        { to: auditPath(id), label: id },
      ]}
      facts={
        known && (
          <>
            <StateMark state={STATES[known.state].mark} word={STATES[known.state].word} />
            <span>
              asked <Age of={known.requested_at} />
            </span>
            <Link to={`/jobs/audit-${known.id}`}>job</Link>
          </>
        )
      }
    >
      <Shown of={{ ...reading, data: known }} what={`run ${run}`}>
        {(shown) => <Known table={id} run={shown} />}
      </Shown>
    </Page>
  );
}

function Known({ table, run }: { table: string; run: Run }) {
  const sources = run.report.sources ?? [];
  const found = differencesOf(run);
  const remaining = run.report.differences ?? 0;
  const repaired = run.repair === 'repair';
  const took = run.started_at && run.finished_at ? (Date.parse(run.finished_at) - Date.parse(run.started_at)) / 1000 : null;
  const rows = sources.reduce((sum, of) => sum + (of.rows ?? 0), 0);
  return (
    <>
      {run.state === 'failed' && (
        <Notice tone="failed" title="It could not be done">
          <p>{run.reason}</p>
          <p>Nothing was changed.</p>
        </Notice>
      )}
      {(run.state === 'requested' || run.state === 'running') && (
        <Notice tone="busy" title={run.state === 'running' ? (repaired ? 'Compares, mends what differs, and compares that again' : 'Compares the table with its Sources') : 'Waits for its turn'}>
          <p>{run.reason || 'This page follows it by itself.'}</p>
        </Notice>
      )}
      {run.state === 'done' && (
        <Notice tone={remaining > 0 ? 'blocked' : 'healthy'} title={verdict(run, found.length, remaining)}>
          {run.repair === 'dry_run' && found.length > 0 && <p>Nothing was changed. Below is what a repair would do with each key.</p>}
          {repaired && (
            <p>
              {count(sources.reduce((sum, of) => sum + (of.dumped_rows ?? 0), 0))} rows were read again, {count(sources.reduce((sum, of) => sum + (of.removed_rows ?? 0), 0))} removed; the same keys were
              compared once more.
            </p>
          )}
          {sources.some((of) => of.repair) && <p>{sources.flatMap((of) => of.repair ?? []).join(' ')}</p>}
        </Notice>
      )}
      {run.state === 'done' && (
        <Figures
          figures={[
            // A run of some keys compares no other row, and counts none.
            ...(rows > 0 || found.length === 0 ? [{ label: 'Rows compared', value: count(rows) }] : []),
            { label: 'Keys that differed', value: count(found.length) },
            { label: repaired ? 'Still differ' : 'Differ', value: count(remaining) },
            { label: 'Settling', value: count(sources.reduce((sum, of) => sum + (of.moving ?? 0), 0)), note: 'kept changing meanwhile' },
            { label: 'Took', value: took === null ? '–' : duration(took), note: run.finished_at ? <Moment of={run.finished_at} /> : '' },
          ]}
        />
      )}
      {run.repair === 'never'
        ? run.state === 'done' && (
            <Section title="Keys that differ">
              <Differences table={table} differences={found} none="No key differs." />
            </Section>
          )
        : found.length > 0 && (
            <Section title={repaired ? 'What was done with each key' : 'What a repair would do with each key'}>
              <DataTable
                label="Keys of the repair"
                rows={found}
                rowId={(each) => JSON.stringify([each.source, each.key, each.kind, each.place])}
                columns={[
                  { id: 'key', label: 'Key', width: 'minmax(120px, 1fr)', cell: (each) => <code>{each.key.join(', ')}</code> },
                  { id: 'kind', label: 'Was', width: '110px', cell: (each) => each.kind },
                  { id: 'action', label: repaired ? 'Done' : 'Would be done', width: 'minmax(160px, 1fr)', cell: (each) => each.action ?? '' },
                  { id: 'after', label: 'Is now', width: '130px', cell: (each) => (each.after === undefined ? '' : each.after === 'equal' ? 'proven equal' : each.after === 'moving' ? 'settling' : each.after) },
                  { id: 'cause', label: 'Cause', width: 'minmax(160px, 2fr)', cell: (each) => each.cause || 'not known' },
                ]}
              />
            </Section>
          )}
      {run.repair === 'dry_run' && run.state === 'done' && found.length > 0 && (
        <Section title="Go on">
          <Differences table={table} differences={found} none="" />
        </Section>
      )}
      {sources.length > 0 && (
        <Section title="By Source">
          <DataTable
            label="What was found for each Source"
            rows={sources}
            rowId={(of) => of.source}
            columns={[
              { id: 'source', label: 'Source', width: 'minmax(200px, 2fr)', cell: (of) => of.source },
              { id: 'state', label: 'State', width: '170px', cell: (of) => <StateMark state={STATE_MARKS[of.state]?.mark ?? of.state} word={STATE_MARKS[of.state]?.word ?? of.state} /> },
              { id: 'rows', label: 'Rows', width: '100px', align: 'right', cell: (of) => count(of.rows) },
              { id: 'asof', label: 'As of', width: '190px', cell: (of) => (of.as_of ? <Moment of={of.as_of} /> : '') },
              { id: 'reason', label: 'Reason', width: 'minmax(120px, 2fr)', cell: (of) => of.reason ?? '' },
            ]}
          />
        </Section>
      )}
    </>
  );
}

function verdict(run: Run, found: number, remaining: number): string {
  if (run.repair === 'repair') return found === 0 ? 'Nothing differed, so nothing was done' : remaining === 0 ? `Repaired and proven equal: ${found} key${found === 1 ? '' : 's'}` : `${remaining} of ${found} keys still differ`;
  if (run.repair === 'dry_run') return found === 0 ? 'Nothing differs, so a repair would do nothing' : `A repair would mend ${found} key${found === 1 ? '' : 's'}`;
  return found === 0 ? 'Proven equal: no key differs' : `${found} key${found === 1 ? '' : 's'} differ`;
}
