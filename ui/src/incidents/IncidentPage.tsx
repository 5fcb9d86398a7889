import { Link, useParams } from 'react-router';
import { useRead } from '../api/useApi';
import { Age, Moment } from '../parts/Age';
import { DataTable } from '../parts/DataTable';
import { Facts } from '../parts/Facts';
import { Page, Section } from '../parts/Page';
import { Notice, Shown } from '../parts/States';
import { Blocked } from '../pipelines/Blocked';
import { CatchUp } from '../pipelines/CatchUp';
import { pipelinePath, type PipelineItem } from '../pipelines/pipeline';
import { guideOf } from './guide';
import { subjectPath, type IncidentItem } from './incident';
import { IncidentActions } from './IncidentActions';
import { SeverityMark } from './SeverityMark';
import classes from './IncidentPage.module.css';

/** One incident: what happened, what it does to data, why, and what to do: `/incidents/:id`. */
export function IncidentPage() {
  const { id = '' } = useParams();
  const reading = useRead('/api/v1/{kind}/{name}', { path: { kind: 'incidents', name: id } }, { live: true });
  const incident = reading.data as unknown as IncidentItem | undefined;
  return (
    <Page
      title={incident ? guideOf(incident.spec.kind).title : `Incident ${id}`}
      parents={[{ to: '/incidents', label: 'Incidents' }]}
      facts={
        incident && (
          <>
            <SeverityMark severity={incident.status.severity} state={incident.status.state} />
            <span>
              for <Age of={incident.status.since} suffix="" />
            </span>
            <span>{incident.spec.owner || 'no owner'}</span>
          </>
        )
      }
      actions={incident && incident.status.state !== 'resolved' && <IncidentActions incident={incident} />}
    >
      <Shown of={{ ...reading, data: incident }} what={`incident ${id}`}>
        {(known) => <Known incident={known} />}
      </Shown>
    </Page>
  );
}

function Known({ incident }: { incident: IncidentItem }) {
  const { spec, status } = incident;
  const guide = guideOf(spec.kind);
  const over = status.state === 'resolved';
  const about = subjectPath(spec.subject);
  const byChange = spec.kind === 'pipeline_blocked' && status.facts.code === 'SCHEMA_INCOMPATIBLE';
  return (
    <>
      {over && (
        <Notice tone="healthy" title="It is over">
          <p>
            Its cause went away <Age of={status.resolved_at} />.
          </p>
        </Notice>
      )}
      {!over && !status.held && (
        <Notice tone="healthy" title="Its cause has just gone away">
          <p>It is over when it stays away.</p>
        </Notice>
      )}
      {byChange && <CatchUp pipeline={spec.subject.name} />}
      <div className={classes.lead}>
        <p className={classes.effect}>
          <strong>For data:</strong> {guide.effect}
        </p>
      </div>
      {byChange && !over ? (
        <>
          <Blocked pipeline={spec.subject.name} />
          <Breaks pipeline={spec.subject.name} />
        </>
      ) : (
        <>
          <Section title="What happened">
            <p className={classes.reason}>{plain(status.reason)}</p>
            <Facts
              facts={[
                [words(spec.subject.kind), about ? <Link key="s" to={about}>{spec.subject.name}</Link> : spec.subject.name],
                ['Since', <Moment key="m" of={status.held_since} />],
                ...Object.entries(status.facts)
                  .filter(([, value]) => typeof value !== 'object')
                  .map(([name, value]): [string, React.ReactNode] => [words(name), String(value)]),
              ]}
            />
          </Section>
          {!over && (
            <Section title="What to do">
              <ul className={classes.next}>
                {guide.next.map((step) => (
                  <li key={step}>{step}</li>
                ))}
              </ul>
              <Ways incident={incident} />
            </Section>
          )}
        </>
      )}
      <Section title="History" note={status.episode > 1 ? `It has come back: episode ${status.episode}.` : undefined}>
        <DataTable
          label="What happened to this incident"
          rows={[...(status.history ?? [])].reverse()}
          rowId={(event) => `${event.at} ${event.what}`}
          columns={[
            { id: 'at', label: 'When', width: '190px', cell: (event) => <Moment of={event.at} /> },
            { id: 'what', label: 'What', width: '140px', cell: (event) => words(event.what) },
            { id: 'author', label: 'By', width: '140px', cell: (event) => event.author || 'the platform' },
            { id: 'message', label: 'Message', width: 'minmax(200px, 3fr)', cell: (event) => <span title={event.message}>{event.message}</span> },
          ]}
        />
      </Section>
    </>
  );
}

/** What else suffers while a pipeline is blocked. */
function Breaks({ pipeline }: { pipeline: string }) {
  const { data } = useRead('/api/v1/{kind}/{name}', { path: { kind: 'pipelines', name: pipeline }, query: { proof: false } });
  const item = data as unknown as PipelineItem | undefined;
  if (item === undefined) return null;
  const tables = (item.spec.steps ?? []).filter((step) => step.sink).map((step) => String(step.config?.table ?? step.id));
  const published = item.status.publishes ?? [];
  return (
    <Section title="What gets older meanwhile">
      <Facts
        facts={[
          ['Pipeline', <Link key="p" to={pipelinePath(pipeline)}>{pipeline}</Link>],
          ['Tables', tables.join(', ')],
          ['Published Sources', published.map((each) => each.source).join(', ')],
          ['Pipelines behind them', [...new Set(published.flatMap((each) => each.consumers))].join(', ')],
        ]}
      />
    </Section>
  );
}

/** Where the next actions are. */
function Ways({ incident: { spec, status } }: { incident: IncidentItem }) {
  const name = spec.document.name;
  const links: { to: string; label: string }[] = [];
  if (spec.document.kind === 'pipeline') {
    if (spec.kind === 'dead_letters') links.push({ to: `${pipelinePath(name)}?tab=letters`, label: 'See the records' });
    else if (spec.kind === 'pipeline_failed' || spec.kind === 'job_restarting' || spec.kind === 'upgrade_failed') {
      links.push({ to: `${pipelinePath(name)}?tab=log`, label: 'Read its log' }, { to: `${pipelinePath(name)}?tab=revisions`, label: 'See its revisions' });
    } else links.push({ to: pipelinePath(name), label: 'See the pipeline' });
    if (spec.kind === 'pipeline_blocked') links.push({ to: `${pipelinePath(name)}/edit`, label: 'Edit the pipeline' });
  }
  const table = spec.subject.kind === 'table' ? spec.subject.name : typeof status.facts.table === 'string' ? status.facts.table : '';
  if (spec.kind === 'audit_difference' && table !== '') links.unshift({ to: `/audits/${encodeURIComponent(table)}`, label: 'See which keys differ' });
  if (spec.kind === 'queries_differ' || spec.kind === 'enrichment_differs') links.push({ to: `/audits/${encodeURIComponent(spec.subject.name)}?of=queries`, label: 'See which keys differ' });
  if (spec.document.kind === 'connection') links.push({ to: `/connections/${encodeURIComponent(name)}`, label: 'See the connection' });
  if (spec.kind === 'backfill_failed') links.push({ to: '/jobs?kind=backfill', label: 'See the backfill' });
  return (
    <p className={classes.ways}>
      {links.map(({ to, label }) => (
        <Link key={to} to={to}>
          {label}
        </Link>
      ))}
    </p>
  );
}

/** The reason without commands for the command line tool, which this page has buttons for. */
function plain(reason: string): string {
  return reason.replace(/ Choices for '.*$/s, '').replace(/ Events of '.*$/s, '');
}

function words(name: string): string {
  const text = name.replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
