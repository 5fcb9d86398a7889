import { Skeleton, UnstyledButton } from '@mantine/core';
import { IconBroadcast, IconCloudOff, IconHandStop, IconPlayerPlay, IconRefresh } from '@tabler/icons-react';
import { useEffect } from 'react';
import { absolute, clockTime } from '../format/format';
import { CommandLine, Commands } from '../commands/Commands';
import { Health } from '../health/Health';
import { Incidents } from '../incidents/Incidents';
import type { Live } from '../live/live';
import { useLive, type Following } from '../live/useLive';
import { Pipelines } from '../pipelines/Pipelines';
import { Pulse } from '../pulse/Pulse';
import { NewestRows } from '../rows/NewestRows';
import { Sources } from '../sources/Sources';
import { Mark } from './Mark';
import classes from './LivePage.module.css';

/** The page at `/`: what moves, live. */
export function LivePage() {
  const following = useLive();
  const { view, now } = following;
  const { live, history } = view;
  const stale = live !== null && view.link === 'lost';
  useEffect(() => {
    document.title = stale ? 'Stale: Backlot' : 'Backlot';
  }, [stale]);
  return (
    <div className={classes.page}>
      <header className={classes.top}>
        <h1 className={classes.brand}>
          <Mark />
          Backlot
        </h1>
        {live && <Health live={live} />}
        <Link following={following} />
      </header>
      {stale && <StaleNotice following={following} />}
      <div className={classes.main} data-stale={stale || undefined} aria-busy={view.link === 'connecting'}>
        {live === null ? (
          view.link === 'lost' ? <Unreachable following={following} /> : <Loading />
        ) : (
          isEmpty(live) ? <Welcome /> : <>
            <Incidents live={live} now={now} />
            <Pulse live={live} history={history} now={now} />
            <Pipelines live={live} history={history} now={now} />
            <div className={classes.columns}>
              <div className={classes.side}>
                <Sources live={live} history={history} now={now} />
                <Commands live={live} />
              </div>
              <NewestRows live={live} now={now} />
            </div>
          </>
        )}
      </div>
    </div>
  );
}

/** Whether the page is live, and the button that holds it still. */
function Link({ following }: { following: Following }) {
  const { view, held, hold, now } = following;
  return (
    <div className={classes.link}>
      <span role="status" className={classes.status} data-link={held ? 'held' : view.link}>
        {held ? (
          <>
            <IconHandStop size={15} aria-hidden /> Held at {clockTime(now)}
          </>
        ) : view.link === 'live' ? (
          <>
            <IconBroadcast size={15} aria-hidden /> Live
          </>
        ) : view.link === 'lost' ? (
          <>
            <IconCloudOff size={15} aria-hidden /> Unreachable
          </>
        ) : (
          'Connecting'
        )}
      </span>
      {view.live && (
        <UnstyledButton className={classes.button} onClick={() => hold(!held)}>
          {held ? <IconPlayerPlay size={14} aria-hidden /> : <IconHandStop size={14} aria-hidden />}
          {held ? 'Follow' : 'Hold'}
        </UnstyledButton>
      )}
    </div>
  );
}

function StaleNotice({ following }: { following: Following }) {
  const at = following.view.live ? Date.parse(following.view.live.now) : null;
  return (
    <div className={classes.stale} role="alert">
      <IconCloudOff size={16} aria-hidden />
      <p>
        <strong>
          Stale: everything below is as of <time title={at ? absolute(at) : undefined}>{at ? clockTime(at) : ''}</time>.
        </strong>{' '}
        The server does not answer. Capture and pipelines need it for nothing that was applied before, and nothing is lost. This
        page tries again by itself.
      </p>
      <UnstyledButton className={classes.button} onClick={following.reconnect}>
        <IconRefresh size={14} aria-hidden />
        Try now
      </UnstyledButton>
    </div>
  );
}

function Unreachable({ following }: { following: Following }) {
  return (
    <section className={classes.unreachable} role="alert">
      <h2>Cannot reach the server</h2>
      <p>
        It may still be starting, or have been stopped. Nothing is lost either way. Start it with <code>./backlot up</code>; this
        page tries again by itself.
      </p>
      <UnstyledButton className={classes.button} onClick={following.reconnect}>
        <IconRefresh size={14} aria-hidden />
        Try now
      </UnstyledButton>
    </section>
  );
}

function isEmpty(live: Live): boolean {
  return live.connections.length + live.sources.length + live.pipelines.length === 0;
}

function Welcome() {
  return (
    <section className={classes.unreachable}>
      <h2>Nothing moves yet</h2>
      <p>
        Describe a database and apply it; its tables appear here within a minute. <code>./backlot demo</code> starts with a film
        studio’s instead.
      </p>
      <CommandLine command="./backlot apply -f connection.yaml" />
    </section>
  );
}

function Loading() {
  return (
    <>
      <p className="visually-hidden">Connecting to the server</p>
      <Skeleton className={classes.boneHead} />
      <div className={classes.bones}>
        <Skeleton className={classes.boneCard} />
        <Skeleton className={classes.boneCard} />
        <Skeleton className={classes.boneCard} />
      </div>
      <Skeleton className={classes.boneTable} />
    </>
  );
}
