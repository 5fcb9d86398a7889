import { Link } from 'react-router';
import { DataTable } from '../parts/DataTable';
import { Section } from '../parts/Page';
import { Empty } from '../parts/States';
import { pipelinePath, type PipelineItem } from './pipeline';

const USES: Record<string, string> = {
  consumed: 'Consumed: named by a step',
  key: 'Key',
  published: 'Published',
  passed: 'Only passed on',
};

/** What a pipeline takes from its Sources, and who takes what it publishes. */
export function ConsumersTab({ pipeline: { status, spec } }: { pipeline: PipelineItem }) {
  const consumes = status.consumes ?? [];
  const published = status.publishes ?? [];
  return (
    <>
      {consumes.length === 0 && <Empty>What it takes from its Sources is known once it is deployed.</Empty>}
      {consumes.map((of) => (
        <Section
          key={of.source}
          title={`Takes from ${of.source}`}
          note={of.opted_in ? 'New fields of the Source arrive by themselves.' : 'Only these fields; new ones are left alone.'}
        >
          <DataTable
            label={`Fields of ${of.source}`}
            rows={of.fields}
            rowId={(field) => field.field}
            columns={[
              { id: 'field', label: 'Field', cell: (field) => <code>{field.field}</code>, sort: (field) => field.field, width: 'minmax(140px, 1fr)' },
              { id: 'type', label: 'Type', cell: (field) => field.type, width: '140px' },
              { id: 'use', label: 'Use', cell: (field) => USES[field.use] ?? field.use, sort: (field) => field.use, width: '210px' },
              { id: 'steps', label: 'Steps that name it', cell: (field) => (field.steps ?? []).join(', '), width: 'minmax(140px, 1fr)' },
              { id: 'columns', label: 'Arrives in', cell: (field) => (field.columns ?? []).join(', '), width: 'minmax(180px, 2fr)' },
            ]}
          />
        </Section>
      ))}
      <Section title="Publishes">
        {published.length === 0 ? (
          <Empty>
            It publishes nothing. {(spec.steps ?? []).some((step) => step.sink) ? 'Its tables are read by queries, which are not listed here.' : ''}
          </Empty>
        ) : (
          <DataTable
            label="Published Sources"
            rows={published}
            rowId={(each) => each.source}
            columns={[
              { id: 'source', label: 'Source', cell: (each) => <Link to={`/sources/${encodeURIComponent(each.source)}`}>{each.source}</Link>, width: 'minmax(200px, 1fr)' },
              {
                id: 'consumers',
                label: 'Pipelines that read it',
                cell: (each) =>
                  each.consumers.length === 0
                    ? 'none'
                    : each.consumers.map((name, i) => (
                        <span key={name}>
                          {i > 0 && ', '}
                          <Link to={pipelinePath(name)}>{name}</Link>
                        </span>
                      )),
                width: 'minmax(200px, 2fr)',
              },
            ]}
          />
        )}
      </Section>
    </>
  );
}
