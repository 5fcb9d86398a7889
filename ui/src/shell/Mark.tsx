import classes from './Mark.module.css';

/** The product's mark: a slate. */
export function Mark() {
  return (
    <svg className={classes.mark} viewBox="0 0 24 24" aria-hidden>
      <rect className={classes.markGround} width="24" height="24" rx="5" />
      <path className={classes.markInk} d="M5 11h14v7.5a.5.5 0 0 1-.5.5h-13a.5.5 0 0 1-.5-.5z" />
      <path className={classes.markInk} d="M5 5.5h3.2L6.4 9H5zM11 5.5h3.4L12.6 9H9.2zM17.2 5.5H19V9h-3.6z" />
    </svg>
  );
}
