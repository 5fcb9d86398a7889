import { Select, Switch } from '@mantine/core';
import { useParams } from 'react-router';
import { Age } from '../parts/Age';
import { Facts } from '../parts/Facts';
import { Page } from '../parts/Page';
import { Empty, Shown } from '../parts/States';
import { useAddress } from '../parts/useAddress';
import { pipelinePath } from './pipeline';
import { Rollback } from './RevisionsTab';
import { SideBySide } from './SideBySide';
import { usePipeline, useRevisions } from './usePipeline';

/** One revision beside another: `/pipelines/:id/revisions/:n?with=`. */
export function RevisionPage() {
  const { id = '', n = '' } = useParams();
  const reading = useRevisions(id);
  const pipeline = usePipeline(id);
  const [other, setOther] = useAddress('with');
  const [whole, setWhole] = useAddress('whole');
  const all = reading.data ?? [];
  const chosen = all.find(({ revision }) => String(revision) === n);
  const before = all.find(({ revision }) => (other === '' ? chosen !== undefined && revision < chosen.revision : String(revision) === other));
  return (
    <Page
      title={`Revision ${n} of ${id}`}
      heading={`Revision ${n}`}
      parents={[
        { to: '/pipelines', label: 'Pipelines' },
        { to: `${pipelinePath(id)}?tab=revisions`, label: id },
      ]}
      actions={
        chosen &&
        pipeline.data &&
        chosen.revision !== pipeline.data.status.revision && (
          <Rollback pipeline={pipeline.data} to={chosen} now={all.find(({ revision }) => revision === pipeline.data?.status.revision)} />
        )
      }
    >
      <Shown of={reading} what="the revisions">
        {() =>
          chosen === undefined ? (
            <Empty>There is no revision {n} of this pipeline.</Empty>
          ) : (
            <>
              <Facts
                facts={[
                  ['Written', <Age key="a" of={chosen.created_at} />],
                  ['By', chosen.author || 'not said'],
                  ['Why', chosen.message || 'no message'],
                  ['Deployed', pipeline.data === undefined ? '' : pipeline.data.status.deployed_revision === chosen.revision ? 'yes' : 'no'],
                ]}
              />
              <div style={{ display: 'flex', gap: 16, alignItems: 'end', flexWrap: 'wrap' }}>
                <Select
                  label="Compare with"
                  data={all.filter(({ revision }) => revision !== chosen.revision).map(({ revision, message }) => ({ value: String(revision), label: `Revision ${revision}${message ? `: ${message}` : ''}` }))}
                  value={before === undefined ? null : String(before.revision)}
                  onChange={(value) => setOther(value ?? '')}
                  w={320}
                  allowDeselect={false}
                  placeholder="nothing: it is the first"
                />
                <Switch label="Whole document" checked={whole !== ''} onChange={(event) => setWhole(event.currentTarget.checked ? 'yes' : '')} />
              </div>
              <SideBySide
                before={before ? { title: `Revision ${before.revision}`, spec: before.spec } : { title: 'Nothing before', spec: {} }}
                after={{ title: `Revision ${chosen.revision}`, spec: chosen.spec }}
                whole={whole !== ''}
              />
            </>
          )
        }
      </Shown>
    </Page>
  );
}
