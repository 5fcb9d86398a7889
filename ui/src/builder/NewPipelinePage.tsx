import { Button, NativeSelect, Radio, TextInput, Autocomplete } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { useSession } from '../access/session';
import { useWhyNot } from '../access/whyNot';
import { ApiError, send } from '../api/api';
import { NotAllowed } from '../parts/Allowed';
import { Page } from '../parts/Page';
import { Failure } from '../parts/States';
import { blank, setHeader } from './document';
import { EXAMPLES } from './examples';
import { useSources } from './useSources';
import classes from './NewPipelinePage.module.css';

/** Names a new pipeline and what it begins with; the editor saves from the first letter on. */
export function NewPipelinePage() {
  const refused = useWhyNot()('put', '/api/v1/drafts/{name}');
  return (
    <Page title="New pipeline" parents={[{ to: '/pipelines', label: 'Pipelines' }]}>
      {refused === '' ? <Begin /> : <NotAllowed what="build a pipeline" whyNot={refused} />}
    </Page>
  );
}

function Begin() {
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const given = params.get('source') ?? '';
  const [kind, setKind] = useState<'source' | 'empty' | 'example'>('source');
  const [source, setSource] = useState(given);
  const [example, setExample] = useState(EXAMPLES[0]?.title ?? '');
  const [typed, setTyped] = useState<string | null>(null);
  const [owner, setOwner] = useState(useSession().teams?.[0] ?? '');
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const { names } = useSources(source, 50);
  const name = typed ?? (kind === 'source' ? suggestion(source) : 'new_pipeline');
  const odd = !/^[a-z][a-z0-9_]{0,49}$/.test(name);

  const create = async (event: FormEvent) => {
    event.preventDefault();
    if (odd || busy) return;
    setBusy(true);
    setError(null);
    const chosen = EXAMPLES.find((each) => each.title === example);
    const text = kind === 'example' && chosen ? setHeader(chosen.text, 'name', name) : blank(name, kind === 'source' ? source : '');
    try {
      await send('put', '/api/v1/drafts/{name}', {
        path: { name },
        body: { text: owner === '' ? text : setHeader(text, 'owner', owner), version: 0, base_revision: 0 },
      });
      void navigate(`/pipelines/${name}/edit`, { replace: true });
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      setError(failure);
      setBusy(false);
    }
  };

  return (
    <form className={classes.form} onSubmit={(event) => void create(event)}>
      <Radio.Group label="Begin with" value={kind} onChange={(next) => setKind(next as typeof kind)}>
        <div className={classes.choices}>
          <Radio value="source" label="A Source" description="Its rows flow into the first step you add." />
          <Radio value="example" label="An example" description="A pipeline that works, to change." />
          <Radio value="empty" label="Nothing" />
        </div>
      </Radio.Group>
      {kind === 'source' && (
        <Autocomplete
          label="Source"
          placeholder="Type a part of its name"
          value={source}
          limit={50}
          data={names}
          filter={({ options }) => options}
          onChange={setSource}
        />
      )}
      {kind === 'example' && (
        <NativeSelect label="Example" value={example} data={EXAMPLES.map((each) => each.title)} onChange={(event) => setExample(event.currentTarget.value)} />
      )}
      <TextInput
        label="Name"
        description="Small letters, digits and _; it can’t change later."
        value={name}
        error={odd && name !== '' ? 'This is not a name: small letters, digits and _, at most 50, a letter first.' : undefined}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <TextInput label="Owner" description="The team that answers for it." value={owner} onChange={(event) => setOwner(event.currentTarget.value)} />
      {error && (
        <Failure
          error={error}
          what="begin the pipeline"
          effect={error.code === 'CONFLICT' ? 'A draft of this name is there already; open it, or choose another name.' : 'Nothing was changed.'}
        />
      )}
      <div className={classes.actions}>
        <Button type="submit" loading={busy} disabled={odd}>
          Open the editor
        </Button>
        {error?.code === 'CONFLICT' && (
          <Button variant="default" onClick={() => void navigate(`/pipelines/${name}/edit`)}>
            Open {name}
          </Button>
        )}
      </div>
    </form>
  );
}

function suggestion(source: string): string {
  const word = source.split('.').at(-1)?.toLowerCase().replaceAll(/[^a-z0-9_]+/g, '_').replace(/^[^a-z]+/, '') ?? '';
  return word === '' ? 'new_pipeline' : `${word}_pipeline`.slice(0, 50);
}
