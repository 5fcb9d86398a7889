import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { isTyping } from '../shell/useKeys';
import classes from './DataTable.module.css';
import { sorted, type Sortable } from './sorted';

/** A column of a table. */
export interface Column<R> {
  id: string;
  label: ReactNode;
  cell: (row: R) => ReactNode;
  /** What rows are sorted by; a column without it can't be sorted. */
  sort?: (row: R) => Sortable;
  align?: 'left' | 'right';
  /** Of CSS grid, such as `120px` or `minmax(160px, 2fr)`; shares the rest unless given. */
  width?: string;
}

interface DataTableProps<R> {
  /** What the rows are, for those who can't see them. */
  label: string;
  rows: readonly R[];
  columns: Column<R>[];
  rowId: (row: R) => string;
  /** Where a row leads: Enter, or a click on it. */
  to?: (row: R) => string;
  /** What a row does instead of leading somewhere. */
  onOpen?: (row: R) => void;
  /** Marks a row, such as the one whose detail shows. */
  chosen?: string;
  /** Scrolls within this height, in px, and draws only what shows; else the table is as high as its rows. */
  height?: number;
}

const ROW = 28;

/** Rows and columns: sorted by a click on a heading, moved through by J and K or the arrows, opened by Enter. */
export function DataTable<R>({ label, rows, columns, rowId, to, onOpen, chosen, height }: DataTableProps<R>) {
  const [order, setOrder] = useState<{ by: string; down: boolean } | null>(null);
  const [at, setAt] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const navigate = useNavigate();
  const by = columns.find((column) => column.id === order?.by)?.sort;
  const shown = by === undefined ? rows : sorted(rows, by, order?.down ?? false);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 12,
    enabled: height !== undefined,
  });
  const template = { gridTemplateColumns: columns.map(({ width }) => width ?? 'minmax(80px, 1fr)').join(' ') };
  const opens = to !== undefined || onOpen !== undefined;
  const open = (row: R | undefined) => {
    if (row === undefined) return;
    if (onOpen) onOpen(row);
    else if (to) void navigate(to(row));
  };
  const move = (step: number) => {
    const next = Math.max(0, Math.min(shown.length - 1, at + step));
    setAt(next);
    if (height !== undefined) virtual.scrollToIndex(next);
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus());
  };
  const pressed = (event: KeyboardEvent) => {
    if (isTyping(event.target) || event.metaKey || event.ctrlKey) return;
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1, PageDown: 15, PageUp: -15 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      move(step);
    } else if (event.key === 'Enter' && opens && (event.target as HTMLElement).role === 'row') {
      open(shown[at]);
    }
  };
  const row = (one: R, index: number, top?: number) => (
    <div
      key={rowId(one)}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={chosen === undefined ? undefined : chosen === rowId(one)}
      data-index={index}
      data-opens={opens || undefined}
      data-chosen={chosen === rowId(one) || undefined}
      tabIndex={index === Math.min(at, shown.length - 1) ? 0 : -1}
      className={classes.row}
      style={top === undefined ? template : { ...template, transform: `translateY(${top}px)` }}
      onFocus={() => setAt(index)}
      onClick={(event) => {
        const target = event.target as HTMLElement;
        if (target.closest('a, button, input, label') === null && getSelection()?.isCollapsed !== false) open(one);
      }}
    >
      {columns.map((column) => (
        <div key={column.id} role="cell" className={classes.cell} data-align={column.align}>
          {column.cell(one)}
        </div>
      ))}
    </div>
  );
  return (
    <div
      ref={box}
      className={classes.box}
      style={height === undefined ? undefined : { maxHeight: height, overflow: 'auto' }}
      tabIndex={shown.length === 0 && height !== undefined ? 0 : undefined}
    >
      <div role="table" aria-label={label} aria-rowcount={shown.length + 1} className={classes.table} onKeyDown={pressed}>
        <div role="row" aria-rowindex={1} className={classes.head} style={template}>
          {columns.map((column) => {
            const sorting = order?.by === column.id;
            return (
              <div
                key={column.id}
                role="columnheader"
                aria-sort={sorting ? (order.down ? 'descending' : 'ascending') : undefined}
                className={classes.cell}
                data-align={column.align}
              >
                {column.sort ? (
                  <button
                    type="button"
                    className={classes.sort}
                    onClick={() => setOrder(!sorting ? { by: column.id, down: false } : order.down ? null : { by: column.id, down: true })}
                  >
                    {column.label}
                    {sorting && (order.down ? <IconArrowDown size={12} aria-hidden /> : <IconArrowUp size={12} aria-hidden />)}
                  </button>
                ) : (
                  column.label
                )}
              </div>
            );
          })}
        </div>
        {height === undefined ? (
          <div role="rowgroup">{shown.map((one, index) => row(one, index))}</div>
        ) : (
          <div role="rowgroup" className={classes.virtual} style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map(({ index, start }) => {
              const one = shown[index];
              return one === undefined ? null : row(one, index, start);
            })}
          </div>
        )}
      </div>
    </div>
  );
}
