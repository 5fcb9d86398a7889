import { useEffect, useRef, useState } from 'react';
import { ApiError, send } from '../api/api';
import type { Check, Preview } from './types';

/** The last answer about a text that changes, and whether it is about the present one. */
export interface Asked<T> {
  data: T | null;
  error: ApiError | null;
  /** Whether a newer answer is on its way. */
  pending: boolean;
}

/** Asks about a text once nobody has typed for a moment; older questions are given up. */
function useAsked<T>(question: string, pause: number, ask: (signal: AbortSignal) => Promise<T>, enabled: boolean): Asked<T> {
  const [state, setState] = useState<Asked<T>>({ data: null, error: null, pending: enabled });
  const latest = useRef(ask);
  latest.current = ask;
  const first = useRef(true);
  useEffect(() => {
    if (!enabled) return;
    const control = new AbortController();
    setState((before) => ({ ...before, pending: true }));
    const timer = setTimeout(
      () => {
        latest.current(control.signal).then(
          (data) => {
            if (!control.signal.aborted) setState({ data, error: null, pending: false });
          },
          (failure: unknown) => {
            if (control.signal.aborted) return;
            if (!(failure instanceof ApiError)) throw failure;
            setState((before) => ({ data: before.data, error: failure, pending: false }));
          },
        );
      },
      first.current ? 0 : pause,
    );
    first.current = false;
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [enabled, pause, question]);
  return state;
}

/** What is wrong with a pipeline, and what its steps give, as one types. */
export function useCheck(text: string): Asked<Check> {
  return useAsked(text, 250, (signal) => send('post', '/api/v1/pipelines/check', { body: { document: text }, signal }), true);
}

/** What the steps make of sampled events. */
export function usePreview(text: string, limit: number, keys: string[], turn: number): Asked<Preview> {
  const question = JSON.stringify([text, limit, keys, turn]);
  return useAsked(
    question,
    500,
    (signal) => send('post', '/api/v1/preview', { body: { document: text, limit, keys }, signal }),
    true,
  );
}
