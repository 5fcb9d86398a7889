import { useRead } from '../api/useApi';

type Owned = 'connections' | 'pipelines' | 'sources';

/** The team that something belongs to; undefined while that is not known, or it has no name yet. */
export function useOwner(kind: Owned, name: string): string | undefined {
  const { data } = useRead('/api/v1/{kind}/{name}', { path: { kind, name }, query: { proof: false } }, { enabled: name !== '' });
  return data && ((data.spec as { owner?: string }).owner ?? '');
}

/** The team whose pipeline writes a table; undefined while that is not known. */
export function useTableOwner(table: string): string | undefined {
  return useRead('/api/v1/tables/{name}/details', { path: { name: table } }, { enabled: table !== '' }).data?.owner;
}
