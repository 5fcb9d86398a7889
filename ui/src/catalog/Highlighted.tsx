import classes from './Highlighted.module.css';

/** A text with what was searched for marked in it. */
export function Highlighted({ text, ranges }: { text: string; ranges: readonly (readonly number[])[] }) {
  const parts: React.ReactNode[] = [];
  let at = 0;
  for (const [from = 0, to = 0] of [...ranges].sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0))) {
    if (from < at) continue;
    parts.push(text.slice(at, from), <mark key={from} className={classes.mark}>{text.slice(from, to)}</mark>);
    at = to;
  }
  parts.push(text.slice(at));
  return <>{parts}</>;
}
