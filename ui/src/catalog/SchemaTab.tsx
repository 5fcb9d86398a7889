import { Button, Drawer, TagsInput, Textarea, TextInput } from '@mantine/core';
import { IconKey, IconPencil } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { useWhyNot } from '../access/whyNot';
import { ApiError } from '../api/api';
import { useSend } from '../api/useApi';
import { Allowed } from '../parts/Allowed';
import { DataTable, type Column } from '../parts/DataTable';
import { Facts } from '../parts/Facts';
import { SuggestedTag, TagList } from '../parts/Tag';
import { useAddress } from '../parts/useAddress';
import { fieldId, fieldText, lineagePath, pathOf } from './paths';
import { Refused } from './Refused';
import { describe, type Source, type SourceField } from './source';
import classes from './SourcePage.module.css';

const USES: Record<string, string> = { consumed: 'by name', key: 'as key', published: 'published', passed: 'passed on' };

/** The fields of a Source: types, what people say about them, who takes them. */
export function SchemaTab({ source }: { source: Source }) {
  const [chosen, choose] = useAddress('field');
  const columns: Column<SourceField>[] = [
    {
      id: 'name',
      label: 'Field',
      width: 'minmax(150px, 1.2fr)',
      sort: (field) => field.name,
      cell: (field) => (
        <span className={classes.mono}>
          {field.name}
          {field.key && <IconKey size={13} className={classes.key} aria-label="part of the key" />}
        </span>
      ),
    },
    { id: 'type', label: 'Type', width: 'minmax(110px, 0.8fr)', sort: (field) => field.type, cell: (field) => `${field.type}${field.nullable ? '' : ', never null'}` },
    {
      id: 'description',
      label: 'Description',
      width: 'minmax(180px, 2fr)',
      cell: (field) => field.description || <span className={classes.quiet}>{field.comment || '–'}</span>,
    },
    { id: 'unit', label: 'Unit', width: '72px', cell: (field) => field.unit },
    { id: 'tags', label: 'Tags', width: 'minmax(110px, 1fr)', sort: (field) => allTags(field).join() || null, cell: (field) => <Tags field={field} /> },
    {
      id: 'uses',
      label: 'Taken by',
      width: '96px',
      align: 'right',
      sort: (field) => field.uses.length,
      cell: (field) => (field.uses.length === 0 ? <span className={classes.quiet}>nobody</span> : `${field.uses.length} pipeline${field.uses.length === 1 ? '' : 's'}`),
    },
    {
      id: 'since',
      label: 'Since version',
      width: '104px',
      align: 'right',
      sort: (field) => field.since_version,
      cell: (field) => field.since_version ?? <span className={classes.quiet}>unknown</span>,
    },
  ];
  const field = source.fields.find(({ name }) => name === chosen);
  return (
    <>
      <DataTable label={`Fields of ${source.name}`} rows={source.fields} columns={columns} rowId={(one) => one.name} onOpen={(one) => choose(one.name)} chosen={chosen} />
      <Drawer
        opened={field !== undefined}
        onClose={() => choose('')}
        position="right"
        size={440}
        title={field && <span className={classes.mono}>{field.name}</span>}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {field && <FieldPanel key={field.name} source={source} field={field} close={() => choose('')} />}
      </Drawer>
    </>
  );
}

function allTags(field: SourceField): string[] {
  return [...new Set([...field.tags, ...field.inherited.flatMap(({ tags }) => tags)])];
}

function Tags({ field }: { field: SourceField }) {
  const tags = allTags(field);
  if (tags.length > 0) return <TagList tags={tags} closed={field.missing} />;
  if (field.suggested_tags.length === 0) return null;
  return <span className={classes.quiet}>{field.suggested_tags.join(', ')}?</span>;
}

function FieldPanel({ source, field, close }: { source: Source; field: SourceField; close: () => void }) {
  const whyNot = useWhyNot();
  return (
    <div className={classes.form}>
      <Facts
        facts={[
          ['Type', `${field.type}${field.nullable ? '' : ', never null'}`],
          ['Comment', field.comment],
          ...(source.may_edit ? [] : ([['Description', field.description || <span className={classes.quiet}>none yet</span>], ['Unit', field.unit]] as [string, React.ReactNode][])),
          ['Locked through', field.inherited.map(({ source: from, field: its }) => `${from}.${its}`).join(', ')],
          ['Values', field.masked ? `masked for you: no clearance for ${field.missing.join(', ')}` : 'you may see them'],
          ['Lineage', <Link key="lineage" to={lineagePath(fieldId('source', source.name, field.name))}>where it goes</Link>],
        ]}
      />
      {source.may_edit ? (
        <FieldForm source={source} field={field} close={close} />
      ) : (
        <Allowed whyNot={whyNot('patch', '/api/v1/sources/{name}/description', source.owner)}>
          <Button variant="default" leftSection={<IconPencil size={14} aria-hidden />}>
            Edit description and tags
          </Button>
        </Allowed>
      )}
      <div>
        <h3>Taken by</h3>
        {field.uses.length === 0 ? (
          <p className={classes.quiet}>No pipeline takes it: it can be dropped without breaking one.</p>
        ) : (
          <ul className={classes.list}>
            {field.uses.map((use) => (
              <li key={use.pipeline}>
                <Link to={pathOf('pipeline', use.pipeline)}>{use.pipeline}</Link>
                <span className={classes.quiet}>
                  {USES[use.use]}
                  {use.steps.length > 0 && `, in ${use.steps.join(', ')}`}
                  {use.columns.length > 0 && `, to ${use.columns.join(', ')}`}
                </span>
              </li>
            ))}
          </ul>
        )}
        <Link to={`/impact?${new URLSearchParams({ change: `${source.name} drop ${fieldText(field.name)}` })}`}>What if it were dropped?</Link>
      </div>
    </div>
  );
}

function FieldForm({ source, field, close }: { source: Source; field: SourceField; close: () => void }) {
  const [description, setDescription] = useState(field.description);
  const [unit, setUnit] = useState(field.unit);
  const [tags, setTags] = useState<string[]>(field.tags);
  const [seen] = useState(source);
  const save = useSend(() => describe(seen, { fields: { [field.name]: { description, unit, tags } } }));
  const guesses = field.suggested_tags.filter((tag) => !tags.includes(tag));
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(undefined, { onSuccess: close });
      }}
    >
      <Textarea label="Description" autosize minRows={2} value={description} onChange={(event) => setDescription(event.currentTarget.value)} />
      <TextInput label="Unit" placeholder="such as EUR, days" value={unit} onChange={(event) => setUnit(event.currentTarget.value)} />
      <TagsInput
        label="Tags"
        description="Who is not cleared for all of them sees no value, here and in every table that takes the field"
        value={tags}
        onChange={setTags}
        data={['pii', 'finance', 'secret']}
        comboboxProps={{ position: 'top' }}
        clearButtonProps={{ 'aria-label': 'Remove all tags' }}
      />
      {guesses.length > 0 && (
        <div className={classes.uses}>
          {guesses.map((tag) => (
            <SuggestedTag key={tag} tag={tag} take={() => setTags([...tags, tag])} />
          ))}
        </div>
      )}
      {save.error instanceof ApiError && <Refused error={save.error} what="save the field" close={close} />}
      <div className={classes.buttons}>
        <Button type="submit" loading={save.isPending}>
          Save
        </Button>
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
