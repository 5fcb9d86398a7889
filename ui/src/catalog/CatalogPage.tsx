import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useCallback, useMemo, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import { AddConnection } from '../connections/AddConnection';
import { count } from '../format/format';
import { Page } from '../parts/Page';
import { Empty, Failure, Loading } from '../parts/States';
import { NewPipeline } from '../pipelines/NewPipeline';
import { useKeys } from '../shell/useKeys';
import { Facets } from './Facets';
import { Results } from './Results';
import { PAGE, useSearch, type Filters } from './useSearch';
import classes from './CatalogPage.module.css';

const KINDS = [
  { value: 'source', label: 'Sources' },
  { value: 'table', label: 'Tables' },
  { value: 'all', label: 'Everything' },
];

/** The catalog: every Source and table, found by what they are called and what is said about them. */
export function CatalogPage() {
  const [params, setParams] = useSearchParams();
  const [pages, setPages] = useState<number[]>([0]);
  const field = useRef<HTMLInputElement>(null);
  const kind = params.get('kind') ?? 'source';
  const filters: Filters = useMemo(
    () => ({
      q: params.get('q') ?? '',
      kind: kind === 'all' ? [] : [kind],
      owner: params.getAll('owner'),
      domain: params.getAll('domain'),
      tag: params.getAll('tag'),
      state: params.getAll('state'),
    }),
    [params, kind],
  );
  const [text, setText] = useState(filters.q);
  const { answer, error, refetch, rows } = useSearch(filters, pages);
  useKeys({ f: () => field.current?.focus() });

  const change = (edit: (after: URLSearchParams) => void) => {
    setPages([0]);
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        edit(after);
        return after;
      },
      { replace: true },
    );
  };
  const search = (value: string) => {
    setText(value);
    change((after) => (value === '' ? after.delete('q') : after.set('q', value)));
  };
  const toggle = (facet: string, value: string) =>
    change((after) => {
      const chosen = after.getAll(facet);
      after.delete(facet);
      (chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]).forEach((one) => after.append(facet, one));
    });
  const clear = () => {
    setText('');
    change((after) => ['q', 'owner', 'domain', 'tag', 'state'].forEach((name) => after.delete(name)));
  };
  const onRange = useCallback((from: number, to: number) => {
    const wanted = [0];
    for (let page = Math.floor(from / PAGE); page <= Math.floor(to / PAGE); page++) if (page !== 0) wanted.push(page);
    setPages((before) => (before.join() === wanted.join() ? before : wanted));
  }, []);
  const narrowed = filters.q !== '' || [filters.owner, filters.domain, filters.tag, filters.state].some((chosen) => chosen.length > 0);
  const noun = kind === 'table' ? 'table' : kind === 'source' ? 'Source' : 'thing';

  return (
    <Page title="Catalog">
      <div className={classes.layout}>
        <Facets facets={answer?.facets ?? []} toggle={toggle} />
        <div className={classes.main}>
          <div className={classes.bar}>
            <TextInput
              ref={field}
              className={classes.field ?? ''}
              aria-label="Search the catalog"
              placeholder="Names, fields, descriptions, owners, tags …"
              leftSection={<IconSearch size={14} aria-hidden />}
              value={text}
              onChange={(event) => search(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
                event.preventDefault();
                document.querySelector<HTMLElement>('[role=row][data-index="0"]')?.focus();
              }}
            />
            <SegmentedControl
              size="xs"
              aria-label="What is shown"
              data={KINDS}
              value={kind}
              onChange={(value) => change((after) => (value === 'source' ? after.delete('kind') : after.set('kind', value)))}
            />
            {answer && (
              <span className={classes.summary} role="status">
                {count(answer.total)} {noun}
                {answer.total === 1 ? '' : 's'}
              </span>
            )}
          </div>
          {error && <Failure error={error} what="search the catalog" again={refetch} />}
          {answer === undefined ? (
            !error && <Loading what="the catalog" rows={10} />
          ) : answer.total > 0 ? (
            <Results rows={rows} total={answer.total} onRange={onRange} />
          ) : narrowed ? (
            <Empty action={<Button variant="default" onClick={clear}>Show all</Button>}>
              Nothing matches{filters.q && ` “${filters.q}”`} with what is chosen.
            </Empty>
          ) : kind === 'table' ? (
            <Empty action={<NewPipeline />}>There are no tables yet: a pipeline makes them.</Empty>
          ) : (
            <Empty action={<AddConnection />}>There are no Sources yet: connect a database to see its tables here.</Empty>
          )}
        </div>
      </div>
    </Page>
  );
}
