import { useParams } from 'react-router';
import { stringify } from 'yaml';
import { useRead } from '../api/useApi';
import { Age } from '../parts/Age';
import { CodeEditor } from '../parts/CodeEditor';
import { Facts } from '../parts/Facts';
import { Page, Section } from '../parts/Page';
import { Notice, Shown } from '../parts/States';
import { Tabs } from '../parts/Tabs';
import { StateMark } from '../state/StateMark';
import { History } from './History';
import { statusOf, textOf } from './items';

/** A GraphQL endpoint: whether it answers, and which schema it gave last. */
export function EndpointPage() {
  const { name = '' } = useParams();
  const item = useRead('/api/v1/{kind}/{name}', { path: { kind: 'endpoints', name } }, { live: true });
  const state = item.data?.status.state;
  return (
    <Page title={name} parents={[{ to: '/connections', label: 'Connections' }]} facts={state && <StateMark state={state} />}>
      <Shown of={item} what={`endpoint ${name}`}>
        {(shown) => {
          const status = statusOf(shown);
          const reason = shown.status.reason;
          return (
            <Tabs
              label="About this endpoint"
              tabs={[
                {
                  id: 'checks',
                  label: 'Checks',
                  view: () => (
                    <>
                      {reason !== '' && (
                        <Notice tone="failed" title="It does not give its schema">
                          <p>{reason}</p>
                          <p>Pipelines that ask it go on with the schema that they were planned with; rows that can’t be enriched wait or go to dead letters, as each pipeline says.</p>
                        </Notice>
                      )}
                      <Section title="What it says">
                        <Facts
                          facts={[
                            ['Address', textOf((shown.spec as { config?: { url?: string } }).config?.url)],
                            ['Answers', status['reachable'] === true ? 'yes' : status['checked_at'] === undefined ? 'not asked yet' : 'no'],
                            ['State since', <Age key="since" of={shown.status.since} />],
                            ['Asked', <Age key="asked" of={status['checked_at'] as string | undefined} />],
                            ['Schema seen', status['schema_at'] === undefined ? 'never' : <Age key="schema" of={status['schema_at'] as string} />],
                            ['Schema’s hash', status['schema_hash'] ? <code key="hash">{textOf(status['schema_hash']).slice(0, 16)}</code> : ''],
                            ['Owner', textOf((shown.spec as { owner?: string }).owner)],
                          ]}
                        />
                      </Section>
                    </>
                  ),
                },
                { id: 'document', label: 'Document', view: () => <CodeEditor label="The endpoint's document" value={stringify(shown.spec, { lineWidth: 0 })} language="yaml" readOnly /> },
                { id: 'history', label: 'History', view: () => <History kind="endpoints" name={name} /> },
              ]}
            />
          );
        }}
      </Shown>
    </Page>
  );
}
