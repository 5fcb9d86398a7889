import { Autocomplete } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Answer } from '../api/api';
import { useRead } from '../api/useApi';
import { fieldId } from '../catalog/paths';
import classes from './LineagePage.module.css';

/** Chooses a Source, a table or one of their fields, by words. */
export function FieldPicker({ field, choose }: { field: string; choose: (id: string) => void }) {
  const [text, setText] = useState(field);
  useEffect(() => setText(field), [field]);
  const asked = text.replace(/^(source|table):/, '');
  const found = useRead('/api/v1/search', { query: { q: asked, kind: ['source', 'table'], limit: 20 } }, { keep: true, enabled: text !== '' && text !== field });
  return (
    <Autocomplete
      className={classes.field ?? ''}
      aria-label="Field, Source or table"
      placeholder="Field, Source or table, such as studio.public.movie.title"
      value={text}
      data={found.data ? options(found.data) : []}
      filter={({ options: all }) => all}
      onChange={setText}
      onOptionSubmit={choose}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && /^(source|table|step|pipeline):/.test(text) && event.currentTarget.getAttribute('aria-activedescendant') === null) choose(text);
      }}
    />
  );
}

/** Fields that match come first, then what has them. */
export function options(answer: Answer<'/api/v1/search'>): string[] {
  const ids: string[] = [];
  for (const item of answer.items) {
    if (item.kind !== 'source' && item.kind !== 'table') continue;
    for (const hit of item.highlights) {
      if (hit.where === 'field' || hit.where === 'field_description') ids.push(fieldId(item.kind, item.name, hit.field));
    }
    ids.push(fieldId(item.kind, item.name));
  }
  return [...new Set(ids)].slice(0, 30);
}
