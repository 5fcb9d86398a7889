import { Button, Group, Select, TextInput } from '@mantine/core';
import { Link } from 'react-router';
import { useRead } from '../api/useApi';
import { count, duration, rate } from '../format/format';
import { Age } from '../parts/Age';
import { DataTable } from '../parts/DataTable';
import { Page } from '../parts/Page';
import { Empty, Shown } from '../parts/States';
import { useAddress } from '../parts/useAddress';
import { StateMark } from '../state/StateMark';
import { NewPipeline } from './NewPipeline';
import { pipelinePath, type PipelineItem } from './pipeline';

const ORDER = ['blocked', 'failed', 'deploying', 'catching_up', 'deleting', 'paused', 'running'];

/** All pipelines: `/pipelines?find=&state=&owner=`. */
export function PipelinesPage() {
  const reading = useRead('/api/v1/{kind}', { path: { kind: 'pipelines' }, query: { proof: false } }, { live: true });
  const [word, setWord] = useAddress('find');
  const [state, setState] = useAddress('state');
  const [owner, setOwner] = useAddress('owner');
  const items = (reading.data as unknown as { items: PipelineItem[] } | undefined)?.items;
  return (
    <Page title="Pipelines" facts={items && <span>{count(items.length)}</span>} actions={items && items.length > 0 ? <NewPipeline /> : null}>
      <Shown of={{ ...reading, data: items }} what="the pipelines">
        {(all) => {
          if (all.length === 0) return <Empty action={<NewPipeline />}>There is no pipeline yet: one moves rows from Sources through steps into tables.</Empty>;
          const shown = all.filter(
            (item) =>
              (word === '' || `${item.name} ${item.spec.owner ?? ''} ${item.spec.description ?? ''}`.toLowerCase().includes(word.toLowerCase())) &&
              (state === '' || item.status.state === state) &&
              (owner === '' || item.spec.owner === owner),
          );
          const clear = () => {
            setWord('');
            setState('');
            setOwner('');
          };
          return (
            <>
              <Group gap={8}>
                <TextInput aria-label="Name, owner or description contains" placeholder="Find" value={word} onChange={(event) => setWord(event.currentTarget.value)} w={220} />
                <Select aria-label="State" placeholder="Every state" clearable data={choices(all.map((item) => item.status.state))} value={state || null} onChange={(value) => setState(value ?? '')} w={160} />
                <Select aria-label="Owner" placeholder="Every owner" clearable data={choices(all.map((item) => item.spec.owner ?? ''))} value={owner || null} onChange={(value) => setOwner(value ?? '')} w={180} />
              </Group>
              {shown.length === 0 ? (
                <Empty action={<Button variant="default" onClick={clear}>Show all {all.length}</Button>}>No pipeline is like this filter.</Empty>
              ) : (
                <DataTable
                  label="Pipelines"
                  rows={shown}
                  rowId={(item) => item.name}
                  to={(item) => pipelinePath(item.name)}
                  columns={[
                    { id: 'name', label: 'Name', width: 'minmax(180px, 2fr)', cell: (item) => <Link to={pipelinePath(item.name)}>{item.name}</Link>, sort: (item) => item.name },
                    { id: 'state', label: 'State', width: '170px', cell: (item) => <StateMark state={item.status.state} />, sort: (item) => ORDER.indexOf(item.status.state) },
                    { id: 'lag', label: 'Lag', width: '92px', align: 'right', cell: (item) => duration(item.status.lag_seconds), sort: (item) => item.status.lag_seconds ?? null },
                    { id: 'visible', label: 'To visible', width: '92px', align: 'right', cell: (item) => duration(item.status.heartbeat_seconds), sort: (item) => item.status.heartbeat_seconds ?? null },
                    { id: 'rate', label: 'Rate', width: '92px', align: 'right', cell: (item) => (item.status.rate === undefined ? rate(null) : `${rate(item.status.rate)}/s`), sort: (item) => item.status.rate ?? null },
                    { id: 'letters', label: 'Dead letters', width: '100px', align: 'right', cell: (item) => count(item.status.dead_letters), sort: (item) => item.status.dead_letters ?? null },
                    { id: 'owner', label: 'Owner', width: 'minmax(120px, 1fr)', cell: (item) => item.spec.owner ?? '', sort: (item) => item.spec.owner ?? '' },
                    { id: 'since', label: 'For', width: '96px', cell: (item) => <Age of={item.status.since} suffix="" />, sort: (item) => item.status.since },
                  ]}
                  {...(shown.length > 60 ? { height: 720 } : {})}
                />
              )}
            </>
          );
        }}
      </Shown>
    </Page>
  );
}

function choices(values: string[]): { value: string; label: string }[] {
  return [...new Set(values)].filter((value) => value !== '').sort().map((value) => ({ value, label: value.replaceAll('_', ' ') }));
}
