import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconChevronDown, IconChevronRight, IconDeviceFloppy, IconKey, IconTrash } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useSearchParams } from 'react-router';
import { send, type Answer, type ApiError } from '../api/api';
import { useRead, useSend } from '../api/useApi';
import { Age } from '../parts/Age';
import { Failure, Shown } from '../parts/States';
import type { Catalog } from './completion';
import classes from './Sidebar.module.css';

type Relation = Catalog['relations'][number];
type Saved = Answer<'/api/v1/query/saved'>['items'][number];

interface SidebarProps {
  catalog: { data: Catalog | undefined; error: ApiError | null; refetch: () => unknown };
  text: string;
  put: (sql: string) => void;
  insert: (name: string) => void;
  /** Changes when a query has run. */
  ran: number;
}

/** What there is to query, and the user's own queries. */
export function Sidebar({ catalog, text, put, insert, ran }: SidebarProps) {
  return (
    <aside className={classes.side} aria-label="Tables and queries">
      <Tables catalog={catalog} insert={insert} put={put} />
      <SavedQueries text={text} put={put} />
      <Recent put={put} ran={ran} />
    </aside>
  );
}

function Tables({ catalog, insert, put }: { catalog: SidebarProps['catalog']; insert: (name: string) => void; put: (sql: string) => void }) {
  const [search, setSearch] = useState('');
  const [open, setOpen] = useState('');
  return (
    <section className={classes.part} aria-label="Tables">
      <h2>Tables</h2>
      <Shown of={catalog} what="tables">
        {({ relations }) => {
          const shown = relations.filter((relation) => relation.name.toLowerCase().includes(search.toLowerCase()));
          return (
            <>
              {relations.length > 8 && <TextInput aria-label="Search tables" placeholder="Search tables" value={search} onChange={(event) => setSearch(event.currentTarget.value)} />}
              {relations.length === 0 && <p className={classes.note}>No pipeline has written a table yet.</p>}
              <ul className={classes.list}>
                {shown.slice(0, 200).map((relation) => (
                  <li key={relation.name}>
                    <button type="button" className={classes.table} aria-expanded={open === relation.name} onClick={() => setOpen(open === relation.name ? '' : relation.name)} onDoubleClick={() => insert(relation.name)}>
                      {open === relation.name ? <IconChevronDown size={13} aria-hidden /> : <IconChevronRight size={13} aria-hidden />}
                      <span>{relation.name}</span>
                    </button>
                    {open === relation.name && <Columns relation={relation} insert={insert} put={put} />}
                  </li>
                ))}
              </ul>
              {shown.length > 200 && <p className={classes.note}>and {shown.length - 200} more; search for them</p>}
            </>
          );
        }}
      </Shown>
    </section>
  );
}

function Columns({ relation, insert, put }: { relation: Relation; insert: (name: string) => void; put: (sql: string) => void }) {
  return (
    <div className={classes.columns}>
      <Button size="compact-xs" variant="default" onClick={() => put(`SELECT *\nFROM ${relation.name}\nLIMIT 100`)}>
        {relation.kind === 'view' ? 'Show its rows' : 'Show all changes'}
      </Button>
      <ul className={classes.list}>
        {relation.columns.map((column) => (
          <li key={column.name}>
            <button type="button" className={classes.column} onClick={() => insert(column.name)} title={column.doc || `Insert ${column.name}`}>
              <span className={classes.columnName}>
                {column.name}
                {relation.key.includes(column.name) && <IconKey size={11} aria-label="key" />}
              </span>
              <span className={classes.type}>{column.type}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function SavedQueries({ text, put }: { text: string; put: (sql: string) => void }) {
  const [params, setParams] = useSearchParams();
  const saved = useRead('/api/v1/query/saved');
  const [name, setName] = useState('');
  const save = useSend(() => send('post', '/api/v1/query/saved', { body: { name: name.trim(), sql: text } }));
  const remove = useSend((id: number) => send('delete', '/api/v1/query/saved/{id}', { path: { id: String(id) } }));
  const open = (query: Saved) => {
    put(query.sql);
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        after.set('saved', String(query.id));
        after.set('sql', query.sql);
        return after;
      },
      { replace: true },
    );
  };
  const chosen = params.get('saved');
  return (
    <section className={classes.part} aria-label="Saved queries">
      <h2>Saved</h2>
      <form
        className={classes.save}
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '' && text.trim() !== '') save.mutate(undefined, { onSuccess: () => setName('') });
        }}
      >
        <TextInput aria-label="Save as" placeholder="Save as…" value={name} onChange={(event) => setName(event.currentTarget.value)} maxLength={100} />
        <ActionIcon type="submit" variant="default" size={30} aria-label="Save the query" disabled={name.trim() === '' || text.trim() === ''} loading={save.isPending}>
          <IconDeviceFloppy size={15} aria-hidden />
        </ActionIcon>
      </form>
      {save.error && <Failure error={save.error} what="save the query" />}
      <Shown of={saved} what="saved queries">
        {({ items }) => (
          <ul className={classes.list}>
            {items.map((query) => (
              <li key={query.id} className={classes.saved} data-chosen={String(query.id) === chosen || undefined}>
                <button type="button" className={classes.query} onClick={() => open(query)} title={query.sql}>
                  {query.name}
                </button>
                <ActionIcon variant="subtle" color="gray" size={24} aria-label={`Delete ${query.name}`} onClick={() => remove.mutate(query.id)}>
                  <IconTrash size={13} aria-hidden />
                </ActionIcon>
              </li>
            ))}
            {items.length === 0 && <li className={classes.note}>None yet.</li>}
          </ul>
        )}
      </Shown>
    </section>
  );
}

function Recent({ put, ran }: { put: (sql: string) => void; ran: number }) {
  const recent = useRead('/api/v1/query/recent');
  const { refetch } = recent;
  useEffect(() => {
    if (ran > 0) void refetch();
  }, [ran, refetch]);
  return (
    <section className={classes.part} aria-label="Recent queries">
      <h2>Recent</h2>
      <Shown of={recent} what="recent queries">
        {({ items }) => (
          <ul className={classes.list}>
            {items.slice(0, 20).map((query) => (
              <li key={query.sql}>
                <button type="button" className={classes.query} onClick={() => put(query.sql)} title={query.sql} data-outcome={query.outcome}>
                  <span className={classes.sql}>{query.sql.replaceAll(/\s+/g, ' ').slice(0, 80)}</span>
                  <span className={classes.type}>
                    {query.outcome === 'done' ? '' : `${query.outcome}, `}
                    <Age of={query.ran_at} />
                  </span>
                </button>
              </li>
            ))}
            {items.length === 0 && <li className={classes.note}>None yet.</li>}
          </ul>
        )}
      </Shown>
    </section>
  );
}
