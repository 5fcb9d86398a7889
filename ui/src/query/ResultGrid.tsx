import { IconArrowDown, IconArrowUp, IconHistory } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { Link } from 'react-router';
import { Masked } from '../parts/Masked';
import classes from './ResultGrid.module.css';
import type { ResultColumn } from './run';
import { compare, copied, drawn, isNumeric } from './value';

const ROW = 26;
const NARROWEST = 64;
const WIDEST = 420;

interface ResultGridProps {
  columns: ResultColumn[];
  rows: readonly unknown[][];
  /** How many rows there are now: the array grows in place. */
  count: number;
  /** Where a row's history is, when its key is known. */
  historyOf?: ((row: readonly unknown[]) => string | null) | undefined;
  height: number | string;
}

/** The rows of a result. Only what shows is drawn, so that a million rows scroll as ten do; sorting is in view only. */
export function ResultGrid({ columns, rows, count, historyOf, height }: ResultGridProps) {
  const [order, setOrder] = useState<{ column: number; down: boolean } | null>(null);
  const [cell, setCell] = useState({ row: 0, column: 0 });
  const [copiedWhat, setCopied] = useState('');
  const box = useRef<HTMLDivElement>(null);
  const going = useRef<{ row: number; column: number } | null>(null);
  useEffect(() => {
    setOrder(null);
    setCell({ row: 0, column: 0 });
  }, [columns]);
  const widths = useMemo(() => columns.map((column, i) => widthOf(column, rows, i)), [columns, rows.length > 0]); // eslint-disable-line
  const shown = useMemo(() => {
    if (order === null) return null;
    const type = columns[order.column]?.type ?? '';
    const indexes = Array.from({ length: count }, (_, i) => i);
    indexes.sort((a, b) => compare(rows[a]?.[order.column] ?? null, rows[b]?.[order.column] ?? null, type) * (order.down ? -1 : 1));
    return indexes;
  }, [columns, count, order, rows]);
  const rowAt = (index: number) => rows[shown === null ? index : (shown[index] ?? 0)] ?? [];
  const virtual = useVirtualizer({ count, getScrollElement: () => box.current, estimateSize: () => ROW, overscan: 20 });
  const number = 56;
  const template = `${number}px ${widths.map((width) => `${width}px`).join(' ')}${historyOf ? ' 36px' : ''}`;
  const total = number + widths.reduce((sum, width) => sum + width, 0) + (historyOf ? 36 : 0);

  const copy = (text: string, what: string) => {
    void navigator.clipboard.writeText(text).then(() => {
      setCopied(what);
      setTimeout(() => setCopied(''), 1_500);
    });
  };
  const copyRow = (index: number) => copy(rowAt(index).map(copied).join('\t'), 'Row copied');
  const move = (row: number, column: number) => {
    const next = { row: Math.max(0, Math.min(count - 1, row)), column: Math.max(0, Math.min(columns.length - 1, column)) };
    going.current = next;
    setCell(next);
    virtual.scrollToIndex(next.row);
  };
  // once it is drawn, which takes a while when it is far away
  useEffect(() => {
    if (going.current === null) return;
    const element = box.current?.querySelector<HTMLElement>(`[data-cell="${going.current.row}-${going.current.column}"]`);
    if (!element) return;
    going.current = null;
    element.focus();
    element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  });
  const pressed = (event: KeyboardEvent) => {
    const mod = event.metaKey || event.ctrlKey;
    if (mod && event.key.toLowerCase() === 'c') {
      if (getSelection()?.isCollapsed === false) return;
      event.preventDefault();
      if (event.shiftKey) copyRow(cell.row);
      else copy(copied(rowAt(cell.row)[cell.column]), 'Cell copied');
      return;
    }
    const page = Math.max(1, Math.floor((box.current?.clientHeight ?? 400) / ROW) - 2);
    const steps: Record<string, [number, number]> = {
      ArrowDown: [1, 0],
      ArrowUp: [-1, 0],
      j: [1, 0],
      k: [-1, 0],
      ArrowRight: [0, 1],
      ArrowLeft: [0, -1],
      PageDown: [page, 0],
      PageUp: [-page, 0],
      Home: [0, -columns.length],
      End: [0, columns.length],
    };
    const step = steps[event.key];
    if (step === undefined || mod) return;
    event.preventDefault();
    const from = going.current ?? cell;
    move(from.row + step[0], from.column + step[1]);
  };
  return (
    <div className={classes.outer}>
      <div ref={box} className={classes.box} style={{ height }}>
        <div role="grid" aria-label="Result" aria-rowcount={count + 1} aria-colcount={columns.length} className={classes.grid} style={{ minWidth: total }} onKeyDown={pressed}>
          <div role="row" aria-rowindex={1} className={classes.head} style={{ gridTemplateColumns: template }}>
            <span role="columnheader" className={classes.number}>
              <span className="visually-hidden">Row</span>
            </span>
            {columns.map((column, i) => {
              const sorting = order?.column === i;
              return (
                <div key={i} role="columnheader" aria-sort={sorting ? (order.down ? 'descending' : 'ascending') : undefined} className={classes.cell} data-align={isNumeric(column.type) ? 'right' : undefined}>
                  <button
                    type="button"
                    className={classes.sort}
                    title={`${column.name}, ${column.type}; sorts what is shown`}
                    onClick={() => setOrder(!sorting ? { column: i, down: false } : order.down ? null : { column: i, down: true })}
                  >
                    <span className={classes.columnName}>{column.name}</span>
                    <span className={classes.type}>{column.type.toLowerCase()}</span>
                    {sorting && (order.down ? <IconArrowDown size={12} aria-hidden /> : <IconArrowUp size={12} aria-hidden />)}
                  </button>
                </div>
              );
            })}
            {historyOf && (
              <span role="columnheader">
                <span className="visually-hidden">History</span>
              </span>
            )}
          </div>
          <div role="rowgroup" className={classes.rows} style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map(({ index, start }) => {
              const row = rowAt(index);
              const to = historyOf?.(row) ?? null;
              return (
                <div key={index} role="row" aria-rowindex={index + 2} className={classes.row} style={{ gridTemplateColumns: template, transform: `translateY(${start}px)` }}>
                  <span className={classes.number} role="rowheader" onDoubleClick={() => copyRow(index)} title="Double-click copies the row">
                    {index + 1}
                  </span>
                  {columns.map((column, i) => {
                    const { text, kind, title } = drawn(row[i], column.type);
                    const at = cell.row === index && cell.column === i;
                    return (
                      <span
                        key={i}
                        role="gridcell"
                        aria-colindex={i + 1}
                        data-cell={`${index}-${i}`}
                        data-kind={kind}
                        data-align={kind === 'number' ? 'right' : undefined}
                        tabIndex={at ? 0 : -1}
                        className={classes.cell}
                        title={column.masked ? 'You may not see this value' : title}
                        onFocus={() => setCell({ row: index, column: i })}
                        onDoubleClick={() => copy(copied(row[i]), 'Cell copied')}
                      >
                        {column.masked ? <Masked /> : text}
                      </span>
                    );
                  })}
                  {historyOf && (
                    <span role="gridcell" className={classes.history}>
                      {to !== null && (
                        <Link to={to} aria-label={`How row ${index + 1} came to be`} title="How this row came to be">
                          <IconHistory size={14} aria-hidden />
                        </Link>
                      )}
                    </span>
                  )}
                </div>
              );
            })}
          </div>
        </div>
      </div>
      <span role="status" className={classes.copied} data-shown={copiedWhat !== '' || undefined}>
        {copiedWhat}
      </span>
    </div>
  );
}

/** As wide as the first rows need, within reason. */
function widthOf(column: ResultColumn, rows: readonly unknown[][], index: number): number {
  let most = column.name.length + column.type.length * 0.9 + 2;
  for (let i = 0; i < Math.min(rows.length, 100); i++) {
    most = Math.max(most, drawn(rows[i]?.[index], column.type).text.length);
  }
  return Math.round(Math.max(NARROWEST, Math.min(WIDEST, most * 7.3 + 24)));
}
