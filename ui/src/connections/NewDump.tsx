import { Button, Group, Modal, SegmentedControl, Select, Textarea, TextInput } from '@mantine/core';
import { IconDatabaseImport } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useOwner } from '../access/useOwner';
import { useWhyNot } from '../access/whyNot';
import { send, type ApiError } from '../api/api';
import { useRead, useSend } from '../api/useApi';
import { count, duration } from '../format/format';
import { Age } from '../parts/Age';
import { Allowed } from '../parts/Allowed';
import { Failure } from '../parts/States';
import classes from './NewDump.module.css';

type What = 'whole' | 'filter' | 'keys';

/** Asks for a dump of a Source of a connection: all of it, what a filter chooses, or some keys. */
export function NewDump({ connection, source: given }: { connection: string; source?: string }) {
  const [opened, setOpened] = useState(false);
  const whyNot = useWhyNot();
  return (
    <>
      <Allowed whyNot={whyNot('post', '/api/v1/sources/{name}/dumps')}>
        <Button variant="default" leftSection={<IconDatabaseImport size={15} aria-hidden />} onClick={() => setOpened(true)}>
          Dump…
        </Button>
      </Allowed>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Dump" closeButtonProps={{ 'aria-label': 'Close' }}>
        {opened && <Form connection={connection} given={given} close={() => setOpened(false)} />}
      </Modal>
    </>
  );
}

function Form({ connection, given, close }: { connection: string; given: string | undefined; close: () => void }) {
  const navigate = useNavigate();
  const tables = useRead('/api/v1/connections/{name}/tables', { path: { name: connection } });
  const items = (tables.data?.items ?? []).filter((table) => table.source !== '');
  const [source, setSource] = useState(given ?? '');
  const refused = useWhyNot()('post', '/api/v1/sources/{name}/dumps', useOwner('sources', source));
  const [what, setWhat] = useState<What>('whole');
  const [where, setWhere] = useState('');
  const [keys, setKeys] = useState('');
  const key = items.find((table) => table.source === source)?.key ?? [];
  const forecast = useRead('/api/v1/sources/{name}/dumps/forecast', { path: { name: source } }, { enabled: source !== '' });
  const dump = useSend(() =>
    send('post', '/api/v1/sources/{name}/dumps', {
      path: { name: source },
      body: (what === 'filter' ? { where } : what === 'keys' ? { keys: keysOf(keys) } : {}) as never,
    }),
  );
  const ready = source !== '' && (what === 'whole' || (what === 'filter' ? where.trim() !== '' : keys.trim() !== ''));
  const submit = async () => {
    await dump.mutateAsync();
    close();
    void navigate(`/connections/${encodeURIComponent(connection)}?tab=dumps`);
  };
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        submit().catch(() => undefined);
      }}
    >
      <p>Rows are read in chunks beside the log, without locks. A row that has changed since is never overwritten by what was read before.</p>
      <Select
        label="Source"
        data={items.map((table) => table.source)}
        value={source === '' ? null : source}
        onChange={(value) => setSource(value ?? '')}
        searchable
        placeholder="Choose one"
        nothingFoundMessage="There is none of this name."
      />
      <SegmentedControl
        aria-label="What to dump"
        data={[
          { value: 'whole', label: 'Everything' },
          { value: 'filter', label: 'A filter', disabled: source !== '' && key.length === 0 },
          { value: 'keys', label: 'Some keys', disabled: source !== '' && key.length === 0 },
        ]}
        value={what}
        onChange={(value) => setWhat(value as What)}
      />
      {what === 'filter' && <TextInput label="Rows where" placeholder="phase = 'SHOOTING' AND budget > 1000" value={where} onChange={(event) => setWhere(event.currentTarget.value)} />}
      {what === 'keys' && (
        <Textarea
          label={`Keys, one a line${key.length > 1 ? `, ${key.join(' | ')} with a bar between` : key.length === 1 ? ` (${key[0]})` : ''}`}
          minRows={3}
          autosize
          value={keys}
          onChange={(event) => setKeys(event.currentTarget.value)}
        />
      )}
      {source !== '' && what === 'whole' && <Forecast read={forecast.data as { rows?: number; seconds?: number; as_of?: string } | undefined} />}
      {source !== '' && what === 'filter' && <p className={classes.note}>How many rows that is, the database’s planner says when the dump begins.</p>}
      {dump.error && <Failure error={dump.error as ApiError} what="ask for the dump" />}
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          Close
        </Button>
        <Allowed whyNot={refused}>
          <Button type="submit" disabled={!ready} loading={dump.isPending}>
            Dump
          </Button>
        </Allowed>
      </Group>
    </form>
  );
}

function Forecast({ read }: { read: { rows?: number; seconds?: number; as_of?: string } | undefined }) {
  if (read?.rows === undefined || read.seconds === undefined) {
    return <p className={classes.note}>How long it takes is not known yet: nothing of this Source was dumped whole before.</p>;
  }
  return (
    <p className={classes.note}>
      The last one, <Age of={read.as_of} />, read {count(read.rows)} rows in {duration(read.seconds)}.
    </p>
  );
}

function keysOf(text: string): string[][] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => line.split('|').map((part) => part.trim()));
}
