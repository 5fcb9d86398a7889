import { Button, Drawer, Group, TextInput } from '@mantine/core';
import { IconUserPlus } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { send, type Answer } from '../api/api';
import { useRead, useSend } from '../api/useApi';
import { Age } from '../parts/Age';
import { Confirm } from '../parts/Confirm';
import { DataTable, type Column } from '../parts/DataTable';
import { Facts } from '../parts/Facts';
import { Page } from '../parts/Page';
import { Empty, Failure, Notice, Shown } from '../parts/States';
import { useAddress } from '../parts/useAddress';
import classes from './Access.module.css';
import { Outcome } from './Outcome';
import { RightsFields, type Rights } from './RightsFields';
import { Secret } from './Secret';
import { hasRole, useSession } from './session';

type User = Answer<'/api/v1/users'>['items'][number];

const YOURSELF = 'This is you: nobody shuts themselves out. Ask another admin.';

const NEW: Rights = { roles: ['viewer'], teams: [], clearances: [] };

const COLUMNS: Column<User>[] = [
  {
    id: 'name',
    label: 'Name',
    width: 'minmax(140px, 1.4fr)',
    sort: (user) => user.name,
    cell: (user) => (
      <>
        <span className={classes.name}>{user.name}</span> <span className={classes.soft}>{user.spec.full_name}</span>
      </>
    ),
  },
  { id: 'state', label: 'State', width: '104px', sort: (user) => user.status.state, cell: (user) => <Outcome of={user.status.state} /> },
  { id: 'roles', label: 'Roles', cell: (user) => user.spec.roles.join(', ') },
  { id: 'teams', label: 'Teams', width: 'minmax(120px, 1.4fr)', cell: (user) => user.spec.teams.join(', ') },
  { id: 'clearances', label: 'Clearances', cell: (user) => (user.spec.clearances.includes('*') ? 'all' : user.spec.clearances.join(', ')) },
  {
    id: 'signed',
    label: 'Signed in',
    width: '120px',
    sort: (user) => user.status.signed_in_at ?? '',
    cell: (user) => (user.status.signed_in_at ? <Age of={user.status.signed_in_at} /> : <span className={classes.soft}>never</span>),
  },
];

/** The people who may sign in. */
export function PeoplePage() {
  const session = useSession();
  const admin = hasRole(session, 'admin');
  const users = useRead('/api/v1/users', {}, { enabled: admin, live: admin });
  const [chosen, setChosen] = useAddress('user');
  const [adding, setAdding] = useAddress('add');
  const items = users.data?.items ?? [];
  const teams = [...new Set(items.flatMap((user) => user.spec.teams))].sort();
  const user = items.find(({ name }) => name === chosen);
  if (!admin) {
    return (
      <Page title="People">
        <Notice tone="idle" title="Only admins see who may sign in">
          Ask an admin for the role admin, or for what you want to have changed.
        </Notice>
      </Page>
    );
  }
  return (
    <Page
      title="People"
      actions={
        <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => setAdding('yes')}>
          Add a person
        </Button>
      }
    >
      <Shown of={users} what="the people">
        {({ items: people }) =>
          people.length === 0 ? (
            <Empty action={<Button onClick={() => setAdding('yes')}>Add a person</Button>}>Nobody may sign in yet.</Empty>
          ) : (
            <DataTable
              label="People"
              rows={people}
              columns={COLUMNS}
              rowId={({ name }) => name}
              onOpen={({ name }) => setChosen(name)}
              chosen={chosen}
            />
          )
        }
      </Shown>
      <Drawer
        opened={adding !== ''}
        onClose={() => setAdding('')}
        position="right"
        size={460}
        title="Add a person"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <AddPerson teams={teams} close={() => setAdding('')} />
      </Drawer>
      <Drawer
        opened={user !== undefined}
        onClose={() => setChosen('')}
        position="right"
        size={460}
        title={user?.name}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {user && <PersonDetail key={user.name} user={user} teams={teams} close={() => setChosen('')} />}
      </Drawer>
    </Page>
  );
}

function AddPerson({ teams, close }: { teams: string[]; close: () => void }) {
  const [name, setName] = useState('');
  const [fullName, setFullName] = useState('');
  const [rights, setRights] = useState(NEW);
  const add = useSend(() => send('post', '/api/v1/users', { body: { name, full_name: fullName, ...wish(rights) } }));
  if (add.data) {
    return (
      <div className={classes.stack}>
        <Secret
          title="Password"
          value={add.data.password ?? ''}
          note={`It is shown only this once. Give it to ${add.data.item.name}, who can change it after signing in.`}
        />
        <Group justify="flex-end">
          <Button onClick={close}>Done</Button>
        </Group>
      </div>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <form className={classes.stack} onSubmit={submit}>
      <TextInput
        label="Name"
        description="With which they sign in; it can’t be changed."
        required
        withAsterisk={false}
        data-autofocus
        autoComplete="off"
        spellCheck={false}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput label="Full name" value={fullName} onChange={(event) => setFullName(event.currentTarget.value)} />
      <RightsFields rights={rights} change={setRights} teams={teams} only={['viewer', 'builder', 'owner', 'admin']} />
      {add.error && <Failure error={add.error} what="add the person" />}
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button type="submit" loading={add.isPending}>
          Add
        </Button>
      </Group>
    </form>
  );
}

function PersonDetail({ user, teams, close }: { user: User; teams: string[]; close: () => void }) {
  const session = useSession();
  const path = { path: { name: user.name } };
  const [fullName, setFullName] = useState(user.spec.full_name);
  const [rights, setRights] = useState<Rights>(user.spec);
  const change = useSend(() => send('put', '/api/v1/users/{name}', { ...path, body: { full_name: fullName, ...wish(rights) } }));
  const toggle = useSend((verb: 'disable' | 'enable') => send('post', `/api/v1/users/{name}/${verb}`, path));
  const reset = useSend(() => send('post', '/api/v1/users/{name}/reset-password', path));
  const link = useSend(() => send('post', '/api/v1/users/{name}/sign-in-link', path));
  const remove = useSend(() => send('delete', '/api/v1/users/{name}', path));
  const own = session.name === user.name;
  const local = user.status.issuer === '';
  return (
    <div className={classes.stack}>
      <Facts
        facts={[
          ['State', <Outcome key="state" of={user.status.state} />],
          ['Known to', local ? 'Backlot' : user.status.issuer],
          ['Added', <Age key="since" of={user.status.since} />],
          ['Signed in', user.status.signed_in_at ? <Age key="signed" of={user.status.signed_in_at} /> : 'never'],
        ]}
      />
      {reset.data && (
        <Secret
          title="New password"
          value={reset.data.password}
          note={`It is shown only this once. ${user.name} is signed out everywhere.`}
        />
      )}
      {link.data && (
        <Secret title="Sign-in link" value={link.data.url} note="It signs in once, within ten minutes: pass it on in a way that only they read." />
      )}
      {(reset.error ?? link.error ?? toggle.error) && (
        <Failure error={(reset.error ?? link.error ?? toggle.error)!} what="do this" />
      )}
      <div className={classes.buttons}>
        {local && (
          <Confirm
            label="Reset password"
            question={`Reset the password of ${user.name}?`}
            effect="They get a new password, and are signed out everywhere."
            verb="Reset"
            action={() => reset.mutateAsync()}
          />
        )}
        <Button variant="default" loading={link.isPending} onClick={() => link.mutate()} disabled={user.status.state === 'disabled'}>
          Sign-in link
        </Button>
        {user.status.state === 'disabled' ? (
          <Button variant="default" loading={toggle.isPending} onClick={() => toggle.mutate('enable')}>
            Enable
          </Button>
        ) : (
          <Confirm
            label="Disable"
            question={`Disable ${user.name}?`}
            effect="They are signed out at once and can’t sign in; their tokens stop working. What they built goes on."
            verb="Disable"
            action={() => toggle.mutateAsync('disable')}
            whyNot={own ? YOURSELF : ''}
          />
        )}
      </div>
      <form
        className={classes.stack}
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate();
        }}
      >
        <TextInput label="Full name" value={fullName} onChange={(event) => setFullName(event.currentTarget.value)} />
        <RightsFields rights={rights} change={setRights} teams={teams} only={['viewer', 'builder', 'owner', 'admin']} />
        {!local && <p className={classes.soft}>What the identity provider says of them replaces this at their next sign-in.</p>}
        {change.error && <Failure error={change.error} what="change the person" />}
        {change.isSuccess && !change.isPending && <Notice tone="healthy" title="Saved. It holds from their next click on." />}
        <Group justify="space-between">
          <Confirm
            label="Delete"
            question={`Delete ${user.name}?`}
            effect="The account is removed with its sessions and tokens. What they built, and what the access log says of them, stays."
            verb="Delete"
            destructive
            action={async () => {
              await remove.mutateAsync();
              close();
            }}
            whyNot={own ? YOURSELF : ''}
          />
          <Button type="submit" loading={change.isPending}>
            Save
          </Button>
        </Group>
      </form>
    </div>
  );
}

/** The server says which roles there are. */
function wish({ roles, teams, clearances }: Rights) {
  return { roles: roles as ('viewer' | 'builder' | 'owner' | 'admin' | 'engine')[], teams, clearances };
}
