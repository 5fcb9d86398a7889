import { IconLock, IconPlus } from '@tabler/icons-react';
import classes from './Tag.module.css';

/** Tags of a field; those that keep its values from the reader have a lock. */
export function TagList({ tags, closed = [] }: { tags: readonly string[]; closed?: readonly string[] }) {
  if (tags.length === 0) return null;
  return (
    <span className={classes.tags}>
      {tags.map((tag) => (
        <span key={tag} className={classes.tag} data-closed={closed.includes(tag) || undefined}>
          {closed.includes(tag) && <IconLock size={10} aria-label="locked for you" />}
          {tag}
        </span>
      ))}
    </span>
  );
}

/** A guess that somebody may take. */
export function SuggestedTag({ tag, take }: { tag: string; take: () => void }) {
  return (
    <button type="button" className={`${classes.tag} ${classes.suggested}`} onClick={take} title="A guess from the name. It locks nothing until you take it.">
      <IconPlus size={10} aria-hidden />
      {tag}?
    </button>
  );
}
