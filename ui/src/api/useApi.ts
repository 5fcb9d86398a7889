import { QueryClient, useMutation, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { ApiError, call, urlOf, type Answer, type Args, type Readable } from './api';
import { parse, parseWritten } from './exact';
import { watch, type Link } from './watch';

/** Keeps what was read; old data stay when a new reading fails. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: true,
      retry: (times, error) => error instanceof ApiError && error.unreachable && times < 1,
    },
  },
});

interface ReadOptions {
  /** Follows every change, at most once a second. */
  live?: boolean;
  /** Whether to read at all yet; true unless given. */
  enabled?: boolean;
  /** Shows what was read for other arguments until the new answer is there. */
  keep?: boolean;
  /** Keeps numbers as the server wrote them, as texts where they would be written otherwise here: for rows. Not with `live`. */
  written?: boolean;
}

/**
 * What a path answers. `data` is the last good answer, `error` why there is no newer one; with `live` the server pushes
 * each change, and while it is away the last answer stays.
 */
export function useRead<P extends Readable>(
  path: P,
  args: Args<P, 'get'> = {},
  { live = false, enabled = true, keep = false, written = false }: ReadOptions = {},
): UseQueryResult<Answer<P>, ApiError> {
  const url = urlOf(path, args as Args<P, 'get'>);
  const client = useQueryClient();
  const [pushed, setPushed] = useState<{ url: string; error: ApiError | null }>({ url, error: null });
  useEffect(() => {
    if (!live || !enabled) return;
    return watch.follow(url, (news) => {
      if ('body' in news) {
        setPushed({ url, error: null });
        client.setQueryData([url], news.body);
      } else {
        setPushed({ url, error: news.error });
      }
    });
  }, [client, live, enabled, url]);
  const result = useQuery<Answer<P>, ApiError>({
    queryKey: [url],
    queryFn: ({ signal }) => call('GET', url, undefined, signal, written ? parseWritten : parse) as Promise<Answer<P>>,
    enabled,
    ...(keep ? { placeholderData: (before: Answer<P> | undefined) => before as never } : {}),
  });
  const error = pushed.url === url ? pushed.error : null;
  return error === null ? result : ({ ...result, error, isError: true } as UseQueryResult<Answer<P>, ApiError>);
}

/** Reads a path before anything shows it. */
export function readAhead(path: Readable): void {
  const url = String(path);
  void queries.prefetchQuery({ queryKey: [url], queryFn: ({ signal }) => call('GET', url, undefined, signal) });
}

/**
 * Sends something; afterwards what was read is read again where it shows.
 *
 * @param action what to do, with `send`
 */
export function useSend<T, V = void>(action: (value: V) => Promise<T>) {
  const client = useQueryClient();
  return useMutation<T, ApiError, V>({
    mutationFn: action,
    onSettled: () => client.invalidateQueries(),
  });
}

/** Whether live data are up to date. */
export function useLink(): Link {
  return useSyncExternalStore(watch.onLink, watch.link);
}
