import { useEffect, useState } from 'react';
import { send, type ApiError, type Answer } from '../api/api';
import { Notice } from '../parts/States';
import { Remedied } from './Checks';
import classes from './Review.module.css';

type Plan = Answer<'/api/v1/plan', 'post'>;

/** What the document would do if it were applied; asked again a moment after each change. */
export function Review({ text, checked }: { text: string; checked: boolean }) {
  const [plan, setPlan] = useState<{ of: string; plan: Plan | null; error: ApiError | null } | null>(null);
  useEffect(() => {
    const control = new AbortController();
    const timer = setTimeout(() => {
      send('post', '/api/v1/plan', { body: { files: [{ name: 'connection.yaml', text }] }, signal: control.signal }).then(
        (found) => setPlan({ of: text, plan: found, error: null }),
        (error: ApiError) => {
          if (!control.signal.aborted) setPlan({ of: text, plan: null, error });
        },
      );
    }, 400);
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [text, checked]);
  if (plan === null) return <p className={classes.busy}>Finding out what this does…</p>;
  if (plan.error !== null) {
    return (
      <Notice tone="failed" title={plan.error.problems.length === 1 ? 'One thing is in the way' : `${plan.error.problems.length} things are in the way`}>
        {plan.error.problems.map(({ message }) => (
          <Remedied key={message} message={message} />
        ))}
      </Notice>
    );
  }
  const effects = plan.plan?.documents?.[0]?.effects;
  const sources = effects?.sources ?? [];
  const added = sources.filter((line) => line.startsWith('add ')).map((line) => line.slice(4));
  const removed = sources.filter((line) => line.startsWith('remove ')).map((line) => line.slice(7));
  return (
    <div className={classes.review} data-stale={plan.of !== text || undefined}>
      {added.length > 0 && (
        <>
          <p>
            <strong>{added.length === 1 ? '1 Source is added' : `${added.length} Sources are added`}</strong> and dumped once, while their changes follow from now on.
          </p>
          <Names names={added} />
        </>
      )}
      {removed.length > 0 && (
        <>
          <p>
            <strong>{removed.length === 1 ? '1 Source is no longer captured' : `${removed.length} Sources are no longer captured`}</strong>. What they hold stays where it is.
          </p>
          <Names names={removed} />
        </>
      )}
      {added.length === 0 && removed.length === 0 && <p>No Source is added or removed.</p>}
      {(effects?.notes ?? []).map((note) => (
        <Notice key={note} tone="idle" title="Worth knowing">
          <Remedied message={note} />
        </Notice>
      ))}
    </div>
  );
}

function Names({ names }: { names: string[] }) {
  return (
    <ul className={classes.names}>
      {names.slice(0, 12).map((name) => (
        <li key={name}>{name}</li>
      ))}
      {names.length > 12 && <li>and {names.length - 12} more</li>}
    </ul>
  );
}
