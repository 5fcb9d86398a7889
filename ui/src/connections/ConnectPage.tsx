import { Autocomplete, Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { IconArrowRight, IconPlugConnected } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { stringify } from 'yaml';
import { useSession } from '../access/session';
import { useWhyNot } from '../access/whyNot';
import { send } from '../api/api';
import { useRead, useSend } from '../api/useApi';
import { Allowed, NotAllowed } from '../parts/Allowed';
import { CodeEditor } from '../parts/CodeEditor';
import { Page, Section } from '../parts/Page';
import { Failure, Notice, Shown } from '../parts/States';
import { Checks } from './Checks';
import { useCheckup } from './checkup';
import classes from './Connect.module.css';
import { forChecking, NEW, readForm, withFields, type Form, type Secret } from './document';
import { Review } from './Review';
import { TablePicker } from './TablePicker';
import { parseAddress } from './uri';
import { useOwners } from './useOwners';

/** Connects a database: where it is, checks, tables, and the document that comes of it. */
export function NewConnectionPage() {
  const team = useSession().teams?.[0];
  const refused = useWhyNot()('post', '/api/v1/connections/check');
  return (
    <Page title="Add a connection" parents={[{ to: '/connections', label: 'Connections' }]}>
      {refused === '' ? <Connect begin={team === undefined ? NEW : withFields(NEW, { owner: team })} /> : <NotAllowed what="add a connection" whyNot={refused} />}
    </Page>
  );
}

/** Changes a connection by the same form. */
export function EditConnectionPage() {
  const { name = '' } = useParams();
  const item = useRead('/api/v1/{kind}/{name}', { path: { kind: 'connections', name }, query: { proof: false } });
  const refused = useWhyNot()('post', '/api/v1/connections/check');
  return (
    <Page
      title={`Edit ${name}`}
      parents={[
        { to: '/connections', label: 'Connections' },
        { to: `/connections/${encodeURIComponent(name)}`, label: name },
      ]}
    >
      <Shown of={item} what="the connection">
        {({ spec }) =>
          refused === '' ? (
            <Connect begin={stringify(spec, { lineWidth: 0 })} owner={(spec as { owner?: string }).owner ?? ''} />
          ) : (
            <NotAllowed what="change a connection" whyNot={refused} />
          )
        }
      </Shown>
    </Page>
  );
}

/** The form and the document; `owner` is that of a connection which is there already. */
function Connect({ begin, owner }: { begin: string; owner?: string }) {
  const existing = owner !== undefined;
  const [text, setText] = useState(begin);
  const { checkup, check } = useCheckup();
  const navigate = useNavigate();
  const { form, error } = useMemo(() => readForm(text), [text]);
  const change = (fields: Partial<Form>) => setText((before) => withFields(before, fields));
  const place = forChecking(text);
  const stale = checkup.document !== '' && checkup.document !== place;
  const secretRefused = !stale && (checkup.error?.problems.some((problem) => problem.code === 'FORBIDDEN' && problem.place?.path === 'config.password') ?? false);
  const complete = form.name !== '' && form.host !== '' && form.database !== '' && form.user !== '' && hasSecret(form.password);
  const refused = useWhyNot()('post', '/api/v1/apply', owner, form.owner);
  const apply = useSend(() => send('post', '/api/v1/apply', { body: { files: [{ name: 'connection.yaml', text }] } }));
  useEffect(() => {
    if (existing) check(forChecking(begin));
  }, [begin, check, existing]);
  const create = async () => {
    await apply.mutateAsync();
    void navigate(`/connections/${encodeURIComponent(form.name)}`);
  };
  return (
    <div className={classes.connect}>
      <div className={classes.steps}>
        <Section title="1. Where it is">
          <Place form={form} change={change} existing={existing} refused={secretRefused} />
          <div className={classes.go}>
            <Button
              leftSection={<IconPlugConnected size={15} aria-hidden />}
              onClick={() => check(place)}
              disabled={!complete || error !== ''}
              loading={checkup.state === 'running'}
            >
              {checkup.state === 'none' ? 'Check the database' : 'Check again'}
            </Button>
            {!complete && <span className={classes.hint}>{lacking(form)}</span>}
            {stale && <span className={classes.hint}>Changed since the last check.</span>}
          </div>
        </Section>
        {checkup.state !== 'none' && (
          <Section title="2. Checks" note="Nothing is changed in your database by checking.">
            <Checks checkup={checkup} again={() => check(place)} />
          </Section>
        )}
        {checkup.tables !== null && (
          <Section title="3. Tables" note={`${checkup.tables.length} found`}>
            <TablePicker tables={checkup.tables} selection={form} change={change} />
          </Section>
        )}
      </div>
      <aside className={classes.document}>
        <Section title={checkup.tables === null ? 'Document' : '4. Review'} note="The form and this text are one document.">
          <CodeEditor label="The connection's document, in YAML" value={text} onChange={setText} language="yaml" minHeight="220px" maxHeight="480px" />
          {error !== '' && (
            <Notice tone="blocked" title="This is not YAML yet">
              <p>{error}</p>
            </Notice>
          )}
          {checkup.tables !== null && error === '' && form.include.length > 0 && <Review text={text} checked={!stale && checkup.state === 'ended'} />}
          {apply.error && <Failure error={apply.error} what={existing ? 'change the connection' : 'add the connection'} />}
          <Allowed whyNot={refused}>
            <Button
              rightSection={<IconArrowRight size={15} aria-hidden />}
              disabled={!complete || error !== '' || form.include.length === 0}
              loading={apply.isPending}
              onClick={() => void create().catch(() => undefined)}
            >
              {existing ? 'Save' : 'Add the connection'}
            </Button>
          </Allowed>
          {form.include.length === 0 && <span className={classes.hint}>{checkup.tables === null ? 'Check the database to see its tables.' : 'Choose a table first.'}</span>}
        </Section>
      </aside>
    </div>
  );
}

const hasSecret = (secret: Secret) => secret.env !== undefined || secret.file !== undefined;

function lacking(form: Form): string {
  const missing = [
    form.name === '' && 'a name',
    form.host === '' && 'a host',
    form.database === '' && 'a database',
    form.user === '' && 'a user',
    !hasSecret(form.password) && 'where the password is kept',
  ].filter((one) => one !== false);
  return `Still needed: ${missing.join(', ')}.`;
}

/** @param refused whether the last check was, for its password */
function Place({ form, change, existing, refused }: { form: Form; change: (fields: Partial<Form>) => void; existing: boolean; refused: boolean }) {
  const owners = useOwners();
  const [pasted, setPasted] = useState('');
  const address = pasted === '' ? null : parseAddress(pasted);
  const paste = (value: string) => {
    const found = parseAddress(value);
    // a password that was pasted is forgotten at once
    setPasted(found?.hadPassword ? value.replace(/:\/\/([^:/@]*):[^@]*@/, '://$1@').replace(/([?&]password=)[^&]*/, '$1') : value);
    setHadPassword(found?.hadPassword ?? false);
    if (found === null) return;
    change({
      host: found.host,
      port: String(found.port),
      database: found.database,
      user: found.user,
      ...(found.tls === '' || found.tls === 'prefer' ? {} : { tls: found.tls }),
      ...(form.name === '' && !existing ? { name: nameOf(found.database) } : {}),
    });
  };
  const [hadPassword, setHadPassword] = useState(false);
  return (
    <div className={classes.form}>
      <TextInput
        label="Address, if you have one"
        placeholder="postgresql://backlot@db.example.com:5432/studio"
        value={pasted}
        onChange={(event) => paste(event.currentTarget.value)}
        error={pasted !== '' && address === null ? 'It does not look like postgresql://user@host:port/database.' : undefined}
        className={classes.wide ?? ''}
        autoComplete="off"
        spellCheck={false}
      />
      {hadPassword && (
        <div className={classes.wide}>
          <Notice tone="blocked" title="The password was left out">
            <p>
              Documents never hold a password, only the name of a secret. Keep it as a file of the secrets directory or in a variable that begins
              with BACKLOT_SECRET_, and choose it below.
            </p>
          </Notice>
        </div>
      )}
      <TextInput
        label="Name"
        description="Lower case; Sources are named after it"
        value={form.name}
        onChange={(event) => change({ name: event.currentTarget.value })}
        disabled={existing}
        error={form.name !== '' && !/^[a-z][a-z0-9_]*$/.test(form.name) ? 'Lower-case letters, digits and underscores, beginning with a letter.' : undefined}
        autoComplete="off"
      />
      <Autocomplete
        label="Owner"
        description="The team that answers for it"
        data={owners}
        value={form.owner}
        onChange={(owner) => change({ owner })}
      />
      <TextInput label="Host" value={form.host} onChange={(event) => change({ host: event.currentTarget.value })} autoComplete="off" />
      <TextInput label="Port" inputMode="numeric" value={form.port} onChange={(event) => change({ port: event.currentTarget.value })} autoComplete="off" />
      <TextInput label="Database" value={form.database} onChange={(event) => change({ database: event.currentTarget.value })} autoComplete="off" />
      <TextInput label="User" value={form.user} onChange={(event) => change({ user: event.currentTarget.value })} autoComplete="off" />
      <SecretField secret={form.password} change={(password) => change({ password })} refused={refused} />
      <Select
        label="Encryption"
        data={[
          { value: 'disable', label: 'Never' },
          { value: 'prefer', label: 'If the server offers it' },
          { value: 'require', label: 'Always' },
          { value: 'verify_ca', label: 'Always, with a trusted certificate' },
          { value: 'verify_full', label: 'Always, and the certificate names the host' },
        ]}
        value={form.tls || 'prefer'}
        onChange={(tls) => change({ tls: tls === null || tls === 'prefer' ? '' : tls })}
        allowDeselect={false}
      />
    </div>
  );
}

function nameOf(database: string): string {
  return database
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '_')
    .replaceAll(/^[^a-z]+|_+$/g, '');
}

function SecretField({ secret, change, refused }: { secret: Secret; change: (secret: Secret) => void; refused: boolean }) {
  const secrets = useRead('/api/v1/secrets');
  const [kind, setKind] = useState<'env' | 'file'>(secret.file !== undefined ? 'file' : 'env');
  const items = secrets.data?.items ?? [];
  const names = items.flatMap((item) => (kind === 'env' ? (item.env ?? []) : (item.file ?? [])));
  const users = items.find((item) => (kind === 'env' ? item.env === secret.env : item.file === secret.file) && (secret.env ?? secret.file) !== undefined)?.used_by ?? [];
  return (
    <div className={classes.secret}>
      <Select
        label="Password"
        description={users.length > 0 ? `Used by ${users.join(', ')}` : 'The name of a secret; its value is never shown'}
        placeholder={secrets.data === undefined ? 'Reading names…' : names.length === 0 ? 'There is none for you' : 'Choose a secret'}
        data={names}
        value={(kind === 'env' ? secret.env : secret.file) ?? null}
        onChange={(name) => change(name === null ? {} : kind === 'env' ? { env: name } : { file: name })}
        nothingFoundMessage={
          kind === 'env'
            ? 'No variable that you may use begins with BACKLOT_SECRET_. Set one and start Backlot again.'
            : 'The secrets directory has no file that you may use. Write one there.'
        }
        error={refused ? 'You may not use it: the check says whose it is.' : undefined}
        searchable
      />
      <SegmentedControl
        aria-label="Where the secret is kept"
        size="xs"
        data={[
          { value: 'env', label: 'Variable' },
          { value: 'file', label: 'File' },
        ]}
        value={kind}
        onChange={(value) => {
          setKind(value as 'env' | 'file');
          change({});
        }}
      />
      {secrets.error && <Failure error={secrets.error} what="list the secrets" again={() => void secrets.refetch()} />}
    </div>
  );
}
