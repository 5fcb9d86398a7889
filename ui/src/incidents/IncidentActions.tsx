import { Button, Menu, Modal, Select, TextInput, Textarea, Group } from '@mantine/core';
import { IconCheck, IconChevronDown, IconEyeCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { useWhyNot } from '../access/whyNot';
import { ApiError, send } from '../api/api';
import { useRead, useSend } from '../api/useApi';
import { Allowed } from '../parts/Allowed';
import { Failure } from '../parts/States';
import type { IncidentItem } from './incident';
import classes from './IncidentActions.module.css';

type Verb = 'acknowledge' | 'snooze' | 'assign' | 'resolve';

const TITLES: Record<Verb, string> = {
  acknowledge: 'Look after it',
  snooze: 'Keep it quiet for a while',
  assign: 'Hand it to another team',
  resolve: 'Say that it is over',
};

const MEANS: Record<Verb, string> = {
  acknowledge: 'Nobody is reminded any more while you look after it. It ends by itself when its cause is gone.',
  snooze: 'Nobody is told until then. The cause stays.',
  assign: 'That team’s routes are told at once, with your message. It stays open.',
  resolve: 'It is over. If the cause is still there, this is refused.',
};

/** What people do about an incident; with a message for others to read. */
export function IncidentActions({ incident }: { incident: IncidentItem }) {
  const [verb, setVerb] = useState<Verb | null>(null);
  const source = sourceOwnerOf(incident);
  const whyNot = useWhyNot();
  const may = (what: Verb) => whyNot('post', `/api/v1/incidents/{id}/${what}`, incident.spec.owner);
  return (
    <>
      {incident.status.state !== 'acknowledged' && (
        <Allowed whyNot={may('acknowledge')}>
          <Button variant="default" leftSection={<IconEyeCheck size={14} aria-hidden />} onClick={() => setVerb('acknowledge')}>
            Look after it
          </Button>
        </Allowed>
      )}
      {source !== null && <AskSourceOwner incident={incident} source={source} whyNot={may('assign')} />}
      <Menu position="bottom-end" width={220} shadow="md">
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={14} aria-hidden />}>
            More
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Allowed whyNot={may('assign')}>
            <Menu.Item onClick={() => setVerb('assign')}>Hand it to another team</Menu.Item>
          </Allowed>
          <Allowed whyNot={may('snooze')}>
            <Menu.Item onClick={() => setVerb('snooze')}>Keep it quiet</Menu.Item>
          </Allowed>
          <Allowed whyNot={incident.status.held ? 'Its cause is still there: it can’t be over yet.' : may('resolve')}>
            <Menu.Item onClick={() => setVerb('resolve')}>Say that it is over</Menu.Item>
          </Allowed>
        </Menu.Dropdown>
      </Menu>
      {verb && <Doing key={verb} incident={incident} verb={verb} close={() => setVerb(null)} />}
    </>
  );
}

/** Which Source changed under a blocked pipeline. */
function sourceOwnerOf({ spec, status }: IncidentItem): string | null {
  const blocked = status.facts.blocked;
  if (spec.kind !== 'pipeline_blocked' || !Array.isArray(blocked)) return null;
  const first = blocked[0] as { source?: string } | undefined;
  return first?.source ?? null;
}

function AskSourceOwner({ incident, source, whyNot }: { incident: IncidentItem; source: string; whyNot: string }) {
  const [asking, setAsking] = useState(false);
  const connection = source.split('.')[0] ?? '';
  const { data } = useRead('/api/v1/{kind}/{name}', { path: { kind: 'connections', name: connection }, query: { proof: false } });
  const owner = (data as unknown as { spec?: { owner?: string } } | undefined)?.spec?.owner ?? '';
  const fields = ((incident.status.facts.blocked as { fields: { field: string }[] }[])[0]?.fields ?? []).map(({ field }) => field).join(', ');
  if (owner === '' || owner === incident.spec.owner) return null;
  return (
    <>
      <Allowed whyNot={whyNot}>
        <Button variant="default" onClick={() => setAsking(true)}>
          Ask {owner}
        </Button>
      </Allowed>
      {asking && (
        <Doing
          incident={incident}
          verb="assign"
          owner={owner}
          message={`${source} has lost ${fields}, which pipeline ${incident.spec.subject.name} consumes. Can you bring it back, or say what shall stand for it?`}
          close={() => setAsking(false)}
        />
      )}
    </>
  );
}

function Doing({ incident, verb, owner: to = '', message: text = '', close }: { incident: IncidentItem; verb: Verb; owner?: string; message?: string; close: () => void }) {
  const [message, setMessage] = useState(text);
  const [owner, setOwner] = useState(to);
  const [time, setTime] = useState('2h');
  const [error, setError] = useState<ApiError | null>(null);
  const act = useSend(() =>
    send('post', `/api/v1/incidents/{id}/${verb}`, {
      path: { id: incident.name },
      body: { message, ...(verb === 'assign' ? { owner } : {}), ...(verb === 'snooze' ? { time } : {}) },
    }),
  );
  const go = async () => {
    setError(null);
    try {
      await act.mutateAsync();
      close();
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      setError(failure);
    }
  };
  return (
    <Modal opened onClose={close} title={to === '' ? TITLES[verb] : `Ask ${to}`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          void go();
        }}
      >
        <p>{MEANS[verb]}</p>
        {verb === 'assign' && <TextInput label="Team" value={owner} onChange={(event) => setOwner(event.currentTarget.value)} required />}
        {verb === 'snooze' && (
          <Select
            label="For"
            data={[
              { value: '30m', label: '30 minutes' },
              { value: '2h', label: '2 hours' },
              { value: '8h', label: '8 hours' },
              { value: '1d', label: 'a day' },
              { value: '7d', label: 'a week' },
            ]}
            value={time}
            onChange={(value) => setTime(value ?? '2h')}
            allowDeselect={false}
          />
        )}
        <Textarea label="Message" description="For others to read; may be empty" value={message} onChange={(event) => setMessage(event.currentTarget.value)} rows={3} />
        {error && <Failure error={error} what="do it" effect="The incident is as it was." />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={act.isPending} leftSection={<IconCheck size={14} aria-hidden />}>
            {to === '' ? TITLES[verb] : 'Ask'}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
