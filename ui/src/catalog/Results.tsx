import { Skeleton } from '@mantine/core';
import { IconDatabase, IconPlugConnected, IconRoute, IconTable } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { Link, useNavigate } from 'react-router';
import { count } from '../format/format';
import { TagList } from '../parts/Tag';
import { QualifiedName } from '../parts/QualifiedName';
import { StateMark } from '../state/StateMark';
import { Highlighted } from './Highlighted';
import { pathOf } from './paths';
import type { Found } from './useSearch';
import classes from './CatalogPage.module.css';

const ICONS = { source: IconDatabase, table: IconTable, pipeline: IconRoute, connection: IconPlugConnected };
const ROW = 48;

interface ResultsProps {
  rows: Map<number, Found>;
  total: number;
  /** Says which rows show, so that they are read. */
  onRange: (from: number, to: number) => void;
}

/** What was found, drawn only where it shows: ten thousand rows are as quick as ten. */
export function Results({ rows, total, onRange }: ResultsProps) {
  const box = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const navigate = useNavigate();
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 8,
    scrollMargin: 30,
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items[items.length - 1]?.index ?? 0;
  useEffect(() => onRange(first, last), [first, last, onRange]);
  const move = (step: number) => {
    const next = Math.max(0, Math.min(total - 1, at + step));
    setAt(next);
    virtual.scrollToIndex(next);
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus());
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey) return;
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      move(step);
    } else if (event.key === 'Enter' && (event.target as HTMLElement).role === 'row') {
      const row = rows.get(at);
      if (row) void navigate(pathOf(row.kind, row.name));
    }
  };
  return (
    <div ref={box} className={classes.box}>
      <div role="table" aria-label="Found" aria-rowcount={total + 1} onKeyDown={pressed}>
        <div role="row" aria-rowindex={1} className={classes.head}>
          {['Name', 'Owner', 'From', 'Tags', 'Fields', 'State'].map((label) => (
            <div key={label} role="columnheader" className={classes.cell} data-align={label === 'Fields' ? 'right' : undefined}>
              {label}
            </div>
          ))}
        </div>
        <div role="rowgroup" className={classes.rows} style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const row = rows.get(index);
            return (
              <div
                key={index}
                role="row"
                aria-rowindex={index + 2}
                data-index={index}
                tabIndex={index === Math.min(at, total - 1) ? 0 : -1}
                className={classes.row}
                style={{ transform: `translateY(${start - 30}px)` }}
                onFocus={() => setAt(index)}
                onClick={(event) => {
                  if (row && (event.target as HTMLElement).closest('a') === null) void navigate(pathOf(row.kind, row.name));
                }}
              >
                {row ? <Row row={row} /> : <div role="cell" className={classes.cell}><Skeleton height={12} width="40%" /></div>}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Row({ row }: { row: Found }) {
  const Icon = ICONS[row.kind];
  return (
    <>
      <div role="cell" className={`${classes.cell} ${classes.name}`}>
        <span className={classes.title}>
          <Icon size={14} aria-label={row.kind} />
          <Link to={pathOf(row.kind, row.name)} tabIndex={-1}>
            <QualifiedName name={row.name} />
          </Link>
        </span>
        <span className={classes.about}>
          <About row={row} />
        </span>
      </div>
      <div role="cell" className={classes.cell}>{row.owner || <span className={classes.none}>no owner</span>}</div>
      <div role="cell" className={classes.cell}>{row.origin}</div>
      <div role="cell" className={classes.cell}><TagList tags={row.tags} /></div>
      <div role="cell" className={classes.cell} data-align="right">{row.kind === 'source' || row.kind === 'table' ? count(row.fields) : ''}</div>
      <div role="cell" className={classes.cell}><StateMark state={row.state} /></div>
    </>
  );
}

/** Why it was found where its name does not say it, or else what it is. */
function About({ row }: { row: Found }) {
  const hit = row.highlights.find(({ where }) => where === 'field_description' || where === 'field' || where === 'description');
  if (hit === undefined) return <>{row.description || (row.domain && `Domain ${row.domain}`) || '\u00a0'}</>;
  const text = <Highlighted text={hit.text} ranges={hit.ranges} />;
  if (hit.where === 'description') return text;
  return hit.where === 'field' ? (
    <>
      Field <code>{text}</code>
    </>
  ) : (
    <>
      <code>{hit.field}</code>: {text}
    </>
  );
}
