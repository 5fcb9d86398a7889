import { Button, Checkbox, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import { useWhyNot } from '../access/whyNot';
import { ApiError, send, type Answer } from '../api/api';
import { Allowed } from '../parts/Allowed';
import { Failure, Loading, Notice } from '../parts/States';
import { Section } from '../parts/Page';
import { lineDiff } from './diff';
import { useBuilder } from './model';
import { Touches } from './Touches';
import classes from './Review.module.css';

type Changes = Answer<'/api/v1/plan', 'post'>;

interface ReviewProps {
  /** What is deployed, or empty. */
  before: string;
  revision: number;
  /** The team that it belongs to as it is deployed; undefined when it is not. */
  owner: string | undefined;
  back: () => void;
  /** Called with the new revision. */
  deployed: (revision: number, backfill: boolean) => void;
}

/** What deploying would do: to the text, to jobs and tables, to those who read on. */
export function Review({ before, revision, owner, back, deployed }: ReviewProps) {
  const { name, text, check, pipeline } = useBuilder();
  const [message, setMessage] = useState('');
  const [backfill, setBackfill] = useState(true);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<ApiError | null>(null);
  const files = [{ name: 'pipeline.yaml', text }];
  const plan = useQuery<Changes, ApiError>({
    queryKey: ['plan', text],
    queryFn: ({ signal }) => send('post', '/api/v1/plan', { body: { files }, signal }),
    retry: false,
  });
  const refusedTo = useWhyNot()('post', '/api/v1/apply', owner, pipeline.owner);
  const published = pipeline.steps.map((step) => step.publish).filter((source) => source !== '');
  const effects = plan.data?.documents?.find((each) => each.name === name || plan.data?.documents?.length === 1)?.effects;
  const fresh = (effects?.notes ?? []).filter((note) => /column/i.test(note) && /(backfill|before)/i.test(note));
  const lines = lineDiff(before, text);
  const changedLines = lines.filter((line) => line.kind !== 'same').length;
  useEffect(() => setRefused(null), [text]);

  const deploy = async () => {
    setBusy(true);
    setRefused(null);
    try {
      const answer = await send('post', '/api/v1/apply', { body: { files, expected_revision: revision, message } });
      deployed(answer?.documents?.[0]?.revision ?? revision + 1, fresh.length > 0 && backfill);
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      setRefused(failure);
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className={classes.review}>
      <div className={classes.columns}>
        <Section title="What changes" note={revision === 0 ? 'a new pipeline' : `since revision ${revision}: ${changedLines} lines`}>
          {changedLines === 0 ? (
            <p className={classes.quiet}>The text is what is deployed already.</p>
          ) : (
            <pre className={classes.diff} aria-label="Difference, line by line" tabIndex={0}>
              {folded(lines).map((line, i) => (
                <span key={i} className={classes.line} data-kind={line.kind}>
                  <span aria-hidden>{line.kind === 'added' ? '+' : line.kind === 'removed' ? '−' : ' '}</span>
                  {line.kind !== 'same' && <span className="visually-hidden">{line.kind}: </span>}
                  {line.text || ' '}
                  {'\n'}
                </span>
              ))}
            </pre>
          )}
        </Section>
        <div className={classes.effects}>
          <Section title="What happens">
            {plan.isPending ? (
              <Loading what="the plan" rows={4} />
            ) : plan.error ? (
              <Failure error={plan.error} what="plan it" again={() => void plan.refetch()} />
            ) : (
              <Effects effects={effects} action={plan.data?.documents?.[0]?.action} />
            )}
            {published.length > 0 && (
              <p className={classes.quiet}>
                Publishes {published.join(', ')}. <Link to={`/lineage?field=${encodeURIComponent(published[0] ?? '')}`}>Who reads it</Link>
              </p>
            )}
          </Section>
          {revision > 0 && <Touches before={before} />}
          {fresh.length > 0 && (
            <Section title="Rows written before">
              <Checkbox
                checked={backfill}
                onChange={(event) => setBackfill(event.currentTarget.checked)}
                label="Fill the new columns of older rows once it runs"
                description="In the background, from what the Sources still hold; every other value stays. It can be done later too."
              />
            </Section>
          )}
          <Section title="Deploy">
            <TextInput label="What for" description="For the history of revisions; may stay empty." value={message} onChange={(event) => setMessage(event.currentTarget.value)} />
            {refused && (
              <Failure
                error={refused}
                what="deploy it"
                effect={refused.code === 'CONFLICT' ? 'Nothing was changed. The editor shows both versions.' : 'Nothing was changed: what ran before runs on.'}
              />
            )}
            {(check.data?.problems.length ?? 0) > 0 && (
              <Notice tone="blocked" title="It can’t be deployed yet">
                {check.data?.problems.length} {check.data?.problems.length === 1 ? 'problem is' : 'problems are'} left.
              </Notice>
            )}
            <div className={classes.actions}>
              <Button variant="default" onClick={back}>
                Back to the editor
              </Button>
              <Allowed whyNot={refusedTo}>
                <Button loading={busy} disabled={plan.isPending || plan.error !== null || (check.data?.problems.length ?? 1) > 0} onClick={() => void deploy()}>
                  {revision === 0 ? 'Deploy' : `Deploy as a change of revision ${revision}`}
                </Button>
              </Allowed>
            </div>
          </Section>
        </div>
      </div>
    </div>
  );
}

type EffectsOf = NonNullable<NonNullable<Changes['documents']>[number]['effects']>;

const KINDS: [keyof EffectsOf, string][] = [
  ['jobs', 'Jobs'],
  ['tables', 'Tables'],
  ['topics', 'Streams'],
  ['sources', 'Sources'],
  ['notes', 'Mind that'],
];

function Effects({ effects, action }: { effects: EffectsOf | undefined; action: string | undefined }) {
  if (action === 'unchanged' || effects === undefined) return <p className={classes.quiet}>Nothing: the same runs already.</p>;
  const said = KINDS.filter(([kind]) => (effects[kind] ?? []).length > 0);
  return (
    <dl className={classes.list}>
      {said.map(([kind, label]) => (
        <div key={kind} data-kind={kind}>
          <dt>{label}</dt>
          <dd>
            <ul>
              {(effects[kind] ?? []).map((effect) => (
                <li key={effect}>{effect}</li>
              ))}
            </ul>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Leaves out what stays far from any change. */
function folded(lines: ReturnType<typeof lineDiff>): ReturnType<typeof lineDiff> {
  const near = lines.map((_, i) => lines.slice(Math.max(0, i - 3), i + 4).some((line) => line.kind !== 'same'));
  const kept: ReturnType<typeof lineDiff> = [];
  lines.forEach((line, i) => {
    if (near[i]) kept.push(line);
    else if (near[i - 1] || i === 0) kept.push({ kind: 'same', text: '…' });
  });
  return kept;
}
