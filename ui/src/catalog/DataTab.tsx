import { useRead } from '../api/useApi';
import { duration } from '../format/format';
import { Section } from '../parts/Page';
import { Empty, Notice, Shown } from '../parts/States';
import { rowPath } from './paths';
import { ProfileTable } from './ProfileTable';
import { RowsTable } from './RowsTable';
import type { Source } from './source';

const SYSTEM = [{ name: '_op' }, { name: '_ts' }];

/** The newest rows of a Source, and what their values look like. */
export function DataTab({ source }: { source: Source }) {
  const path = { name: source.name };
  const sample = useRead('/api/v1/sources/{name}/sample', { path, query: { limit: 20 } }, { live: true });
  const profile = useRead('/api/v1/sources/{name}/profile', { path });
  const key = source.key;
  const history = (row: Record<string, unknown>) => rowPath('source', source.name, key.map((name) => row[name]));
  return (
    <>
      <Shown of={sample} what="newest rows">
        {({ rows, age, cap, masked }) => {
          const opens = key.length > 0 && !key.some((name) => masked.includes(name));
          return (
            <Section
              title="Newest rows"
              note={`${rows.length} of at most ${cap} that a sample has${age === null || age === undefined ? '' : `; the newest was written ${duration(age)} ago`}; ${source.versions === 1 ? 'schema version 1' : `schema versions up to ${source.versions}`}`}
            >
              {masked.length > 0 && (
                <Notice tone="idle" title={`Masked for you: ${masked.join(', ')}`}>
                  {source.owner ? `Ask ${source.owner}, who owns this Source, or an admin for the clearance.` : 'Ask an admin for the clearance.'}
                </Notice>
              )}
              {rows.length === 0 ? (
                <Empty>{source.state === 'dumping' ? 'Nothing has arrived yet: the first dump has just begun.' : 'Its table has no rows.'}</Empty>
              ) : (
                <RowsTable
                  label={`Newest rows of ${source.name}`}
                  rows={rows}
                  columns={[...source.fields, ...SYSTEM]}
                  masked={masked}
                  {...(opens ? { to: history } : {})}
                />
              )}
            </Section>
          );
        }}
      </Shown>
      <Shown of={profile} what="what values look like">
        {(its) => (
          <Section title="Profile" note={`Of ${its.basis}`}>
            <ProfileTable profile={its} />
          </Section>
        )}
      </Shown>
    </>
  );
}
