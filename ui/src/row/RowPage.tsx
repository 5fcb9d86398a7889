import { Button } from '@mantine/core';
import { IconArrowRight, IconCircleMinus, IconCirclePlus, IconDatabaseImport, IconEraser, IconPencil, IconRefresh, type Icon } from '@tabler/icons-react';
import { Link, useParams } from 'react-router';
import { useRead } from '../api/useApi';
import { count, duration } from '../format/format';
import { Age, Moment as Time } from '../parts/Age';
import { Facts } from '../parts/Facts';
import { Page, Section } from '../parts/Page';
import { Empty, Notice, Shown } from '../parts/States';
import { StateMark } from '../state/StateMark';
import { drawn } from '../query/value';
import classes from './RowPage.module.css';
import { called, lsn, time, timeline, type Change, type Moment, type SourceEvents } from './timeline';

/** How one row of a table came to be as it is. */
export function TableRowPage() {
  const { table = '', key = '' } = useParams();
  const row = useRead('/api/v1/tables/{name}/rows/{key}/history', { path: { name: table, key } }, { written: true });
  const name = row.data ? Object.values(row.data.key).join(', ') : plain(key);
  return (
    <Page
      title={`Row ${name}`}
      parents={[{ to: `/tables/${encodeURIComponent(table)}`, label: table }]}
      facts={row.data && <span>{row.data.current === null ? 'Not there now' : 'There now'}</span>}
      actions={<Again read={row} />}
    >
      <Shown of={row} what="how the row came to be">
        {(shown) => {
          const moments = timeline(shown.sources, shown.versions);
          return (
            <>
              <Section title="Now">
                {shown.current ? (
                  <Values values={shown.current as Record<string, unknown>} />
                ) : (
                  <Empty>{shown.versions.length === 0 ? 'The table has never had a row with this key, as far as it still tells.' : 'The row is not there now: its newest version is a deletion.'}</Empty>
                )}
              </Section>
              <Trouble letters={shown.letters as Record<string, unknown>[]} differences={shown.differences} />
              <Section title="How it came to be" note={shown.capped ? `The newest ${shown.versions.length} versions` : undefined}>
                {moments.length === 0 ? <Empty>Nothing is known of this key.</Empty> : <Timeline moments={moments} several={shown.sources.length > 1} />}
                <Bounds sources={shown.sources} />
              </Section>
            </>
          );
        }}
      </Shown>
    </Page>
  );
}

/** The events of one key of a Source. */
export function SourceRowPage() {
  const { name = '', key = '' } = useParams();
  const row = useRead('/api/v1/sources/{name}/rows/{key}/history', { path: { name, key } }, { written: true });
  return (
    <Page title={`Row ${plain(key)}`} parents={[{ to: `/sources/${encodeURIComponent(name)}`, label: name }]} actions={<Again read={row} />}>
      <Shown of={row} what="the events of the row">
        {(shown) => {
          const moments = timeline([shown], []);
          const newest = moments[0];
          return (
            <>
              <Section title="Now">
                {newest?.event && newest.op !== 'd' && newest.op !== 't' ? (
                  <Values values={newest.event.row} />
                ) : (
                  <Empty>{newest === undefined ? 'The Source has told nothing of this key, as far as it was looked for.' : 'The row is not there now: it was deleted.'}</Empty>
                )}
              </Section>
              <Section title="How it came to be">
                {moments.length > 0 && <Timeline moments={moments} several={false} />}
                <Bounds sources={[shown]} />
              </Section>
            </>
          );
        }}
      </Shown>
    </Page>
  );
}

/** Looks again: topics and tables are searched for it, so it does not follow by itself. */
function Again({ read: { refetch, isFetching, dataUpdatedAt } }: { read: { refetch: () => unknown; isFetching: boolean; dataUpdatedAt: number } }) {
  return (
    <>
      {dataUpdatedAt > 0 && (
        <span className={classes.note}>
          As of <Age of={new Date(dataUpdatedAt).toISOString()} />
        </span>
      )}
      <Button variant="default" leftSection={<IconRefresh size={15} aria-hidden />} loading={isFetching} onClick={() => refetch()}>
        Look again
      </Button>
    </>
  );
}

/** A key of the address as people read it. */
function plain(key: string): string {
  try {
    const parts: unknown = JSON.parse(key);
    return Array.isArray(parts) ? parts.map(String).join(', ') : key;
  } catch {
    return key;
  }
}

function Values({ values }: { values: Record<string, unknown> }) {
  return (
    <div className={classes.values}>
      <Facts facts={Object.entries(values).filter(([column]) => !column.startsWith('_')).map(([column, value]) => [column, <Value key={column} value={value} />])} />
    </div>
  );
}

function Value({ value }: { value: unknown }) {
  const { text, kind, title } = drawn(value, typeof value === 'number' ? 'DOUBLE' : 'VARCHAR');
  return (
    <span className={classes.value} data-kind={kind} title={title}>
      {text}
    </span>
  );
}

function Trouble({ letters, differences }: { letters: Record<string, unknown>[]; differences: { kind: string; cause: string; source: string; columns: Record<string, string>[] }[] }) {
  return (
    <>
      {letters.map((letter, i) => (
        <Notice key={i} tone="failed" title={`A change of this row failed in step ${String(letter['step'])}`}>
          <p>{String(letter['reason'])}</p>
        </Notice>
      ))}
      {differences.map((difference, i) => (
        <Notice key={i} tone="blocked" title={`An audit found this row ${difference.kind}`}>
          <p>
            {difference.columns.map((column) => `${column['column']}: ${column['source'] ?? 'null'} in the source, ${column['table'] ?? 'null'} here`).join('; ')}
            {difference.cause && ` ${difference.cause}`}
          </p>
        </Notice>
      ))}
    </>
  );
}

const ICONS: Record<string, Icon> = { c: IconCirclePlus, r: IconDatabaseImport, u: IconPencil, d: IconCircleMinus, t: IconEraser };

function Timeline({ moments, several }: { moments: Moment[]; several: boolean }) {
  return (
    <ol className={classes.timeline}>
      {moments.map((moment) => (
        <Entry key={moment.id} moment={moment} several={several} />
      ))}
    </ol>
  );
}

function Entry({ moment, several }: { moment: Moment; several: boolean }) {
  const { event, version, outcome, op } = moment;
  const dump = event?.dump ?? op === 'r';
  const Mark = ICONS[dump && op !== 'd' ? 'r' : op] ?? IconPencil;
  const committed = event ? Date.parse(event.committed_at) : time(version?.committed_at ?? '');
  const written = event ? Date.parse(event.written_at) : null;
  const seen = version?.visible_at ?? version?.visible_by ?? null;
  return (
    <li className={classes.entry} data-op={op}>
      <span className={classes.mark}>
        <Mark size={15} aria-hidden />
      </span>
      <div className={classes.what}>
        <header className={classes.head}>
          <strong>{called(op, dump)}</strong>
          {Number.isFinite(committed) && <Time of={new Date(committed).toISOString()} />}
          {several && <Link to={`/sources/${encodeURIComponent(moment.source)}`}>{moment.source}</Link>}
        </header>
        {moment.changes.length > 0 && <Changes changes={moment.changes} />}
        {op === 'u' && moment.changes.length === 0 && !dump && outcome?.state !== 'deleted' && <p className={classes.note}>No column that shows here has changed.</p>}
        {outcome && outcome.state !== 'written' && (
          <p className={classes.outcome} data-state={outcome.state}>
            {outcome.text}
          </p>
        )}
        <p className={classes.steps}>
          {dump ? 'read' : 'committed'}
          {written !== null && (
            <>
              <IconArrowRight size={12} aria-hidden /> captured {after(committed, written)}
            </>
          )}
          {version && version.processed_at !== '' && written !== null && time(version.processed_at) - written > 1 && (
            <>
              <IconArrowRight size={12} aria-hidden /> enriched {after(committed, time(version.processed_at))}
            </>
          )}
          {seen !== null && (
            <>
              <IconArrowRight size={12} aria-hidden /> visible {version?.visible_at ? after(committed, Date.parse(seen)) : 'by '}
              {!version?.visible_at && <Time of={seen} />}
            </>
          )}
        </p>
        <details className={classes.detail}>
          <summary>Where it is in the log</summary>
          <Facts
            facts={[
              ['Source', moment.source],
              ['Log position', <code key="lsn">{lsn(event?.position ?? version?.position ?? '')}</code>],
              ['Came by', dump ? 'a dump' : 'the log'],
              ['Completed', event?.reselected ? 'a long value that the log left out was read from the table' : ''],
              ['Topic', `partition ${event?.partition ?? version?.partition ?? '?'}, offset ${event?.offset ?? version?.offset ?? '?'}, epoch ${event?.epoch ?? version?.epoch ?? '?'}`],
              ['Schema', event ? String(event.schema_id) : ''],
            ]}
          />
        </details>
      </div>
      {outcome && <StateMark state={outcome.state === 'written' ? 'in the table' : outcome.state} />}
    </li>
  );
}

/** How long after the commit; clocks of two machines may differ a little. */
function after(from: number, to: number): string {
  if (!Number.isFinite(from) || !Number.isFinite(to)) return '';
  const seconds = (to - from) / 1000;
  return seconds < 0.05 ? 'at once' : `after ${duration(seconds)}`;
}

function Changes({ changes }: { changes: Change[] }) {
  const had = changes.some((change) => change.had);
  return (
    <dl className={classes.changes}>
      {changes.map(({ column, before, after: now, had: known }) => (
        <div key={column}>
          <dt>{column}</dt>
          <dd>
            {had && known && (
              <>
                <del>
                  <Value value={before} />
                </del>{' '}
                <IconArrowRight size={12} aria-label="became" />{' '}
              </>
            )}
            <ins>
              <Value value={now} />
            </ins>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** What was looked at, when it was not everything. */
function Bounds({ sources }: { sources: SourceEvents[] }) {
  return (
    <div className={classes.bounds}>
      {sources.map((source) => (
        <p key={source.source}>
          {source.reason !== '' ? (
            <>
              {source.source}: {source.reason}
            </>
          ) : source.complete ? (
            <>
              {source.source}: all {count(source.scanned)} records of the key’s part of the topic were looked at. A topic keeps the newest events of each key; older ones may be gone.
            </>
          ) : (
            <>
              {source.source}: the newest {count(source.scanned)} records were looked at, back to <Time of={source.since} />; there may be older events.
            </>
          )}
        </p>
      ))}
    </div>
  );
}
