import { Button } from '@mantine/core';
import { useState } from 'react';
import type { SearchAnswer } from './useSearch';
import classes from './CatalogPage.module.css';

const TITLES: Record<string, string> = { owner: 'Owner', domain: 'Domain', tag: 'Tag', state: 'State' };
const NONE: Record<string, string> = { owner: 'no owner', domain: 'no domain', tag: 'no tags', state: 'no state' };
const SHOWN = 8;

/** Values that narrow the list down, with how many each would leave. */
export function Facets({ facets, toggle }: { facets: SearchAnswer['facets']; toggle: (facet: string, value: string) => void }) {
  return (
    <aside className={classes.facets} aria-label="Narrow down">
      {facets
        .filter(({ name, values }) => name in TITLES && values.some(({ value, chosen }) => value !== '' || chosen))
        .map((facet) => (
          <FacetValues key={facet.name} facet={facet} toggle={toggle} />
        ))}
    </aside>
  );
}

function FacetValues({ facet, toggle }: { facet: SearchAnswer['facets'][number]; toggle: (facet: string, value: string) => void }) {
  const [all, setAll] = useState(false);
  const values = all ? facet.values : facet.values.slice(0, SHOWN);
  return (
    <fieldset className={classes.facet}>
      <legend>{TITLES[facet.name]}</legend>
      {values.map(({ value, count, chosen }) => (
        <label key={value} className={classes.value}>
          <input type="checkbox" checked={chosen} onChange={() => toggle(facet.name, value)} />
          <span className={value === '' ? classes.none : undefined}>{value === '' ? NONE[facet.name] : value.replaceAll('_', ' ')}</span>
          <span className={classes.count}>{count}</span>
        </label>
      ))}
      {facet.values.length > SHOWN && (
        <Button variant="subtle" size="compact-xs" justify="flex-start" onClick={() => setAll(!all)}>
          {all ? 'Fewer' : `${facet.values.length - SHOWN} more`}
        </Button>
      )}
    </fieldset>
  );
}
