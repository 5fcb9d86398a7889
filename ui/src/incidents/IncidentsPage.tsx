import { Button, Group, SegmentedControl, Select } from '@mantine/core';
import { Link } from 'react-router';
import { useRead } from '../api/useApi';
import { Age } from '../parts/Age';
import { DataTable } from '../parts/DataTable';
import { Page } from '../parts/Page';
import { Empty, Shown } from '../parts/States';
import { useAddress } from '../parts/useAddress';
import { guideOf } from './guide';
import { incidentPath, type IncidentItem } from './incident';
import { SeverityMark } from './SeverityMark';

/** What needs a person: `/incidents?state=&owner=&kind=`. */
export function IncidentsPage() {
  const reading = useRead('/api/v1/{kind}', { path: { kind: 'incidents' } }, { live: true });
  const [state, setState] = useAddress('state', 'unresolved');
  const [owner, setOwner] = useAddress('owner');
  const [kind, setKind] = useAddress('kind');
  const items = (reading.data as unknown as { items: IncidentItem[] } | undefined)?.items;
  const needing = items?.filter((item) => item.status.state !== 'resolved').length;
  return (
    <Page title="Incidents" facts={needing !== undefined && <span>{needing} not over</span>}>
      <Shown of={{ ...reading, data: items }} what="the incidents">
        {(all) => {
          if (all.length === 0) return <Empty action={<Link to="/settings/alerts">See whom incidents are told</Link>}>Nothing has needed a person yet.</Empty>;
          const shown = all.filter(
            (item) =>
              (state === 'all' || (state === 'over') === (item.status.state === 'resolved')) &&
              (owner === '' || item.spec.owner === owner) &&
              (kind === '' || item.spec.kind === kind),
          );
          const clear = () => {
            setState('all');
            setOwner('');
            setKind('');
          };
          return (
            <>
              <Group gap={8}>
                <SegmentedControl
                  aria-label="State"
                  data={[
                    { value: 'unresolved', label: 'Not over' },
                    { value: 'over', label: 'Over' },
                    { value: 'all', label: 'All' },
                  ]}
                  value={state}
                  onChange={setState}
                />
                <Select aria-label="Owner" placeholder="Every owner" clearable data={[...new Set(all.map((item) => item.spec.owner))].filter(Boolean).sort()} value={owner || null} onChange={(value) => setOwner(value ?? '')} w={180} />
                <Select
                  aria-label="Kind"
                  placeholder="Every kind"
                  clearable
                  data={[...new Set(all.map((item) => item.spec.kind))].sort().map((value) => ({ value, label: guideOf(value).title }))}
                  value={kind || null}
                  onChange={(value) => setKind(value ?? '')}
                  w={240}
                />
              </Group>
              {shown.length === 0 ? (
                <Empty action={<Button variant="default" onClick={clear}>Show all {all.length}</Button>}>
                  {state === 'unresolved' && owner === '' && kind === '' ? 'Nothing needs a person now.' : 'No incident is like this filter.'}
                </Empty>
              ) : (
                <DataTable
                  label="Incidents"
                  rows={shown}
                  rowId={(item) => item.name}
                  to={(item) => incidentPath(item.name)}
                  columns={[
                    { id: 'severity', label: 'Severity', width: '190px', cell: (item) => <SeverityMark severity={item.status.severity} state={item.status.state} />, sort: (item) => item.status.severity },
                    { id: 'what', label: 'What', width: 'minmax(180px, 1.2fr)', cell: (item) => <Link to={incidentPath(item.name)}>{guideOf(item.spec.kind).title}</Link>, sort: (item) => item.spec.kind },
                    { id: 'about', label: 'About', width: 'minmax(150px, 1fr)', cell: (item) => <span title={item.spec.subject.name}>{item.spec.subject.name}</span>, sort: (item) => item.spec.subject.name },
                    { id: 'reason', label: 'Reason', width: 'minmax(180px, 2fr)', cell: (item) => <span title={item.status.reason}>{item.status.reason}</span> },
                    { id: 'owner', label: 'Owner', width: '140px', cell: (item) => item.spec.owner || 'nobody', sort: (item) => item.spec.owner },
                    { id: 'since', label: 'For', width: '96px', align: 'right', cell: (item) => <Age of={item.status.since} suffix="" />, sort: (item) => item.status.since },
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
