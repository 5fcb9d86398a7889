import { Button } from '@mantine/core';
import { IconRoute, IconSitemap } from '@tabler/icons-react';
import { Link, useParams } from 'react-router';
import { useRead } from '../api/useApi';
import { count } from '../format/format';
import { Page } from '../parts/Page';
import { Shown } from '../parts/States';
import { Tabs } from '../parts/Tabs';
import { QualifiedName } from '../parts/QualifiedName';
import { NewPipeline } from '../pipelines/NewPipeline';
import { StateMark } from '../state/StateMark';
import { AccessTab } from './AccessTab';
import { ConsumersTab } from './ConsumersTab';
import { DataTab } from './DataTab';
import { HistoryTab } from './HistoryTab';
import { OverviewTab } from './OverviewTab';
import { fieldId, lineagePath } from './paths';
import { QualityTab } from './QualityTab';
import { SchemaTab } from './SchemaTab';
import classes from './SourcePage.module.css';

/** One Source: what it is, what it holds, who takes what of it. */
export function SourcePage() {
  const { name = '' } = useParams();
  const source = useRead('/api/v1/sources/{name}/details', { path: { name } }, { live: true });
  const known = source.data;
  return (
    <Page
      title={name}
      heading={<span className={classes.heading}><QualifiedName name={name} /></span>}
      parents={[{ to: '/sources', label: 'Catalog' }]}
      facts={
        known && (
          <>
            <StateMark state={known.state} />
            <span>{known.owner ? `Owned by ${known.owner}` : 'Nobody owns it'}</span>
          </>
        )
      }
      actions={
        <>
          <Button component={Link} to={lineagePath(fieldId('source', name))} variant="default" leftSection={<IconSitemap size={14} aria-hidden />}>
            Lineage
          </Button>
          <NewPipeline source={name} Icon={IconRoute} />
        </>
      }
    >
      <Shown of={source} what={`Source ${name}`}>
        {(its) => (
          <Tabs
            label={`Views of ${name}`}
            tabs={[
              { id: 'overview', label: 'Overview', view: () => <OverviewTab source={its} /> },
              { id: 'schema', label: 'Schema', note: count(its.fields.length), view: () => <SchemaTab source={its} /> },
              { id: 'data', label: 'Data', view: () => <DataTab source={its} /> },
              { id: 'consumers', label: 'Consumers', note: count(its.consumers.length), view: () => <ConsumersTab source={its} /> },
              { id: 'quality', label: 'Quality', view: () => <QualityTab source={its} /> },
              { id: 'access', label: 'Access', view: () => <AccessTab source={its} /> },
              { id: 'history', label: 'History', view: () => <HistoryTab source={its} /> },
            ]}
          />
        )}
      </Shown>
    </Page>
  );
}
