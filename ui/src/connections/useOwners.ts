import { useRead } from '../api/useApi';

/** Teams that own something already, by name. */
export function useOwners(): string[] {
  const connections = useRead('/api/v1/{kind}', { path: { kind: 'connections' }, query: { proof: false } });
  const pipelines = useRead('/api/v1/{kind}', { path: { kind: 'pipelines' }, query: { proof: false } });
  const owners = [...(connections.data?.items ?? []), ...(pipelines.data?.items ?? [])].map(({ spec }) => String((spec as { owner?: unknown }).owner ?? ''));
  return [...new Set(owners)].filter((owner) => owner !== '').sort();
}
