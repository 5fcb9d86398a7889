import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError, type Problem } from '../api/api';
import { stream } from '../api/stream';
import type { components } from '../api/schema';

export type CheckStep = components['schemas']['CheckStep'];
export type TableFacts = components['schemas']['TableFacts'];

/** A look at a database, as far as it got. */
export interface Checkup {
  state: 'none' | 'running' | 'ended';
  steps: CheckStep[];
  /** Null until they are listed. */
  tables: TableFacts[] | null;
  capturable: boolean;
  /** Why it could not be made at all, or broke off. */
  error: ApiError | null;
  /** The document that was checked. */
  document: string;
}

const NONE: Checkup = { state: 'none', steps: [], tables: null, capturable: false, error: null, document: '' };

/** Checks documents one at a time; a new check ends the one before. */
export function useCheckup(): { checkup: Checkup; check: (document: string) => void } {
  const [checkup, setCheckup] = useState<Checkup>(NONE);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const check = useCallback((document: string) => {
    running.current?.abort();
    const control = new AbortController();
    running.current = control;
    setCheckup((before) => ({ ...NONE, tables: before.tables, state: 'running', document }));
    const change = (next: (before: Checkup) => Checkup) => {
      if (!control.signal.aborted) setCheckup(next);
    };
    let first = true;
    stream('POST', '/api/v1/connections/check', { document }, control.signal, ({ event, data }) => {
      if (event === 'check') {
        change((before) => ({ ...before, steps: [...before.steps, data as CheckStep] }));
      } else if (event === 'tables') {
        const { tables } = data as { tables: TableFacts[] };
        const fresh = first;
        first = false;
        change((before) => ({ ...before, tables: fresh ? tables : [...(before.tables ?? []), ...tables] }));
      } else if (event === 'end') {
        const { capturable } = data as { capturable: boolean };
        change((before) => ({ ...before, state: 'ended', capturable, tables: first ? (capturable ? [] : null) : before.tables }));
      } else if (event === 'problems') {
        const { problems } = data as { problems: Problem[] };
        change((before) => ({ ...before, state: 'ended', error: new ApiError(503, problems[0]?.code ?? 'INTERNAL', problems) }));
      }
    }).then(
      () => change((before) => (before.state === 'running' ? { ...before, state: 'ended', error: broken() } : before)),
      (error: unknown) => {
        if (error instanceof ApiError) change((before) => ({ ...before, state: 'ended', error }));
        else if (!control.signal.aborted) throw error;
      },
    );
  }, []);
  return { checkup, check };
}

function broken(): ApiError {
  const message = 'Cannot check the connection: the answer broke off. Check again.';
  return new ApiError(0, 'UNREACHABLE', [{ code: 'UNREACHABLE', message }]);
}
