import { Button, Radio, Select, TextInput } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { useWhyNot } from '../access/whyNot';
import { ApiError, send, type Problem } from '../api/api';
import { useRead, useSend } from '../api/useApi';
import { cell } from '../format/cell';
import { Age, Left, Moment } from '../parts/Age';
import { Allowed } from '../parts/Allowed';
import { DataTable } from '../parts/DataTable';
import { Facts } from '../parts/Facts';
import { Section } from '../parts/Page';
import { Failure, Notice, Shown } from '../parts/States';
import type { BlockedField, BlockedSource, Choice, PipelineItem } from './pipeline';
import { pipelinePath } from './pipeline';
import classes from './Blocked.module.css';

/** What the API answers about a choice. */
interface Outcome {
  changes: string[] | { path: string; before?: unknown; after?: unknown }[];
  problems: Problem[];
  remaining: string[];
  preview?: { key: Record<string, unknown>; value: unknown; read_from: string }[];
  revision?: number;
}

/** What blocks a pipeline, and the choices that its owner has for every field. */
export function Blocked({ pipeline }: { pipeline: string }) {
  // Where the first events wait is asked of the data plane, which takes a moment: hence proof.
  const reading = useRead('/api/v1/{kind}/{name}', { path: { kind: 'pipelines', name: pipeline }, query: { proof: true } }, { live: true });
  return (
    <Shown of={{ ...reading, data: reading.data as unknown as PipelineItem | undefined }} what="what blocks it">
      {(item) =>
        (item.status.blocked ?? []).length === 0 ? (
          <Notice tone="busy" title={item.status.state === 'blocked' ? 'It is blocked for another reason' : 'Nothing blocks it any more'}>
            <p>{item.status.reason || 'It goes on.'}</p>
            {item.status.state === 'blocked' && <Link to={`${pipelinePath(pipeline)}/edit`}>Edit the pipeline</Link>}
          </Notice>
        ) : (
          <>
            {item.status.blocked?.map((source) => (
              <BlockedBy key={source.source} item={item} source={source} several={(item.status.blocked?.length ?? 0) > 1} />
            ))}
          </>
        )
      }
    </Shown>
  );
}

function BlockedBy({ item, source, several }: { item: PipelineItem; source: BlockedSource; several: boolean }) {
  const waiting = source.waiting ?? [];
  const keptUntil = waiting.flatMap((event) => (event.kept_until ? [event.kept_until] : [])).sort()[0];
  const first = waiting.flatMap((event) => (event.written_at ? [event.written_at] : [])).sort()[0];
  return (
    <>
      <Section title="What happened" note={several ? source.source : undefined}>
        <Facts
          facts={[
            ['Source', <Link key="s" to={`/sources/${encodeURIComponent(source.source)}`}>{source.source}</Link>],
            ['Changed', source.fields.map((field) => `${field.field} ${changeWords(field)}`).join('; ')],
            ['When', first ? <Age key="w" of={first} /> : 'The first event with the change is still looked for'],
            [
              'Position',
              waiting.length === 0 ? (
                'Kept: it stands exactly before the first event with the change'
              ) : (
                <span key="p">
                  Kept: it stands exactly before the first event with the change (
                  {waiting.map((event) => `partition ${event.partition} at ${event.offset}`).join(', ')}). Other partitions go on.
                </span>
              ),
            ],
            [
              'Events wait',
              keptUntil ? (
                <span key="k">
                  for certain until <Moment of={keptUntil} /> (<Left until={keptUntil} />)
                </span>
              ) : (
                'in the Source’s topic; nothing is lost'
              ),
            ],
          ]}
        />
      </Section>
      {source.fields.map((field) => (
        <FieldChoices key={field.field} pipeline={item.name} source={source} field={field} owner={item.spec.owner ?? ''} lost={arrives(item, source.source, field.field)} />
      ))}
    </>
  );
}

function changeWords(field: BlockedField): string {
  const words = { dropped: 'was dropped', renamed: 'was renamed', narrowed: 'holds less than before', changed: 'changed its type' };
  const base = words[field.change as keyof typeof words] ?? field.change.replaceAll('_', ' ');
  return field.becomes ? `${base} (now ${field.becomes})` : base;
}

/** Where a field's values arrive, by the deployed plan. */
function arrives(item: PipelineItem, source: string, field: string): string[] {
  return (item.status.consumes ?? []).find((of) => of.source === source)?.fields.find((of) => of.field === field)?.columns ?? [];
}

const TITLES: Record<Choice['choice'], string> = {
  map: 'Read another field instead',
  default: 'Put one value in its place',
  stop_consuming: 'Go on without it',
  accept: 'Read it as it is now',
  wait: 'Wait until the Source has it again',
};

/** One field: what breaks without it, and what can be done, each with a preview first. */
function FieldChoices({ pipeline, owner, source, field, lost }: { pipeline: string; owner: string; source: BlockedSource; field: BlockedField; lost: string[] }) {
  const refused = useWhyNot()('post', '/api/v1/pipelines/{name}/resolve', owner);
  const offered = field.choices.filter((choice) => choice.choice !== 'stop_consuming' || choice.command);
  const [choice, setChoice] = useState<Choice['choice']>(offered[0]?.choice ?? 'wait');
  const map = field.choices.find((each) => each.choice === 'map');
  const [from, setFrom] = useState(map?.fields?.[0] ?? '');
  const [value, setValue] = useState('');
  const [preview, setPreview] = useState<{ of: string; outcome: Outcome } | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const body = { source: source.source, field: field.field, choice, ...(choice === 'map' ? { from } : {}), ...(choice === 'default' ? { value } : {}) };
  const of = JSON.stringify(body);
  const resolve = useSend((dryRun: boolean) => send('post', '/api/v1/pipelines/{name}/resolve', { path: { name: pipeline }, body: { ...body, dry_run: dryRun } as never }));
  const ask = async (dryRun: boolean) => {
    setError(null);
    try {
      const outcome = (await resolve.mutateAsync(dryRun)) as unknown as Outcome;
      setPreview({ of, outcome });
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      setError(failure);
    }
  };
  const looked = preview?.of === of ? preview.outcome : null;
  const stop = field.choices.find((each) => each.choice === 'stop_consuming' && !each.command);
  const ready = choice !== 'wait' && (choice !== 'default' || value !== '') && (choice !== 'map' || from !== '');
  return (
    <Section title={`Field ${field.field}`} note={field.reason}>
      <Facts
        facts={[
          ['Steps that name it', field.steps.join(', ') || 'none'],
          ['What breaks without it', lost.length > 0 ? `new values of ${lost.join(', ')}` : 'the steps that name it'],
        ]}
      />
      <Radio.Group value={choice} onChange={(next) => setChoice(next as Choice['choice'])} label={`What shall stand for ${field.field} from now on?`} className={classes.choices}>
        {offered.map((each) => (
          <div key={each.choice} className={classes.choice} data-chosen={choice === each.choice || undefined}>
            <Radio value={each.choice} label={TITLES[each.choice]} description={each.means} />
            {choice === 'map' && each.choice === 'map' && (
              <Select label="Field to read" data={each.fields ?? []} value={from} onChange={(next) => setFrom(next ?? '')} allowDeselect={false} w={240} searchable />
            )}
            {choice === 'default' && each.choice === 'default' && (
              <TextInput label="Value" value={value} onChange={(event) => setValue(event.currentTarget.value)} w={240} />
            )}
          </div>
        ))}
      </Radio.Group>
      {stop?.instead && (
        <Notice tone="idle" title="It can’t simply go on without the field">
          {stop.instead.map((text) => (
            <p key={text}>{text}</p>
          ))}
          <Link to={`${pipelinePath(pipeline)}/edit`}>Edit the pipeline</Link>
        </Notice>
      )}
      {error && <Failure error={error} what="carry it out" effect="The pipeline is as it was: blocked, with its position kept." />}
      {looked && <OutcomeShown outcome={looked} field={field.field} />}
      {choice !== 'wait' && (
        <div className={classes.buttons}>
          <Allowed whyNot={refused}>
            <Button variant="default" disabled={!ready} loading={resolve.isPending} onClick={() => void ask(true)}>
              Preview
            </Button>
          </Allowed>
          <Allowed whyNot={refused}>
            <Button disabled={!ready || looked === null || looked.problems.length > 0 || looked.revision !== undefined} loading={resolve.isPending} leftSection={<IconSend size={14} aria-hidden />} onClick={() => void ask(false)}>
              Resolve and resume
            </Button>
          </Allowed>
          {looked === null && <span className={classes.soft}>Look at the preview first: nothing is changed by it.</span>}
        </div>
      )}
    </Section>
  );
}

/** What a choice would come to, or has come to. */
function OutcomeShown({ outcome, field }: { outcome: Outcome; field: string }) {
  if (outcome.problems.length > 0) {
    return (
      <Notice tone="failed" title="The pipeline could not be planned like this">
        {outcome.problems.map((problem, i) => (
          <p key={i}>{problem.message}</p>
        ))}
        <p>Nothing was changed.</p>
      </Notice>
    );
  }
  if (outcome.revision !== undefined) {
    return (
      <Notice tone="healthy" title={`Written as revision ${outcome.revision}`}>
        <p>
          {outcome.remaining.length > 0
            ? `It stays before the change until these are resolved too: ${outcome.remaining.join(', ')}.`
            : 'It goes on with the very event that waited; no event is read twice or left out.'}
        </p>
      </Notice>
    );
  }
  return (
    <div className={classes.preview}>
      <h3>Preview: nothing is changed yet</h3>
      {outcome.changes.length === 0 ? (
        <p>The document stays as it is; the pipeline is planned afresh.</p>
      ) : (
        <ul>
          {outcome.changes.map((change, i) => (
            <li key={i}>
              <code>{typeof change === 'string' ? change : `${change.path}: ${JSON.stringify(change.before ?? null)} → ${JSON.stringify(change.after ?? null)}`}</code>
            </li>
          ))}
        </ul>
      )}
      {outcome.preview && outcome.preview.length > 0 && (
        <DataTable
          label={`Newest rows with ${field} as it would be read`}
          rows={outcome.preview}
          rowId={(row) => JSON.stringify(row.key)}
          columns={[
            { id: 'key', label: 'Key', cell: (row) => Object.values(row.key).map(String).join(', '), width: 'minmax(120px, 1fr)' },
            { id: 'value', label: field, cell: (row) => cell(row.value).text, width: 'minmax(140px, 1fr)' },
            { id: 'from', label: 'Read from', cell: (row) => <code>{row.read_from}</code>, width: '140px' },
          ]}
        />
      )}
      {outcome.remaining.length > 0 && <p>Still to be resolved afterwards: {outcome.remaining.join(', ')}.</p>}
    </div>
  );
}
