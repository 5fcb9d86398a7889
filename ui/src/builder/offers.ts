import { IconDatabase, type Icon } from '@tabler/icons-react';
import { useMemo } from 'react';
import { iconOf } from './icons';
import { useBuilder, type Wanted } from './model';
import { useSources } from './useSources';

/** Something that can be added. */
export interface Offer {
  key: string;
  title: string;
  detail: string;
  Icon: Icon;
  wanted: Wanted;
}

export interface Group {
  heading: string;
  offers: Offer[];
}

const CATEGORIES: Record<string, string> = { rows: 'Rows', fields: 'Fields', lookup: 'Look up', output: 'Write to' };

/** What can be added, by words. */
export function useOffers(text: string): { groups: Group[]; loading: boolean; moreSources: number } {
  const { descriptors } = useBuilder();
  const { names, more, loading } = useSources(text);
  return useMemo(() => {
    const words = text.toLowerCase().split(/\s+/).filter((word) => word !== '');
    const fits = (...parts: string[]) => words.every((word) => parts.some((part) => part.toLowerCase().includes(word)));
    const byCategory = new Map<string, Offer[]>();
    for (const descriptor of descriptors.values()) {
      const { type, title, summary, description, category } = descriptor;
      if (!fits(type, title, summary, description)) continue;
      const role = descriptor.ports.outputs === 0 ? 'sink' : 'processor';
      const offer: Offer = { key: type, title, detail: summary, Icon: iconOf(role, descriptor), wanted: { role, type } };
      byCategory.set(category, [...(byCategory.get(category) ?? []), offer]);
    }
    const groups: Group[] = [...byCategory].map(([category, offers]) => ({ heading: CATEGORIES[category] ?? category, offers }));
    const order = ['Rows', 'Fields', 'Look up', 'Write to'];
    groups.sort((a, b) => (order.indexOf(a.heading) + 99) % 99 - ((order.indexOf(b.heading) + 99) % 99));
    groups.push({
      heading: 'Sources',
      offers: names.map((name) => ({
        key: `source ${name}`,
        title: name,
        detail: 'Source',
        Icon: IconDatabase,
        wanted: { role: 'source', type: name },
      })),
    });
    return {
      groups: groups.filter((group) => group.offers.length > 0),
      loading,
      moreSources: more,
    };
    // eslint-disable-next-line -- the names, not the list that holds them
  }, [descriptors, names.join('\n'), more, loading, text]);
}
