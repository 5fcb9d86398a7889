import { Link } from 'react-router';
import { useWhyNot } from '../access/whyNot';
import { send } from '../api/api';
import { useSend } from '../api/useApi';
import { Age } from '../parts/Age';
import { Confirm } from '../parts/Confirm';
import { DataTable } from '../parts/DataTable';
import { Effect } from '../parts/Effect';
import { Shown } from '../parts/States';
import { rollbackEffect } from './effects';
import { pipelinePath, type PipelineItem, type Revision } from './pipeline';
import { SideBySide } from './SideBySide';
import { useRevisions } from './usePipeline';
import classes from './RevisionsTab.module.css';

/** Every version of the document, with who wrote it and why. */
export function RevisionsTab({ pipeline }: { pipeline: PipelineItem }) {
  const { name, status } = pipeline;
  const reading = useRevisions(name);
  return (
    <Shown of={reading} what="the revisions">
      {(revisions) => (
        <DataTable
          label="Revisions, the newest first"
          rows={revisions}
          rowId={(revision) => String(revision.revision)}
          to={(revision) => `${pipelinePath(name)}/revisions/${revision.revision}`}
          columns={[
            {
              id: 'revision',
              label: 'Revision',
              width: '130px',
              cell: ({ revision }) => (
                <>
                  <Link to={`${pipelinePath(name)}/revisions/${revision}`}>{revision}</Link>
                  {revision === status.deployed_revision && <span className={classes.now}> deployed</span>}
                </>
              ),
            },
            { id: 'when', label: 'Written', width: '140px', cell: ({ created_at }) => <Age of={created_at} /> },
            { id: 'author', label: 'By', width: '140px', cell: ({ author }) => author || <span className={classes.soft}>not said</span> },
            { id: 'message', label: 'Why', width: 'minmax(200px, 2fr)', cell: ({ message }) => <span title={message}>{message || <span className={classes.soft}>no message</span>}</span> },
            {
              id: 'rollback',
              label: '',
              width: '112px',
              align: 'right',
              cell: (revision) => (revision.revision === status.revision ? <span className={classes.noButton} /> : <Rollback pipeline={pipeline} to={revision} now={revisions.find((each) => each.revision === status.revision)} />),
            },
          ]}
        />
      )}
    </Shown>
  );
}

/** A button that writes an earlier revision again, and shows first what changes by it. */
export function Rollback({ pipeline, to, now }: { pipeline: PipelineItem; to: Revision; now: Revision | undefined }) {
  const { name } = pipeline;
  const whyNot = useWhyNot();
  const rolled = useSend(() => send('post', '/api/v1/pipelines/{name}/rollback', { path: { name }, query: { revision: to.revision } }));
  return (
    <Confirm
      label="Roll back"
      question={`Roll ${name} back to revision ${to.revision}?`}
      effect={
        <>
          <Effect points={rollbackEffect(to.revision)} />
          {now && <SideBySide before={{ title: `Revision ${now.revision}, now`, spec: now.spec }} after={{ title: `Revision ${to.revision}`, spec: to.spec }} />}
        </>
      }
      verb="Roll back"
      whyNot={whyNot('post', '/api/v1/pipelines/{name}/rollback', pipeline.spec.owner ?? '')}
      wide
      action={() => rolled.mutateAsync()}
    />
  );
}
