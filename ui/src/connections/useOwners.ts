import { hasRole, useSession } from '../access/session';
import { useRead } from '../api/useApi';

/** Teams that the user may give a connection to: their own, and for admins those that own something already too. */
export function useOwners(): string[] {
  const session = useSession();
  const connections = useRead('/api/v1/{kind}', { path: { kind: 'connections' }, query: { proof: false } });
  const pipelines = useRead('/api/v1/{kind}', { path: { kind: 'pipelines' }, query: { proof: false } });
  const owners = [...(connections.data?.items ?? []), ...(pipelines.data?.items ?? [])].map(({ spec }) => String((spec as { owner?: unknown }).owner ?? ''));
  const own = session.teams ?? [];
  return [...new Set(hasRole(session, 'admin') ? [...own, ...owners.sort()] : own)].filter((owner) => owner !== '');
}
