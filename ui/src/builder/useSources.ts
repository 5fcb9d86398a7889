import { useDebouncedValue } from '@mantine/hooks';
import { useRead } from '../api/useApi';

/** Sources by words, the best first: never all of them, since there may be ten thousand. */
export function useSources(text: string, limit = 30): { names: string[]; more: number; loading: boolean } {
  const [words] = useDebouncedValue(text.trim(), 150);
  const found = useRead('/api/v1/search', { query: { q: words, kind: ['source'], limit, sort: words === '' ? 'name' : 'rank' } }, { keep: true });
  const names = (found.data?.items ?? []).map((item) => item.name);
  return { names, more: Math.max(0, (found.data?.total ?? 0) - names.length), loading: found.isPending };
}
