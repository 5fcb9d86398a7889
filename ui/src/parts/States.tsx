import { Button, Skeleton } from '@mantine/core';
import { IconAlertTriangle, IconCircleX, IconInfoCircle, IconLock } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { ApiError } from '../api/api';
import classes from './States.module.css';

type Tone = 'idle' | 'busy' | 'blocked' | 'failed' | 'healthy';

const ICONS = { idle: IconInfoCircle, busy: IconInfoCircle, healthy: IconInfoCircle, blocked: IconAlertTriangle, failed: IconCircleX };

/** Something said in place: never the only trace of an error is one that goes away. */
export function Notice({ tone, title, children }: { tone: Tone; title: string; children?: ReactNode }) {
  const Icon = ICONS[tone];
  return (
    <div className={classes.notice} data-tone={tone} role={tone === 'failed' || tone === 'blocked' ? 'alert' : 'status'}>
      <Icon size={16} aria-hidden />
      <div>
        <strong>{title}</strong>
        {children && <div className={classes.more}>{children}</div>}
      </div>
    </div>
  );
}

/** Nothing to show: one sentence that says which nothing it is, and one action. */
export function Empty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className={classes.empty}>
      <p>{children}</p>
      {action}
    </div>
  );
}

/** Not loaded yet. */
export function Loading({ what, rows = 6 }: { what: string; rows?: number }) {
  return (
    <div className={classes.loading} aria-busy>
      <span className="visually-hidden" role="status">
        Loading {what}
      </span>
      {Array.from({ length: rows }, (_, i) => (
        <Skeleton key={i} className={classes.bone} />
      ))}
    </div>
  );
}

/**
 * What could not be read or done.
 *
 * @param what as in `Cannot WHAT`, such as `show the table`
 * @param effect on data; that nothing was changed unless given
 */
export function Failure({ error, what, effect, again }: { error: ApiError; what: string; effect?: string; again?: () => void }) {
  if (error.status === 403) {
    return (
      <div className={classes.notice} data-tone="idle" role="status">
        <IconLock size={16} aria-hidden />
        <div>
          <strong>You may not {what}</strong>
          <div className={classes.more}>{error.problems.map((problem) => problem.message).join(' ')}</div>
        </div>
      </div>
    );
  }
  return (
    <Notice tone="failed" title={`Could not ${what}`}>
      {error.problems.map((problem, i) => (
        <p key={i}>{problem.message}</p>
      ))}
      <p>{effect ?? 'Nothing was changed, and no data is lost.'}</p>
      {again && (
        <Button variant="default" onClick={again}>
          Try again
        </Button>
      )}
    </Notice>
  );
}

/**
 * A reading in its states: loading, failed with nothing to show, or there; a failure beside older data is said above them.
 */
export function Shown<T>({
  of: { data, error, refetch },
  what,
  children,
}: {
  of: { data: T | undefined; error: ApiError | null; refetch: () => unknown };
  what: string;
  children: (data: NonNullable<T>) => ReactNode;
}) {
  if (data === undefined || data === null) {
    return error === null ? <Loading what={what} /> : <Failure error={error} what={`show ${what}`} again={() => refetch()} />;
  }
  return (
    <>
      {error !== null && !error.unreachable && <Failure error={error} what={`show the newest state of ${what}`} />}
      {children(data)}
    </>
  );
}
