import { useRead } from '../api/useApi';
import { pathOf } from '../catalog/paths';

/** Something that the palette can go to. */
export interface Hit {
  to: string;
  label: string;
  kind: string;
  detail?: string;
}

const KINDS = { source: 'Source', table: 'Table', pipeline: 'Pipeline', connection: 'Connection' };

/** What the catalog finds by some words, fields with what has them. */
export function useFound(text: string): Hit[] {
  const words = text.trim();
  const { data } = useRead('/api/v1/search', { query: { q: words, limit: 12 } }, { keep: true, enabled: words !== '' });
  if (words === '' || data === undefined) return [];
  return data.items.map((item) => {
    const field = item.highlights.find(({ where }) => where === 'field' || where === 'field_description');
    const named = item.highlights.some(({ where }) => where === 'name');
    const inField = field !== undefined && !named;
    return {
      to: inField && item.kind === 'source' ? `${pathOf(item.kind, item.name)}?${new URLSearchParams({ tab: 'schema', field: field.field })}` : pathOf(item.kind, item.name),
      label: inField ? `${item.name}.${field.field}` : item.name,
      kind: inField ? 'Field' : KINDS[item.kind],
      ...(item.owner || item.description ? { detail: item.description || item.owner } : {}),
    };
  });
}
