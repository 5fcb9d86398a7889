import { useQueries, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { ApiError, call, urlOf, type Answer } from '../api/api';

export type SearchAnswer = Answer<'/api/v1/search'>;
export type Found = SearchAnswer['items'][number];

/** What narrows a search down, as it stands in the address. */
export interface Filters {
  q: string;
  kind: string[];
  owner: string[];
  domain: string[];
  tag: string[];
  state: string[];
}

export const PAGE = 100;

/** The pages of a search that are looked at; rows of others are not known yet. */
export function useSearch(filters: Filters, pages: readonly number[]) {
  const page = (at: number) => {
    const url = urlOf('/api/v1/search', { query: { ...filters, offset: at * PAGE, limit: PAGE } });
    return {
      queryKey: [url],
      queryFn: ({ signal }: { signal: AbortSignal }) => call('GET', url, undefined, signal) as Promise<SearchAnswer>,
      refetchInterval: 5_000,
    };
  };
  // Of its own: only so does the answer to the letters before stay until that to the next is there.
  const first = useQuery({ ...page(0), placeholderData: (before: SearchAnswer | undefined) => before });
  const further = pages.filter((at) => at !== 0);
  const results = useQueries({ queries: further.map(page) });
  const rows = useMemo(() => {
    const all = new Map<number, Found>();
    first.data?.items.forEach((item, at) => all.set(at, item));
    results.forEach(({ data }, i) => data?.items.forEach((item, at) => all.set((further[i] ?? 0) * PAGE + at, item)));
    return all;
    // eslint-disable-next-line
  }, [first.data, results.map(({ dataUpdatedAt }) => dataUpdatedAt).join(), pages.join()]);
  return {
    answer: first.data,
    error: first.error as ApiError | null,
    refetch: () => first.refetch(),
    rows,
  };
}
