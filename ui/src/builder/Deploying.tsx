import { Button } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Link } from 'react-router';
import { ApiError, send } from '../api/api';
import { useRead } from '../api/useApi';
import { Failure, Notice } from '../parts/States';
import { Canvas } from './Canvas';
import { useBuilder } from './model';
import { stageOf } from './stages';
import classes from './Deploying.module.css';

interface DeployingProps {
  revision: number;
  backfill: boolean;
  back: () => void;
}

/** A revision on its way: how far each step is, as the platform says. */
export function Deploying({ revision, backfill, back }: DeployingProps) {
  const { name, pipeline } = useBuilder();
  const item = useRead('/api/v1/{kind}/{name}', { path: { kind: 'pipelines', name } }, { live: true });
  const stages = useMemo(
    () => new Map(pipeline.steps.map((step) => [step.id, stageOf(item.data, revision, step)])),
    [item.data, pipeline, revision],
  );
  const filling = useBackfill(name, item.data?.status as { backfill?: unknown } | undefined, backfill);
  const status = item.data?.status;
  const stuck = status?.state === 'failed' || status?.state === 'blocked';
  const done = [...stages.values()].every((stage) => stage.done);
  return (
    <div className={classes.deploying}>
      <div className={classes.bar}>
        {stuck ? (
          <Notice tone={status.state === 'failed' ? 'failed' : 'blocked'} title={`Revision ${revision} does not run yet`}>
            {status.reason} Nothing is lost; it goes on where its tables stand.
          </Notice>
        ) : (
          <Notice tone={done ? 'healthy' : 'busy'} title={done ? `Revision ${revision} runs and has caught up` : `Revision ${revision} is being deployed`}>
            {done ? 'What is committed in its Sources is in its tables.' : (status?.reason ?? '') || 'You can leave this page; it goes on by itself.'}
          </Notice>
        )}
        {filling.said !== '' && <p role="status">{filling.said}</p>}
        {filling.error && <Failure error={filling.error} what="fill the new columns" effect="The pipeline runs; the columns can be filled from its page." />}
        <div className={classes.actions}>
          <Button variant="default" onClick={back}>
            Go on editing
          </Button>
          <Link to={`/pipelines/${encodeURIComponent(name)}`} className={classes.link}>
            Open the pipeline
          </Link>
        </div>
      </div>
      <Canvas stages={stages} readOnly />
    </div>
  );
}

/** Asks for the backfill once the platform offers it. */
function useBackfill(name: string, status: { backfill?: unknown } | undefined, wanted: boolean) {
  const [said, setSaid] = useState(wanted ? 'The new columns are filled as soon as it runs.' : '');
  const [error, setError] = useState<ApiError | null>(null);
  const asked = useRef(false);
  const offered = status?.backfill !== undefined;
  useEffect(() => {
    if (!wanted || !offered || asked.current) return;
    asked.current = true;
    send('post', '/api/v1/pipelines/{name}/backfills', { path: { name }, body: {} }).then(
      () => setSaid('The new columns are being filled in rows written before.'),
      (failure: unknown) => {
        if (!(failure instanceof ApiError)) throw failure;
        setSaid('');
        setError(failure);
      },
    );
  }, [name, offered, wanted]);
  return { said, error };
}
