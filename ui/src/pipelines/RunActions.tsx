import { Button, Menu } from '@mantine/core';
import { IconDots, IconPencil, IconPlayerPause, IconPlayerPlay, IconRefresh, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { useWhyNot } from '../access/whyNot';
import { send } from '../api/api';
import { useSend } from '../api/useApi';
import { Allowed } from '../parts/Allowed';
import { Confirm } from '../parts/Confirm';
import { Effect } from '../parts/Effect';
import { deleteEffect, pauseEffect, restartEffect, resumeEffect } from './effects';
import { pipelinePath, type PipelineItem } from './pipeline';

type Verb = 'pause' | 'resume' | 'restart';

/** What can be done with a pipeline; each says first what it does to data. */
export function RunActions({ pipeline }: { pipeline: PipelineItem }) {
  const { name } = pipeline;
  const { owner = '' } = pipeline.spec;
  const whyNot = useWhyNot();
  const may = (verb: Verb) => whyNot('post', `/api/v1/pipelines/{name}/${verb}`, owner);
  const navigate = useNavigate();
  const told = useSend((verb: Verb) => send('post', `/api/v1/pipelines/{name}/${verb}`, { path: { name } }));
  const deleted = useSend(async () => {
    await send('delete', '/api/v1/{kind}/{name}', { path: { kind: 'pipelines', name } });
    // At once: what shows here is read again otherwise, and some of it has just gone away.
    void navigate('/pipelines');
  });
  const [deleting, setDeleting] = useState(false);
  const paused = pipeline.spec.state === 'paused';
  if (pipeline.status.state === 'deleting') return null;
  return (
    <>
      {paused ? (
        <Confirm
          label="Resume"
          icon={<IconPlayerPlay size={14} aria-hidden />}
          question={`Resume ${name}?`}
          effect={<Effect points={resumeEffect()} />}
          verb="Resume"
          whyNot={may('resume')}
          action={() => told.mutateAsync('resume')}
          primary
        />
      ) : (
        <Confirm
          label="Pause"
          icon={<IconPlayerPause size={14} aria-hidden />}
          question={`Pause ${name}?`}
          effect={<Effect points={pauseEffect(pipeline)} />}
          verb="Pause"
          whyNot={may('pause')}
          action={() => told.mutateAsync('pause')}
        />
      )}
      {!paused && (
        <Confirm
          label="Restart"
          icon={<IconRefresh size={14} aria-hidden />}
          question={`Restart ${name}?`}
          effect={<Effect points={restartEffect()} />}
          verb="Restart"
          whyNot={may('restart')}
          action={() => told.mutateAsync('restart')}
        />
      )}
      <Allowed whyNot={whyNot('put', '/api/v1/drafts/{name}')}>
        <Button component={Link} to={`${pipelinePath(name)}/edit`} variant="default" leftSection={<IconPencil size={14} aria-hidden />}>
          Edit
        </Button>
      </Allowed>
      <Menu position="bottom-end" width={200} shadow="md">
        <Menu.Target>
          <Button variant="default" aria-label="More actions" px={8}>
            <IconDots size={14} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Allowed whyNot={whyNot('delete', '/api/v1/{kind}/{name}', owner)}>
            <Menu.Item leftSection={<IconTrash size={14} aria-hidden />} onClick={() => setDeleting(true)}>
              Delete
            </Menu.Item>
          </Allowed>
        </Menu.Dropdown>
      </Menu>
      {deleting && (
        <Confirm
          label="Delete"
          question={`Delete ${name}?`}
          effect={<Effect points={deleteEffect(pipeline)} />}
          verb="Delete"
          destructive
          asking
          onClose={() => setDeleting(false)}
          action={() => deleted.mutateAsync()}
        />
      )}
    </>
  );
}
