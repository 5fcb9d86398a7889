import { useEffect, type ReactNode } from 'react';
import { Link } from 'react-router';
import classes from './Page.module.css';

interface PageProps {
  title: string;
  /** In place of the title's text, such as a name with its qualifier subdued. */
  heading?: ReactNode;
  /** Where the page belongs. */
  parents?: { to: string; label: string }[];
  /** Beside the title: state, owner. */
  facts?: ReactNode;
  /** At the right: what can be done. */
  actions?: ReactNode;
  /** Uses the whole height of the window, such as a canvas. */
  full?: boolean;
  children: ReactNode;
}

/** A page's head and body; sets the window's title. */
export function Page({ title, heading, parents = [], facts, actions, full = false, children }: PageProps) {
  useEffect(() => {
    document.title = `${title}: Backlot`;
  }, [title]);
  return (
    <div className={classes.page} data-full={full || undefined}>
      <header className={classes.head}>
        {parents.length > 0 && (
          <nav aria-label="Where this is" className={classes.parents}>
            {parents.map(({ to, label }) => (
              <span key={to}>
                <Link to={to}>{label}</Link> /
              </span>
            ))}
          </nav>
        )}
        <h1 className={classes.title}>{heading ?? title}</h1>
        {facts && <div className={classes.facts}>{facts}</div>}
        {actions && <div className={classes.actions}>{actions}</div>}
      </header>
      <div className={classes.body}>{children}</div>
    </div>
  );
}

/** A part of a page with its heading. */
export function Section({ title, note, actions, children }: { title: string; note?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className={classes.section} aria-label={title}>
      <header className={classes.sectionHead}>
        <h2>{title}</h2>
        {note && <span className={classes.note}>{note}</span>}
        {actions && <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
    </section>
  );
}
