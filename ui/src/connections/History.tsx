import { useRead } from '../api/useApi';
import { Age, Moment } from '../parts/Age';
import { Section } from '../parts/Page';
import { Empty, Shown } from '../parts/States';
import { StateMark } from '../state/StateMark';
import classes from './History.module.css';

interface Event {
  at: string;
  state: string;
  code: string;
  message: string;
}

interface Revision {
  revision: number;
  created_at: string;
  author: string;
  message: string;
}

/** What happened to a declared thing, and who changed its document. */
export function History({ kind, name }: { kind: 'connections' | 'endpoints'; name: string }) {
  const events = useRead('/api/v1/{kind}/{name}/events', { path: { kind, name } }, { live: true });
  const revisions = useRead('/api/v1/{kind}/{name}/revisions', { path: { kind, name } });
  return (
    <>
      <Section title="Events">
        <Shown of={events} what="events">
          {(data) => {
            const list = [...((data as { events?: Event[] }).events ?? [])].reverse();
            return list.length === 0 ? (
              <Empty>Nothing has happened yet.</Empty>
            ) : (
              <ol className={classes.list}>
                {list.map((event, i) => (
                  <li key={i}>
                    <Age of={event.at} />
                    <span>
                      {event.state !== 'revision' && <StateMark state={event.state} />} {event.message}
                    </span>
                  </li>
                ))}
              </ol>
            );
          }}
        </Shown>
      </Section>
      <Section title="Revisions">
        <Shown of={revisions} what="revisions">
          {(data) => (
            <ol className={classes.list}>
              {((data as { revisions?: Revision[] }).revisions ?? []).map((revision) => (
                <li key={revision.revision}>
                  <Moment of={revision.created_at} />
                  <span>
                    Revision {revision.revision}
                    {revision.author && ` by ${revision.author}`}
                    {revision.message && `: ${revision.message}`}
                  </span>
                </li>
              ))}
            </ol>
          )}
        </Shown>
      </Section>
    </>
  );
}
