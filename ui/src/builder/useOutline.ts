import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ApiError, send } from '../api/api';
import { useRead } from '../api/useApi';
import type { Step } from './document';
import type { Graph, Outline } from './types';

/** What a step's query asks its graph for; null while that is not known. */
export function useOutline(step: Step): Outline | null {
  const endpoint = word(step.config['endpoint']);
  const query = word(step.config['query']);
  const { data } = useQuery<Outline, ApiError>({
    queryKey: ['outline', endpoint, query],
    queryFn: ({ signal }) => send('post', '/api/v1/endpoints/{name}/outline', { path: { name: endpoint }, body: { query }, signal }),
    enabled: endpoint !== '' && query.trim() !== '',
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 60_000,
  });
  return data ?? null;
}

/** What the graph behind a step's endpoint offers. */
export function useGraph(step: Step): { graph: Graph | null; error: ApiError | null } {
  const name = word(step.config['endpoint']);
  const { data, error } = useRead('/api/v1/endpoints/{name}/graph', { path: { name } }, { enabled: name !== '' });
  return { graph: data ?? null, error };
}

function word(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
