import { CopyButton } from '../parts/Copy';
import classes from './Access.module.css';

/** Something that is told only this once. */
export function Secret({ title, value, note }: { title: string; value: string; note: string }) {
  return (
    <div className={classes.secret} role="status">
      <strong>{title}</strong>
      <div className={classes.secretRow}>
        <code>{value}</code>
        <CopyButton text={value} label={`Copy the ${title.toLowerCase()}`} />
      </div>
      <p>{note}</p>
    </div>
  );
}
