import { IconMinus, IconPencil, IconPlus, IconDatabaseImport, IconEraser, type Icon } from '@tabler/icons-react';
import { useLayoutEffect, useRef, useState } from 'react';
import { cell } from '../format/cell';
import { absolute, ageSeconds, count, duration } from '../format/format';
import type { Live, Row, Table } from '../live/live';
import { shownTables } from './shownTables';
import { QualifiedName } from '../sources/QualifiedName';
import { useArrivals } from './useArrivals';
import { useColumns, type FittingColumn } from './useColumns';
import classes from './NewestRows.module.css';

const SHOWN = 6;
const NARROW = 480;

const OPERATIONS: Record<string, { word: string; Icon: Icon }> = {
  c: { word: 'new', Icon: IconPlus },
  u: { word: 'changed', Icon: IconPencil },
  d: { word: 'deleted', Icon: IconMinus },
  r: { word: 'dumped', Icon: IconDatabaseImport },
  t: { word: 'truncated', Icon: IconEraser },
};

/** The newest rows of every table. While a pointer or the focus is in a list, that list keeps still. */
export function NewestRows({ live, now }: { live: Live; now: number }) {
  const tables = shownTables(live);
  return (
    <section aria-labelledby="rows">
      <h2 id="rows" className={classes.title}>
        Newest rows
      </h2>
      {tables.length === 0 ? (
        <p className={classes.empty}>No rows have arrived yet. They appear here as soon as a pipeline writes some.</p>
      ) : (
        <div className={classes.panels}>
          {tables.map((table) => (
            <Panel key={table.name} table={table} now={now} />
          ))}
        </div>
      )}
    </section>
  );
}

function Panel({ table, now }: { table: Table; now: number }) {
  const box = useRef<HTMLDivElement>(null);
  const [still, setStill] = useState<Table | null>(null);
  const shown = still ?? table;
  const columns = useColumns(box, shown, (width) => (width < NARROW ? 116 : 196));
  const rows = shown.rows.slice(0, SHOWN);
  const body = useArrivals(rows.map((row) => row.id));
  useReleased(still !== null, table, setStill);
  return (
    <div
      className={classes.panel}
      ref={box}
      onPointerEnter={(event) => event.pointerType === 'mouse' && setStill(table)}
      onPointerLeave={() => setStill(null)}
    >
      <header className={classes.head}>
        <h3>
          <QualifiedName name={table.name} />
        </h3>
        <span className={classes.note}>
          {still ? 'still while you read' : noteOf(shown, columns.length)}
        </span>
      </header>
      <table className={classes.table}>
        <colgroup>
          <col className={classes.opColumn} />
          {columns.map(({ name, width }) => (
            <col key={name} style={width === null ? undefined : { width }} />
          ))}
          <col className={classes.ageColumn} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col" className={classes.op}>
              <span>Change</span>
            </th>
            {columns.map(({ name }) => (
              <th scope="col" key={name} title={name} data-numeric={isNumeric(rows, name) || undefined}>
                {name}
              </th>
            ))}
            <th scope="col" className={classes.age}>
              Age
            </th>
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map((row) => (
            <RowLine key={row.id} row={row} columns={columns} keyColumns={shown.key} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Lets a panel go that was held when its table vanished or the pointer left with it. */
function useReleased(held: boolean, table: Table, setStill: (table: Table | null) => void) {
  useLayoutEffect(() => {
    if (held && table.rows.length === 0) setStill(null);
  }, [held, table, setStill]);
}

function RowLine({ row, columns, keyColumns, now }: { row: Row; columns: FittingColumn[]; keyColumns: string[]; now: number }) {
  const { word, Icon } = OPERATIONS[row.op] ?? { word: row.op, Icon: IconPencil };
  return (
    <tr data-id={row.id} data-op={row.op}>
      <td className={classes.op}>
        <Icon size={13} stroke={2.2} aria-hidden />
        <span>{word}</span>
      </td>
      {columns.map(({ name }) => (
        <Value key={name} value={row.values[name]} gone={row.op === 'd' && !keyColumns.includes(name)} />
      ))}
      <td className={classes.age} title={row.at ? absolute(row.at) : undefined}>
        {duration(ageSeconds(row.at, now))}
      </td>
    </tr>
  );
}

function Value({ value, gone }: { value: unknown; gone: boolean }) {
  if (gone) return <td />;
  const { text, title, kind } = cell(value);
  return (
    <td data-kind={kind} title={title ?? (text.length > 12 ? text : undefined)}>
      {text}
    </td>
  );
}

function noteOf(table: Table, shown: number): string {
  const all = table.columns.length;
  const columns = shown < all ? `${count(shown)} of ${count(all)} columns` : `${count(all)} columns`;
  return table.row_count === null ? columns : `${count(table.row_count)} rows, ${columns}`;
}

function isNumeric(rows: Row[], column: string): boolean {
  const kinds = rows.map((row) => cell(row.values[column]).kind).filter((kind) => kind !== 'null');
  return kinds.length > 0 && kinds.every((kind) => kind === 'number');
}
