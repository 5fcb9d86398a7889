import classes from './QualifiedName.module.css';

/** A dotted name whose last part stands out: `studio.public.` dim, `movie` strong. */
export function QualifiedName({ name }: { name: string }) {
  const [path, last] = splitName(name);
  return (
    <span className={classes.name} title={name}>
      <span className={classes.path}>{path}</span>
      <span className={classes.last}>{last}</span>
    </span>
  );
}

/** The parts before (with its dot) and after the last dot that is not inside quotes. */
export function splitName(name: string): [string, string] {
  const cut = name.endsWith('"') ? name.lastIndexOf('."') : name.lastIndexOf('.');
  return [name.slice(0, cut + 1), name.slice(cut + 1)];
}
