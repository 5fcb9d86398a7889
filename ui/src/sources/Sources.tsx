import { Fragment } from 'react';
import type { History } from '../live/history';
import type { Dump, Live, Source } from '../live/live';
import { absolute, ageSeconds, count, duration, rate, UNKNOWN } from '../format/format';
import { Sparkline } from '../pulse/Sparkline';
import { StateMark } from '../state/StateMark';
import { splitName } from './QualifiedName';
import classes from './Sources.module.css';

/** Every Source with what it brings, by schema. The order never changes. */
export function Sources({ live, history, now }: { live: Live; history: History; now: number }) {
  return (
    <section aria-labelledby="sources">
      <h2 id="sources" className={classes.title}>
        Sources
      </h2>
      {live.sources.length === 0 ? (
        <p className={classes.empty}>
          No table is captured yet. Apply a connection: <code>./backlot apply -f connection.yaml</code>
        </p>
      ) : (
        <div className={classes.panel}>
          <table className={classes.table}>
            <colgroup>
              <col />
              <col className={classes.sparkColumn} />
              <col className={classes.rateColumn} />
              <col className={classes.newestColumn} />
              <col className={classes.eventsColumn} />
            </colgroup>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col" className={classes.spark}>
                  <span className="visually-hidden">Trend</span>
                </th>
                <th scope="col" className={classes.number}>
                  Changes/s
                </th>
                <th scope="col" className={classes.number}>
                  Newest
                </th>
                <th scope="col" className={classes.number}>
                  Events
                </th>
              </tr>
            </thead>
            {bySchema(live.sources).map(([schema, sources]) => (
              <tbody key={schema}>
                <tr className={classes.schema}>
                  <th scope="rowgroup" colSpan={5}>
                    {schema}
                  </th>
                </tr>
                {sources.map((source) => (
                  <SourceRows key={source.name} source={source} history={history} now={now} />
                ))}
              </tbody>
            ))}
          </table>
        </div>
      )}
    </section>
  );
}

function bySchema(sources: Source[]): [string, Source[]][] {
  const groups = new Map<string, Source[]>();
  for (const source of sources) {
    const schema = splitName(source.name)[0].replace(/\.$/, '');
    groups.set(schema, [...(groups.get(schema) ?? []), source]);
  }
  return [...groups];
}

function SourceRows({ source, history, now }: { source: Source; history: History; now: number }) {
  const detailed = source.state !== 'streaming' || source.dump !== null;
  const newest = source.newest_change_at;
  return (
    <Fragment>
      <tr className={classes.row} data-detailed={detailed || undefined}>
        <th scope="row" title={source.description ? `${source.name}: ${source.description}` : source.name}>
          {splitName(source.name)[1]}
        </th>
        <td className={classes.spark}>
          <Sparkline samples={history.get(`source:${source.name}`) ?? []} size="row" />
        </td>
        <Figure text={rate(source.rate)} />
        <Figure text={duration(ageSeconds(newest, now))} title={newest ? absolute(newest) : undefined} />
        <Figure text={count(source.messages)} />
      </tr>
      {detailed && (
        <tr className={classes.detail}>
          <td colSpan={5}>
            <div className={classes.detailLine}>
              <StateMark state={source.state} />
              {source.dump && <DumpProgress dump={source.dump} />}
            </div>
            {source.reason && <p className={classes.reason}>{source.reason}</p>}
          </td>
        </tr>
      )}
    </Fragment>
  );
}

function Figure({ text, title }: { text: string; title?: string | undefined }) {
  return (
    <td className={classes.number} data-unknown={text === UNKNOWN || undefined} title={title}>
      {text}
    </td>
  );
}

function DumpProgress({ dump }: { dump: Dump }) {
  const { done_rows: done, total_rows: total, estimated } = dump;
  const of = total === null ? '' : ` of ${estimated ? 'est. ' : ''}${count(total)}`;
  const speed = dump.rate === undefined ? '' : `${rate(dump.rate)} rows/s`;
  const left = dump.seconds_left === undefined ? '' : `about ${duration(dump.seconds_left)} left`;
  return (
    <>
      {done !== null && total !== null && total > 0 && (
        <progress className={classes.progress} max={total} value={Math.min(done, total)} aria-label="Rows dumped" />
      )}
      <span title={dump.id ? `dump ${dump.id}` : undefined}>
        {[`${count(done)}${of} rows`, dump.state === 'paused' ? 'paused' : speed, left].filter(Boolean).join(' \u00b7 ')}
      </span>
    </>
  );
}
