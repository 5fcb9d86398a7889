import { Link } from 'react-router';
import { useQuery } from '@tanstack/react-query';
import { ApiError, call } from '../api/api';
import { useRead } from '../api/useApi';
import { Moment } from '../parts/Age';
import { DataTable, type Column } from '../parts/DataTable';
import { Section } from '../parts/Page';
import { Empty, Loading, Shown } from '../parts/States';
import { Outcome } from './Outcome';
import { pathOf } from './paths';
import type { Source } from './source';
import classes from './SourcePage.module.css';

interface Revision {
  revision: number;
  created_at: string;
  author: string;
  message: string;
  spec: { owner?: string; domain?: string; description?: string; fields?: Record<string, unknown> };
}

/** How a Source's schema and what is said about it have changed. */
export function HistoryTab({ source }: { source: Source }) {
  const path = { name: source.name };
  const versions = useRead('/api/v1/sources/{name}/versions', { path }, { live: true });
  return (
    <>
      <Section title="Schema versions" note={`Of epoch ${source.epoch}, newest first; what each change means to who reads it now`}>
        <Shown of={versions} what="schema versions">
          {({ versions: all }) => (
            <>
              {all.map((version) => (
                <article key={version.version} className={classes.version}>
                  <h3>
                    Version {version.version}
                    <span className={classes.quiet}>
                      {version.fields} fields, schema {version.id}
                    </span>
                  </h3>
                  {version.changes.length === 0 && <p className={classes.quiet}>{version.version === 1 ? 'The first one.' : 'Nothing that an event shows has changed.'}</p>}
                  {version.changes.map((change, i) => (
                    <div key={i} className={classes.change}>
                      <span>{change.change}</span>
                      <span className={classes.mono}>{change.field}</span>
                      <span className={classes.mono}>
                        {change.before && change.before !== change.after && <span className={classes.old}>{change.before}</span>} {change.after}
                      </span>
                    </div>
                  ))}
                  {version.verdicts.length > 0 && (
                    <ul className={classes.list}>
                      {version.verdicts.map((verdict) => (
                        <li key={verdict.pipeline}>
                          <Outcome of={verdict.outcome} />
                          <Link to={pathOf('pipeline', verdict.pipeline)}>{verdict.pipeline}</Link>
                          <span className={classes.quiet}>{verdict.fields.map(({ reason }) => reason).filter(Boolean).join('; ')}</span>
                        </li>
                      ))}
                    </ul>
                  )}
                </article>
              ))}
            </>
          )}
        </Shown>
      </Section>
      <Section title="What was said about it" note="Revisions of its document">
        <Revisions source={source} />
      </Section>
    </>
  );
}

function Revisions({ source }: { source: Source }) {
  const revisions = useQuery<Revision[], ApiError>({
    queryKey: ['revisions of a source', source.name, source.revision],
    queryFn: async () => ((await call('GET', `/api/v1/sources/${encodeURIComponent(source.name)}/revisions`)) as { revisions: Revision[] }).revisions,
  });
  if (revisions.data === undefined) return <Loading what="revisions" rows={2} />;
  if (revisions.data.length === 0) return <Empty>Nobody has described it yet.</Empty>;
  const columns: Column<Revision>[] = [
    { id: 'revision', label: 'Revision', width: '80px', align: 'right', cell: ({ revision }) => revision },
    { id: 'at', label: 'When', width: '190px', cell: ({ created_at }) => <Moment of={created_at} /> },
    { id: 'author', label: 'Who', width: 'minmax(120px, 1fr)', cell: ({ author }) => author || <span className={classes.quiet}>unknown</span> },
    { id: 'message', label: 'Why', width: 'minmax(120px, 1fr)', cell: ({ message }) => message },
    { id: 'what', label: 'What differs', width: 'minmax(240px, 3fr)', cell: (one) => differs(one, revisions.data.find(({ revision }) => revision === one.revision - 1)) },
  ];
  return <DataTable label="Revisions" rows={revisions.data} columns={columns} rowId={({ revision }) => String(revision)} />;
}

/** What a revision says otherwise than the one before, in words. */
export function differs(now: Pick<Revision, 'spec'>, before: Pick<Revision, 'spec'> | undefined): string {
  const said: string[] = [];
  for (const part of ['owner', 'domain', 'description'] as const) {
    if ((now.spec[part] ?? '') !== (before?.spec[part] ?? '')) said.push(now.spec[part] ? `${part}: ${now.spec[part]}` : `no ${part}`);
  }
  const names = new Set([...Object.keys(now.spec.fields ?? {}), ...Object.keys(before?.spec.fields ?? {})]);
  const changed = [...names].filter((name) => JSON.stringify(now.spec.fields?.[name]) !== JSON.stringify(before?.spec.fields?.[name]));
  if (changed.length > 0) said.push(`fields ${changed.join(', ')}`);
  return said.join('; ') || 'nothing';
}
