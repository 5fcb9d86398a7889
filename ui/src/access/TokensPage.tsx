import { Button, Checkbox, Drawer, Group, NativeSelect, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { send, type Answer } from '../api/api';
import { useRead, useSend } from '../api/useApi';
import { Age, Moment } from '../parts/Age';
import { Confirm } from '../parts/Confirm';
import { DataTable, type Column } from '../parts/DataTable';
import { Page } from '../parts/Page';
import { Empty, Failure, Shown } from '../parts/States';
import { useAddress } from '../parts/useAddress';
import classes from './Access.module.css';
import { Outcome } from './Outcome';
import { RightsFields, type Rights } from './RightsFields';
import { Secret } from './Secret';
import { hasRole, useSession, type Session } from './session';

type Token = Answer<'/api/v1/tokens'>['items'][number];

const LIVES = [
  { value: '30d', label: '30 days' },
  { value: '90d', label: '90 days' },
  { value: '365d', label: 'A year' },
  { value: '', label: 'Never' },
];

function columns(session: Session): Column<Token>[] {
  return [
    {
      id: 'name',
      label: 'Name',
      width: 'minmax(140px, 1.4fr)',
      sort: (token) => token.name,
      cell: (token) => <span className={classes.name}>{token.name}</span>,
    },
    { id: 'state', label: 'State', width: '104px', sort: (token) => token.status.state, cell: (token) => <Outcome of={token.status.state} /> },
    {
      id: 'of',
      label: 'Of',
      sort: (token) => token.spec.account,
      cell: (token) => (token.spec.account === '' ? 'a service' : token.spec.account === session.name ? 'you' : token.spec.account),
    },
    { id: 'roles', label: 'Roles', cell: (token) => token.spec.roles.join(', ') },
    { id: 'teams', label: 'Teams', cell: (token) => token.spec.teams.join(', ') },
    {
      id: 'expires',
      label: 'Expires',
      width: '176px',
      sort: (token) => token.spec.expires_at ?? '9',
      cell: (token) => (token.spec.expires_at ? <Moment of={token.spec.expires_at} /> : <span className={classes.soft}>never</span>),
    },
    {
      id: 'used',
      label: 'Last used',
      width: '112px',
      sort: (token) => token.status.used_at ?? '',
      cell: (token) => (token.status.used_at ? <Age of={token.status.used_at} /> : <span className={classes.soft}>never</span>),
    },
    { id: 'delete', label: '', width: '96px', align: 'right', cell: (token) => <Revoke token={token} /> },
  ];
}

/** Tokens, with which programs call. */
export function TokensPage() {
  const session = useSession();
  const tokens = useRead('/api/v1/tokens', {}, { live: true });
  const [adding, setAdding] = useAddress('add');
  const action = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding('yes')}>
      New token
    </Button>
  );
  return (
    <Page title="Tokens" actions={action}>
      <p className={classes.soft}>
        Programs show a token instead of signing in: the command line tool, Prometheus, clients of the schema registry, query engines.
      </p>
      <Shown of={tokens} what="the tokens">
        {({ items }) =>
          items.length === 0 ? (
            <Empty action={action}>{hasRole(session, 'admin') ? 'There is no token yet.' : 'You have no token yet.'}</Empty>
          ) : (
            <DataTable label="Tokens" rows={items} columns={columns(session)} rowId={({ name }) => name} />
          )
        }
      </Shown>
      <Drawer
        opened={adding !== ''}
        onClose={() => setAdding('')}
        position="right"
        size={460}
        title="New token"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <NewToken close={() => setAdding('')} />
      </Drawer>
    </Page>
  );
}

function Revoke({ token }: { token: Token }) {
  const remove = useSend(() => send('delete', '/api/v1/tokens/{name}', { path: { name: token.name } }));
  return (
    <Confirm
      label="Revoke"
      question={`Revoke ${token.name}?`}
      effect="Programs that show it are refused from now on."
      verb="Revoke"
      destructive
      action={() => remove.mutateAsync()}
    />
  );
}

function NewToken({ close }: { close: () => void }) {
  const session = useSession();
  const admin = hasRole(session, 'admin');
  const own: Rights = { roles: session.roles ?? [], teams: session.teams ?? [], clearances: session.clearances ?? [] };
  const [name, setName] = useState('');
  const [expires, setExpires] = useState('90d');
  const [service, setService] = useState(false);
  const [rights, setRights] = useState(own);
  const create = useSend(() =>
    send('post', '/api/v1/tokens', {
      body: { name, expires, service, roles: rights.roles as ('viewer' | 'engine')[], teams: rights.teams, clearances: rights.clearances },
    }),
  );
  if (create.data) {
    return (
      <div className={classes.stack}>
        <Secret title="Token" value={create.data.token} note="It is shown only this once: put it where the program reads it." />
        <Group justify="flex-end">
          <Button onClick={close}>Done</Button>
        </Group>
      </div>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  const mine = ['viewer', 'builder', 'owner', 'admin'].filter((role) => hasRole(session, role as 'viewer'));
  return (
    <form className={classes.stack} onSubmit={submit}>
      <TextInput
        label="Name"
        description="After the program that will show it."
        required
        withAsterisk={false}
        data-autofocus
        autoComplete="off"
        spellCheck={false}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <NativeSelect label="Expires after" data={LIVES} value={expires} onChange={(event) => setExpires(event.currentTarget.value)} />
      {admin && (
        <Checkbox
          label="Of a service"
          description="It is nobody’s, and goes on when your account is gone."
          checked={service}
          onChange={(event) => {
            setService(event.currentTarget.checked);
            setRights(event.currentTarget.checked ? { roles: ['viewer'], teams: [], clearances: [] } : own);
          }}
        />
      )}
      <RightsFields rights={rights} change={setRights} teams={session.teams ?? []} {...(service ? {} : { only: mine })} />
      {create.error && <Failure error={create.error} what="create the token" />}
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button type="submit" loading={create.isPending}>
          Create
        </Button>
      </Group>
    </form>
  );
}
