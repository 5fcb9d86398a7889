import { useQueries } from '@tanstack/react-query';
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
  const results = useQueries({
    queries: pages.map((page) => {
      const url = urlOf('/api/v1/search', { query: { ...filters, offset: page * PAGE, limit: PAGE } });
      return {
        queryKey: [url],
        queryFn: ({ signal }: { signal: AbortSignal }) => call('GET', url, undefined, signal) as Promise<SearchAnswer>,
        placeholderData: page === 0 ? (before: SearchAnswer | undefined) => before : undefined,
        refetchInterval: 5_000,
      };
    }),
  });
  const first = results[pages.indexOf(0)];
  const rows = useMemo(() => {
    const all = new Map<number, Found>();
    results.forEach(({ data, isPlaceholderData }, i) => {
      if (data && !isPlaceholderData) data.items.forEach((item, at) => all.set((pages[i] ?? 0) * PAGE + at, item));
    });
    if (all.size === 0) first?.data?.items.forEach((item, at) => all.set(at, item));
    return all;
    // eslint-disable-next-line
  }, [results.map(({ dataUpdatedAt }) => dataUpdatedAt).join(), pages.join()]);
  return {
    answer: first?.data,
    error: (first?.error ?? null) as ApiError | null,
    refetch: () => first?.refetch(),
    rows,
  };
}
