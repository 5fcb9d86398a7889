import { IconMinus, IconPlus } from '@tabler/icons-react';
import { aroundChanges, diffLines, yamlOf } from './diff';
import classes from './SideBySide.module.css';

/** Two documents beside each other; what differs is marked by sign and colour. */
export function SideBySide({ before, after, whole = false }: { before: Titled; after: Titled; whole?: boolean }) {
  const rows = diffLines(yamlOf(before.spec), yamlOf(after.spec));
  const changed = rows.some((row) => !row.same);
  if (!changed && !whole) return <p className={classes.soft}>The documents are the same.</p>;
  return (
    <div className={classes.box} tabIndex={0} role="region" aria-label={`${before.title} beside ${after.title}`}>
      <table className={classes.table}>
        <colgroup>
          <col className={classes.numbers} />
          <col />
          <col className={classes.numbers} />
          <col />
        </colgroup>
        <thead>
          <tr>
            <th colSpan={2}>{before.title}</th>
            <th colSpan={2}>{after.title}</th>
          </tr>
        </thead>
        <tbody>
          {(whole ? rows : aroundChanges(rows)).map((row, i) =>
            row === null ? (
              <tr key={i} className={classes.gap}>
                <td colSpan={4}>…</td>
              </tr>
            ) : (
              <tr key={i}>
                <td className={classes.number}>{row.before?.number}</td>
                <td className={classes.line} data-change={row.same || row.before === null ? undefined : 'removed'} data-none={row.before === null || undefined}>
                  {!row.same && row.before && <IconMinus size={11} aria-label="removed" />}
                  {row.before?.text}
                </td>
                <td className={classes.number}>{row.after?.number}</td>
                <td className={classes.line} data-change={row.same || row.after === null ? undefined : 'added'} data-none={row.after === null || undefined}>
                  {!row.same && row.after && <IconPlus size={11} aria-label="added" />}
                  {row.after?.text}
                </td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </div>
  );
}

interface Titled {
  title: string;
  spec: Record<string, unknown>;
}
