import { Button, Select } from '@mantine/core';
import { useRead } from '../api/useApi';
import { Age, Moment } from '../parts/Age';
import { DataTable } from '../parts/DataTable';
import { Empty, Shown } from '../parts/States';
import { useAddress } from '../parts/useAddress';
import { StateMark } from '../state/StateMark';
import type { PipelineItem } from './pipeline';
import classes from './RevisionsTab.module.css';

interface Event {
  at: string;
  state: string;
  code: string;
  message: string;
}

/** What happened to a pipeline, the newest first, live. */
export function EventsTab({ pipeline }: { pipeline: PipelineItem }) {
  const reading = useRead('/api/v1/{kind}/{name}/events', { path: { kind: 'pipelines', name: pipeline.name }, query: { limit: 500 } }, { live: true });
  const [state, setState] = useAddress('state');
  return (
    <Shown of={{ ...reading, data: (reading.data as unknown as { events: Event[] } | undefined)?.events }} what="the events">
      {(events) => {
        const sorted = [...events].sort((a, b) => b.at.localeCompare(a.at));
        const shown = sorted.filter((event) => state === '' || event.state === state);
        if (events.length === 0) return <Empty>Nothing has happened to this pipeline yet.</Empty>;
        return (
          <>
            <Select
              aria-label="State"
              placeholder="Every state"
              clearable
              data={[...new Set(events.map((event) => event.state))].map((value) => ({ value, label: value.replaceAll('_', ' ') }))}
              value={state === '' ? null : state}
              onChange={(value) => setState(value ?? '')}
              w={180}
            />
            {shown.length === 0 ? (
              <Empty action={<Button variant="default" onClick={() => setState('')}>Show all {events.length}</Button>}>No event is like this filter.</Empty>
            ) : (
              <DataTable
                label="Events, the newest first"
                rows={shown}
                rowId={(event) => `${event.at} ${event.state} ${event.message}`}
                columns={[
                  { id: 'at', label: 'When', width: '190px', cell: (event) => <Moment of={event.at} /> },
                  { id: 'age', label: '', width: '100px', cell: (event) => <Age of={event.at} /> },
                  { id: 'state', label: 'State', width: '170px', cell: (event) => <StateMark state={event.state} /> },
                  {
                    id: 'message',
                    label: 'What',
                    width: 'minmax(240px, 3fr)',
                    cell: (event) => (
                      <span title={event.message}>
                        {event.message || <span className={classes.soft}>no message</span>} {event.code && <code>{event.code}</code>}
                      </span>
                    ),
                  },
                ]}
                height={560}
              />
            )}
          </>
        );
      }}
    </Shown>
  );
}
