import { cell } from '../format/cell';
import { DataTable, type Column } from '../parts/DataTable';
import { Masked } from '../parts/Masked';
import classes from './SourcePage.module.css';

type Row = Record<string, unknown>;

interface RowsTableProps {
  label: string;
  rows: Row[];
  /** In order; those of the platform may stand among them. */
  columns: { name: string; type?: string }[];
  masked: readonly string[];
  to?: (row: Row) => string;
  height?: number;
}

/** Rows as they are; a value that the reader may not see is shown as masked, which is not null. */
export function RowsTable({ label, rows, columns, masked, to, height }: RowsTableProps) {
  const shown: Column<Row & { _id: string }>[] = columns.map(({ name, type }) => ({
    id: name,
    label: name,
    width: 'minmax(110px, 1fr)',
    cell: (row) => {
      if (masked.includes(name)) return <Masked />;
      const { text, title, kind } = cell(row[name], type);
      return (
        <span className={classes.value} data-kind={kind} title={title ?? text}>
          {text}
        </span>
      );
    },
  }));
  return (
    <DataTable
      label={label}
      rows={rows.map((row, i) => ({ ...row, _id: String(i) }))}
      columns={shown}
      rowId={(row) => row._id}
      {...(to ? { to } : {})}
      {...(height === undefined ? {} : { height })}
    />
  );
}
