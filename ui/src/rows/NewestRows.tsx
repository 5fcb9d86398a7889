import { IconMinus, IconPencil, IconPlus, IconDatabaseImport, IconEraser, type Icon } from '@tabler/icons-react';
import { useLayoutEffect, useRef, useState } from 'react';
import { cell } from '../format/cell';
import { absolute, ageSeconds, count, duration, rate } from '../format/format';
import { Link } from 'react-router';
import { QualifiedName } from '../parts/QualifiedName';
import { useArrivals } from './useArrivals';
import { useColumns, type FittingColumn, type Moving, type Row, type Table } from './useColumns';
import classes from './NewestRows.module.css';

const SHOWN = 5;
const MOST = 4;
const NARROW = 480;

const OPERATIONS: Record<string, { word: string; Icon: Icon }> = {
  c: { word: 'new', Icon: IconPlus },
  u: { word: 'changed', Icon: IconPencil },
  d: { word: 'deleted', Icon: IconMinus },
  r: { word: 'dumped', Icon: IconDatabaseImport },
  t: { word: 'truncated', Icon: IconEraser },
};

/** The newest changes where most moves. While a pointer is in a list, that list keeps still. */
export function NewestRows({ sources, now }: { sources: Moving[]; now: number }) {
  const tables = sources
    .filter((source) => source.rows.length > 0)
    .slice(0, MOST)
    .map(({ name, columns, rows, rate: each }): Table => ({ name, key: [], columns: columns.filter((column) => !column.startsWith('_')), rows: uniqueById(rows), rate: each }));
  if (tables.length === 0) return null;
  return (
    <section aria-labelledby="rows">
      <h2 id="rows" className={classes.title}>
        Newest changes
      </h2>
      <div className={classes.panels}>
        {tables.map((table) => (
          <Panel key={table.name} table={table} now={now} />
        ))}
      </div>
    </section>
  );
}

function uniqueById(rows: Row[]): Row[] {
  return [...new Map(rows.map((row) => [row.id, row])).values()];
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
          <Link to={`/sources/${encodeURIComponent(table.name)}`}>
            <QualifiedName name={table.name} />
          </Link>
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
  return table.rate === undefined ? columns : `${rate(table.rate)}/s, ${columns}`;
}

function isNumeric(rows: Row[], column: string): boolean {
  const kinds = rows.map((row) => cell(row.values[column]).kind).filter((kind) => kind !== 'null');
  return kinds.length > 0 && kinds.every((kind) => kind === 'number');
}
