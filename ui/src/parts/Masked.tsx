import { IconLock } from '@tabler/icons-react';
import classes from './Masked.module.css';

/** In place of a value that the reader may not see: not null, not empty, but hidden. */
export function Masked({ why = 'You may not see this value' }: { why?: string }) {
  return (
    <span className={classes.masked} title={why}>
      <IconLock size={12} aria-hidden />
      <span aria-hidden>•••</span>
      <span className="visually-hidden">masked</span>
    </span>
  );
}
