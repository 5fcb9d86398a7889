import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError, call, type Problem } from '../api/api';
import { stream } from '../api/stream';

/** A column of a result. */
export interface ResultColumn {
  name: string;
  type: string;
  /** Whether its values are kept from the reader. */
  masked?: boolean;
}

/** A run of a query, as far as it got. */
export interface Run {
  state: 'none' | 'running' | 'done' | 'cancelled' | 'failed';
  sql: string;
  columns: ResultColumn[];
  /** Columns by table that are kept from the reader, whatever the statement does with them. */
  masked: Record<string, string[]>;
  rows: unknown[][];
  /** Whether there were more rows than asked for. */
  more: boolean;
  /** How long the server took; null while it runs. */
  milliseconds: number | null;
  /** When it began, by this machine's clock. */
  began: number;
  /** How long the first rows took; null before. */
  first: number | null;
  error: ApiError | null;
}

export const NO_RUN: Run = { state: 'none', sql: '', columns: [], masked: {}, rows: [], more: false, milliseconds: null, began: 0, first: null, error: null };

interface Line {
  columns?: ResultColumn[];
  masked?: Record<string, string[]>;
  rows?: unknown[][];
  end?: { outcome: 'done' | 'cancelled' | 'failed'; rows: number; more: boolean; milliseconds: number };
  problems?: Problem[];
}

/** Runs one query at a time. Rows are drawn a few times a second however fast they come. */
export function useRun(): { run: Run; start: (sql: string, rows: number) => void; cancel: () => void } {
  const [run, setRun] = useState<Run>(NO_RUN);
  const control = useRef<AbortController | null>(null);
  const id = useRef('');
  const end = useCallback(() => {
    if (id.current !== '') {
      // the server computes on unless it is told
      call('DELETE', `/api/v1/query/runs/${id.current}`).catch(() => undefined);
      id.current = '';
    }
  }, []);
  useEffect(
    () => () => {
      end();
      control.current?.abort();
    },
    [end],
  );
  const start = useCallback(
    (sql: string, most: number) => {
      end();
      control.current?.abort();
      const own = new AbortController();
      control.current = own;
      id.current = crypto.randomUUID();
      let now: Run = { ...NO_RUN, state: 'running', sql, began: performance.now() };
      let drawn = 0;
      const draw = (force: boolean) => {
        if (own.signal.aborted || (!force && performance.now() - drawn < 120)) return;
        drawn = performance.now();
        setRun(now);
      };
      draw(true);
      const failed = (error: ApiError) => {
        now = { ...now, state: 'failed', error, milliseconds: performance.now() - now.began };
        draw(true);
      };
      stream('POST', '/api/v1/query/runs', { id: id.current, sql, rows: most }, own.signal, ({ data }) => {
        const line = data as Line;
        if (line.columns) {
          now = { ...now, columns: line.columns, masked: line.masked ?? {} };
          draw(true);
        } else if (line.rows) {
          const first = now.first ?? performance.now() - now.began;
          // one array that grows: copying it for each batch would cost its square
          const rows = now.rows.length === 0 ? [] : now.rows;
          for (const row of line.rows) rows.push(row);
          now = { ...now, rows, first };
          draw(false);
        } else if (line.end) {
          now = { ...now, state: line.end.outcome, more: line.end.more, milliseconds: line.end.milliseconds };
          draw(true);
        } else if (line.problems) {
          failed(new ApiError(400, line.problems[0]?.code ?? 'INTERNAL', line.problems));
        }
      })
        .then(
          () => {
            if (now.state === 'running') failed(broken());
          },
          (error: unknown) => {
            if (error instanceof ApiError) failed(error);
            else if (!own.signal.aborted) throw error;
          },
        )
        .finally(() => {
          if (control.current === own) id.current = '';
        });
    },
    [end],
  );
  return { run, start, cancel: end };
}

function broken(): ApiError {
  const message = 'Cannot show all rows: the answer broke off. Run the query again.';
  return new ApiError(0, 'UNREACHABLE', [{ code: 'UNREACHABLE', message }]);
}
