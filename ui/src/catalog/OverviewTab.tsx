import { Button, Textarea, TextInput } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { useWhyNot } from '../access/whyNot';
import { ApiError } from '../api/api';
import { useSend } from '../api/useApi';
import { count, rate } from '../format/format';
import { Age, Moment } from '../parts/Age';
import { Allowed } from '../parts/Allowed';
import { Facts, Figures } from '../parts/Facts';
import { Section } from '../parts/Page';
import { Notice } from '../parts/States';
import { TagList } from '../parts/Tag';
import { fieldId, lineagePath, pathOf } from './paths';
import { Refused } from './Refused';
import { describe, type Source } from './source';
import classes from './SourcePage.module.css';

/** What a Source is, how new, and where it goes. */
export function OverviewTab({ source }: { source: Source }) {
  const [editing, setEditing] = useState(false);
  const whyNot = useWhyNot();
  const { figures } = source;
  const tagged = source.fields.filter(({ tags, inherited }) => tags.length > 0 || inherited.length > 0);
  const tables = Object.entries(source.tables);
  return (
    <>
      {source.reason && <Notice tone={source.state === 'stopped' ? 'blocked' : 'idle'} title={source.reason} />}
      <Figures
        figures={[
          {
            label: 'Fresh as of',
            value: <Age of={figures.fresh_as_of} />,
            note: source.connection ? 'Everything committed before is in it' : 'As its pipeline has published',
          },
          { label: 'Last change', value: <Age of={figures.newest_change_at} /> },
          { label: 'Changes a second', value: rate(figures.rate) },
          { label: 'Events kept', value: count(figures.messages), note: 'Newest of each key, and recent changes' },
          ...(figures.dumping ? [{ label: 'First dump', value: `${count(figures.dumped_rows)} rows`, note: 'Goes on; changes arrive already' }] : []),
        ]}
      />
      <div className={classes.columns}>
        <Section
          title="About"
          actions={
            !editing && (
              <Allowed whyNot={whyNot('patch', '/api/v1/sources/{name}/description', source.owner)}>
                <Button variant="subtle" size="compact-xs" leftSection={<IconPencil size={13} aria-hidden />} onClick={() => setEditing(true)}>
                  Edit
                </Button>
              </Allowed>
            )
          }
        >
          {editing ? (
            <AboutForm source={source} close={() => setEditing(false)} />
          ) : (
            <>
              <p className={classes.description}>
                {source.description || <span className={classes.quiet}>Nobody has described it yet.</span>}
              </p>
              <Facts
                facts={[
                  ['Owner', source.owner || <span className={classes.quiet}>nobody yet</span>],
                  ['Domain', source.domain],
                  ['From', source.connection ? <Link to={pathOf('connection', source.connection)}>{source.connection}</Link> : <Link to={pathOf('pipeline', source.pipeline)}>pipeline {source.pipeline}</Link>],
                  ['Table', source.table && <span className={classes.mono}>{source.table}</span>],
                  ['Key', source.key.length > 0 ? <span className={classes.mono}>{source.key.join(', ')}</span> : 'none: rows are only added'],
                  ['In this state since', <Moment key="since" of={source.since} />],
                  ['Topic', <span key="topic" className={classes.mono}>{source.topic}</span>],
                  ['Partitions', `${source.partitions}, epoch ${source.epoch}`],
                ]}
              />
            </>
          )}
        </Section>
        <Section
          title="Where it goes"
          actions={
            <Link to={lineagePath(fieldId('source', source.name))}>All of its lineage</Link>
          }
        >
          {tables.length === 0 && source.consumers.length === 0 ? (
            <p className={classes.quiet}>No pipeline reads it yet.</p>
          ) : (
            <ul className={classes.list}>
              {tables.map(([table, columns]) => (
                <li key={table}>
                  <Link to={pathOf('table', table)}>{table}</Link>
                  <span className={classes.quiet}>
                    {columns.length} column{columns.length === 1 ? '' : 's'}
                  </span>
                </li>
              ))}
              {tables.length === 0 && source.consumers.map(({ pipeline }) => <li key={pipeline}><Link to={pathOf('pipeline', pipeline)}>{pipeline}</Link></li>)}
            </ul>
          )}
          {tagged.length > 0 && (
            <>
              <h3>Locked fields</h3>
              <ul className={classes.list}>
                {tagged.map((field) => (
                  <li key={field.name}>
                    <span className={classes.mono}>{field.name}</span>
                    <TagList tags={[...new Set([...field.tags, ...field.inherited.flatMap(({ tags }) => tags)])]} closed={field.missing} />
                  </li>
                ))}
              </ul>
            </>
          )}
        </Section>
      </div>
    </>
  );
}

function AboutForm({ source, close }: { source: Source; close: () => void }) {
  const [owner, setOwner] = useState(source.owner);
  const [domain, setDomain] = useState(source.domain);
  const [description, setDescription] = useState(source.description);
  // Who saves over what somebody else wrote meanwhile is told so.
  const [seen] = useState(source);
  const whyNot = useWhyNot();
  const save = useSend(() => describe(seen, { ...(owner === seen.owner ? {} : { owner }), domain, description }));
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(undefined, { onSuccess: close });
      }}
    >
      <Textarea label="Description" autosize minRows={3} value={description} onChange={(event) => setDescription(event.currentTarget.value)} data-autofocus />
      <TextInput label="Owner" description="The team that answers for it, and sees its locked fields" value={owner} onChange={(event) => setOwner(event.currentTarget.value)} />
      <TextInput label="Domain" value={domain} onChange={(event) => setDomain(event.currentTarget.value)} />
      {save.error instanceof ApiError && <Refused error={save.error} what="save the description" close={close} />}
      <div className={classes.buttons}>
        <Allowed whyNot={whyNot('patch', '/api/v1/sources/{name}/description', seen.owner, owner === '' ? undefined : owner)}>
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
        </Allowed>
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
