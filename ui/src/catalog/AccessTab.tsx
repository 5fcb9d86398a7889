import { DataTable, type Column } from '../parts/DataTable';
import { Facts } from '../parts/Facts';
import { Section } from '../parts/Page';
import { Empty, Notice } from '../parts/States';
import { TagList } from '../parts/Tag';
import type { Source, SourceField } from './source';
import classes from './SourcePage.module.css';

/** Who may see which values, and whom to ask. */
export function AccessTab({ source }: { source: Source }) {
  const locked = source.fields.filter(({ tags, inherited }) => tags.length > 0 || inherited.length > 0);
  const masked = source.fields.filter((field) => field.masked);
  const missing = [...new Set(masked.flatMap((field) => field.missing))];
  const columns: Column<SourceField>[] = [
    { id: 'name', label: 'Field', width: 'minmax(140px, 1fr)', sort: ({ name }) => name, cell: ({ name }) => <span className={classes.mono}>{name}</span> },
    {
      id: 'tags',
      label: 'Clearance needed for',
      width: 'minmax(160px, 1fr)',
      cell: (field) => <TagList tags={[...new Set([...field.tags, ...field.inherited.flatMap(({ tags }) => tags)])]} closed={field.missing} />,
    },
    { id: 'why', label: 'Because', width: 'minmax(180px, 2fr)', cell: (field) => (field.inherited.length > 0 ? `its values come from ${field.inherited.map((one) => `${one.source}.${one.field}`).join(', ')}` : 'it is tagged') },
    { id: 'you', label: 'You', width: '140px', sort: (field) => Number(field.masked), cell: (field) => (field.masked ? 'see it masked' : 'see its values') },
  ];
  return (
    <>
      {masked.length > 0 && (
        <Notice tone="idle" title={`${masked.length} field${masked.length === 1 ? ' is' : 's are'} masked for you`}>
          You have no clearance for {missing.join(', ')}. {source.owner ? `${source.owner} owns this Source: ask them, or an admin.` : 'Nobody owns this Source: ask an admin.'}
        </Notice>
      )}
      <Facts
        facts={[
          ['Owner', source.owner || <span className={classes.quiet}>nobody: only admins edit it</span>],
          ['Sees every value', source.owner ? `the team ${source.owner}, and who is cleared for every tag below` : 'who is cleared for every tag below'],
          ['Edits it', source.owner ? `owners in the team ${source.owner}, and admins` : 'admins'],
          ['Everybody else', locked.length === 0 ? 'sees everything' : 'sees it with the fields below masked, here and in every table, query and export'],
        ]}
      />
      <Section title="Locked fields">
        {locked.length === 0 ? (
          <Empty>No field is tagged, so everybody who may sign in sees its values.</Empty>
        ) : (
          <DataTable label="Locked fields" rows={locked} columns={columns} rowId={({ name }) => name} />
        )}
      </Section>
    </>
  );
}
