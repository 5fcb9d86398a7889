import { Button, Checkbox, SegmentedControl, Switch, TextInput } from '@mantine/core';
import { IconKey, IconSearch } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { count, UNKNOWN } from '../format/format';
import { Empty } from '../parts/States';
import { Remedied } from './Checks';
import type { TableFacts } from './checkup';
import type { Form, Keyless } from './document';
import { chosenBy, obstacleTo, schemaPattern, toggled, withSchema, type Selection } from './selection';
import { size } from './size';
import classes from './TablePicker.module.css';

const ROW = 30;

/** The tables of a database: single ones, or whole schemas with what is added to them later. */
export function TablePicker({
  tables,
  selection,
  change,
}: {
  tables: TableFacts[];
  selection: Selection;
  change: (fields: Partial<Form>) => void;
}) {
  const [search, setSearch] = useState('');
  const [open, setOpen] = useState('');
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = tables.filter((table) => words.every((word) => `${table.name} ${table.comment}`.toLowerCase().includes(word)));
  const schemas = useMemo(() => [...new Set(tables.map((table) => table.schema))].sort(), [tables]);
  const selected = tables.filter((table) => chosenBy(selection, table) !== null);
  const keyless = tables.filter((table) => table.keyless !== '' && table.obstacle === '');
  const take = ({ include, exclude }: Selection) => change({ include, exclude });
  const choosable = shown.filter((table) => obstacleTo(selection.keyless, table) === '');
  const all = choosable.length > 0 && choosable.every((table) => chosenBy(selection, table) !== null);
  const toggleShown = () => take(choosable.reduce((before, table) => toggled(before, table, !all), selection));
  if (tables.length === 0) return <Empty>This database has no tables yet.</Empty>;
  return (
    <div className={classes.picker}>
      <div className={classes.tools}>
        <TextInput
          aria-label="Search tables"
          placeholder="Search tables"
          leftSection={<IconSearch size={14} aria-hidden />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          className={classes.search ?? ''}
        />
        <Button variant="default" onClick={toggleShown} disabled={choosable.length === 0}>
          {all ? 'Clear' : 'Select'} {words.length > 0 ? `${choosable.length} found` : 'all'}
        </Button>
        <span className={classes.count} role="status">
          {count(selected.length)} of {count(tables.length)} selected
        </span>
      </div>
      <fieldset className={classes.schemas}>
        <legend>Whole schemas, with the tables that are added later</legend>
        {schemas.map((schema) => (
          <Switch
            key={schema}
            size="xs"
            label={schemaPattern(schema)}
            checked={selection.include.includes(schemaPattern(schema))}
            onChange={(event) => take(withSchema(selection, schema, tables, event.currentTarget.checked))}
          />
        ))}
      </fieldset>
      {keyless.length > 0 && <KeylessChoice number={keyless.length} value={selection.keyless} choose={(value) => change({ keyless: value })} />}
      {shown.length === 0 ? (
        <Empty action={<Button variant="default" onClick={() => setSearch('')}>Show all tables</Button>}>No table is called like this.</Empty>
      ) : (
        <Rows tables={shown} selection={selection} take={take} open={open} setOpen={setOpen} />
      )}
    </div>
  );
}

const KEYLESS: { value: Keyless; label: string; text: string }[] = [
  { value: 'refuse', label: 'Leave them out', text: 'Rows that the log can’t tell apart are not captured.' },
  { value: 'append', label: 'Inserts only', text: 'New rows are captured; updates and deletes are not, and there is no business view.' },
  { value: 'full_row', label: 'Whole rows', text: 'Everything is captured, told apart by all columns. Each table needs REPLICA IDENTITY FULL, which makes its log larger.' },
];

function KeylessChoice({ number, value, choose }: { number: number; value: Keyless; choose: (value: Keyless) => void }) {
  return (
    <div className={classes.keyless}>
      <span id="keyless">{number === 1 ? '1 table has' : `${number} tables have`} no key:</span>
      <SegmentedControl
        size="xs"
        aria-labelledby="keyless"
        data={KEYLESS.map(({ value: one, label }) => ({ value: one, label }))}
        value={value}
        onChange={(chosen) => choose(chosen as Keyless)}
      />
      <span className={classes.note}>{KEYLESS.find((one) => one.value === value)?.text}</span>
    </div>
  );
}

function Rows({
  tables,
  selection,
  take,
  open,
  setOpen,
}: {
  tables: TableFacts[];
  selection: Selection;
  take: (selection: Selection) => void;
  open: string;
  setOpen: (name: string) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: tables.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => (tables[index]?.name === open ? ROW + 90 : ROW),
    getItemKey: (index) => tables[index]?.name ?? index,
    overscan: 10,
  });
  const pressed = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[event.key];
    const at = Number((event.target as HTMLElement).closest('[data-index]')?.getAttribute('data-index') ?? -1);
    if (step === undefined || at < 0) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(tables.length - 1, at + step));
    virtual.scrollToIndex(next);
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-index="${next}"] input`)?.focus());
  };
  return (
    <div ref={box} className={classes.rows} onKeyDown={pressed}>
      <div className={classes.inner} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const table = tables[index];
          if (table === undefined) return null;
          const by = chosenBy(selection, table);
          const why = obstacleTo(selection.keyless, table);
          const explained = open === table.name;
          return (
            <div key={key} ref={virtual.measureElement} data-index={index} className={classes.row} style={{ transform: `translateY(${start}px)` }}>
              <div className={classes.line}>
                <Checkbox
                  size="xs"
                  checked={by !== null}
                  disabled={why !== '' && by === null}
                  onChange={(event) => take(toggled(selection, table, event.currentTarget.checked))}
                  label={<span className={classes.name}>{table.name}</span>}
                  title={table.comment || table.columns.map((column) => `${column.name} ${column.type}`).join('\n')}
                />
                <span className={classes.facts}>
                  {table.key.length > 0 && (
                    <span className={classes.key}>
                      <IconKey size={12} aria-label="Key" />
                      {table.key.join(', ')}
                    </span>
                  )}
                  {why !== '' && (
                    <button type="button" className={classes.why} aria-expanded={explained} onClick={() => setOpen(explained ? '' : table.name)}>
                      {table.obstacle !== '' ? 'Can’t be captured' : 'No key'}: why?
                    </button>
                  )}
                  {why === '' && table.keyless !== '' && <span>No key: {selection.keyless === 'append' ? 'inserts only' : 'whole rows'}</span>}
                  {table.partitioned && <span>Partitioned</span>}
                  {Object.entries(table.suggested_tags)
                    .slice(0, 3)
                    .map(([column, tags]) => (
                      <span key={column} className={classes.tag} title="A guess from the name. Tag the field on its Source’s page to mask it.">
                        {column}: {tags.join(', ')}?
                      </span>
                    ))}
                </span>
                <span className={classes.number}>{table.rows === null ? `${UNKNOWN} rows` : `~${count(table.rows)} ${table.rows === 1 ? 'row' : 'rows'}`}</span>
                <span className={classes.number}>{size(table.bytes)}</span>
              </div>
              {explained && why !== '' && (
                <div className={classes.explained}>
                  <Remedied message={why} />
                </div>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
