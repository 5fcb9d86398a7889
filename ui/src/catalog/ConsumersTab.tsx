import { Fragment } from 'react';
import { Link } from 'react-router';
import { DataTable, type Column } from '../parts/DataTable';
import { Section } from '../parts/Page';
import { Empty, Notice } from '../parts/States';
import { NewPipeline } from '../pipelines/NewPipeline';
import { StateMark } from '../state/StateMark';
import { pathOf } from './paths';
import type { Source } from './source';
import classes from './SourcePage.module.css';

type Consumer = Source['consumers'][number];

/** Who reads a Source, and which fields each takes. */
export function ConsumersTab({ source }: { source: Source }) {
  if (source.consumers.length === 0) {
    return (
      <Empty action={<NewPipeline source={source.name} />}>No pipeline reads this Source yet.</Empty>
    );
  }
  const columns: Column<Consumer>[] = [
    { id: 'pipeline', label: 'Pipeline', width: 'minmax(160px, 1.5fr)', sort: ({ pipeline }) => pipeline, cell: ({ pipeline }) => <Link to={pathOf('pipeline', pipeline)}>{pipeline}</Link> },
    { id: 'state', label: 'State', width: '170px', sort: ({ state }) => state, cell: ({ state, reason }) => <span title={reason}><StateMark state={state} /></span> },
    { id: 'owner', label: 'Owner', sort: ({ owner }) => owner, cell: ({ owner }) => owner || <span className={classes.quiet}>no owner</span> },
    {
      id: 'opted',
      label: 'New fields',
      width: 'minmax(150px, 1fr)',
      sort: ({ opted_in }) => Number(opted_in),
      cell: ({ opted_in }) => (opted_in ? 'takes them by itself' : 'takes only what it names'),
    },
    { id: 'fields', label: 'Fields', width: '72px', align: 'right', sort: ({ fields }) => fields, cell: ({ fields }) => fields },
    { id: 'named', label: 'By name', width: '80px', align: 'right', sort: ({ named }) => named, cell: ({ named }) => named },
  ];
  const blocked = source.consumers.filter(({ state }) => state === 'blocked');
  return (
    <>
      {blocked.map(({ pipeline, reason }) => (
        <Notice key={pipeline} tone="blocked" title={`${pipeline} is blocked`}>
          {reason} <Link to={pathOf('pipeline', pipeline)}>See what can be done</Link>
        </Notice>
      ))}
      <DataTable label={`Pipelines that read ${source.name}`} rows={source.consumers} columns={columns} rowId={({ pipeline }) => pipeline} to={({ pipeline }) => pathOf('pipeline', pipeline)} />
      <Section title="Who takes which field" note="By name: dropping it stops the pipeline. Passed on: it goes on without it.">
        <Matrix source={source} />
      </Section>
    </>
  );
}

const WORDS = { consumed: 'by name', key: 'key', published: 'published', passed: 'passed on' };

function Matrix({ source }: { source: Source }) {
  type Field = Source['fields'][number];
  const columns: Column<Field>[] = [
    { id: 'field', label: 'Field', width: 'minmax(150px, 1fr)', cell: ({ name }) => <span className={classes.mono}>{name}</span> },
    ...source.consumers.map(({ pipeline }) => ({
      id: pipeline,
      label: pipeline,
      width: 'minmax(120px, 1fr)',
      cell: (field: Field) => {
        const use = field.uses.find((one) => one.pipeline === pipeline);
        return use ? <Fragment>{WORDS[use.use]}</Fragment> : <span className={classes.quiet}>–</span>;
      },
    })),
  ];
  return <DataTable label="Who takes which field" rows={source.fields} columns={columns} rowId={({ name }) => name} />;
}
