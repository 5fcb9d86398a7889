import { Button, Checkbox, Select, Group } from '@mantine/core';
import { IconFirstAidKit, IconListSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useTableOwner } from '../access/useOwner';
import { useWhyNot } from '../access/whyNot';
import { send } from '../api/api';
import { useSend } from '../api/useApi';
import { Age } from '../parts/Age';
import { Allowed } from '../parts/Allowed';
import { Confirm } from '../parts/Confirm';
import { DataTable, type Column } from '../parts/DataTable';
import { Effect } from '../parts/Effect';
import { Empty, Failure } from '../parts/States';
import { useAddress } from '../parts/useAddress';
import { KINDS, runPath, type Difference, type Run } from './audit';
import { RowDrill } from './RowDrill';
import classes from './Differences.module.css';

const idOf = (difference: Difference) => JSON.stringify([difference.source, difference.key, difference.kind, difference.place]);

/** Keys that differ: filter them, look at one row, choose some and repair them. */
export function Differences({ table, differences, none, repairs = true }: { table: string; differences: Difference[]; none: string; repairs?: boolean }) {
  const [kind, setKind] = useAddress('kind');
  const [open, setOpen] = useAddress('row');
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const navigate = useNavigate();
  const refused = useWhyNot()('post', '/api/v1/tables/{name}/audits', useTableOwner(table));
  const ask = useSend((repair: 'dry_run' | 'repair') => {
    const keys = differences.filter((each) => ticked.has(idOf(each))).map((each) => each.key);
    return send('post', '/api/v1/tables/{name}/audits', { path: { name: table }, body: { repair, ...(keys.length > 0 ? { keys } : {}) } });
  });
  const go = async (repair: 'dry_run' | 'repair') => {
    const run = (await ask.mutateAsync(repair)) as unknown as Run;
    void navigate(runPath(table, run.id));
  };
  if (differences.length === 0) return <Empty>{none}</Empty>;
  const shown = differences.filter((each) => kind === '' || each.kind === kind);
  const chosen = differences.filter((each) => ticked.has(idOf(each)));
  const opened = differences.find((each) => idOf(each) === open);
  const many = chosen.length > 0 ? `${chosen.length} key${chosen.length === 1 ? '' : 's'}` : 'every key that differs';
  const tickAll = () => setTicked(chosen.length === shown.length ? new Set() : new Set(shown.map(idOf)));
  return (
    <div className={classes.differences}>
      <Group gap={8}>
        <Select
          aria-label="Kind of difference"
          placeholder="Every kind"
          clearable
          data={[...new Set(differences.map((each) => each.kind))].map((value) => ({ value, label: `${KINDS[value].word} (${differences.filter((each) => each.kind === value).length})` }))}
          value={kind || null}
          onChange={(value) => setKind(value ?? '')}
          w={170}
        />
        <span className={classes.soft}>
          {shown.length} of {differences.length}
          {chosen.length > 0 && `, ${chosen.length} chosen`}
        </span>
        {repairs && (
          <span className={classes.end}>
            <Allowed whyNot={refused}>
              <Button variant="default" leftSection={<IconListSearch size={14} aria-hidden />} loading={ask.isPending} onClick={() => void go('dry_run').catch(() => undefined)}>
                Dry run
              </Button>
            </Allowed>
            <Confirm
              label="Repair"
              whyNot={refused}
              icon={<IconFirstAidKit size={14} aria-hidden />}
              question={`Repair ${many}?`}
              effect={
                <Effect
                  points={[
                    `Reads ${many} again from the database and writes them into the Source’s topic: the table and every other reader of the Source get what the database has now.`,
                    'A key that the database does not have is ended. Rows that no record explains, and repetitions, are removed from the table.',
                    'Newer changes are not overwritten. Afterwards the same keys are compared again by itself.',
                  ]}
                />
              }
              verb="Repair"
              primary
              action={() => go('repair')}
            />
          </span>
        )}
      </Group>
      {ask.error && <Failure error={ask.error} what="ask for it" />}
      {shown.length === 0 ? (
        <Empty action={<Button variant="default" onClick={() => setKind('')}>Show all {differences.length}</Button>}>No difference is like this filter.</Empty>
      ) : (
        <DataTable
          label="Keys that differ"
          rows={shown}
          rowId={idOf}
          columns={columns(repairs, ticked, setTicked, shown.length > 0 && chosen.length === shown.length, tickAll)}
          onOpen={(each) => setOpen(idOf(each) === open ? '' : idOf(each))}
          chosen={open}
          {...(shown.length > 20 ? { height: 420 } : {})}
        />
      )}
      {opened && <RowDrill key={open} table={table} difference={opened} close={() => setOpen('')} />}
    </div>
  );
}

function columns(repairs: boolean, ticked: ReadonlySet<string>, setTicked: (ids: ReadonlySet<string>) => void, all: boolean, tickAll: () => void): Column<Difference>[] {
  const tick = (id: string) => {
    const after = new Set(ticked);
    if (!after.delete(id)) after.add(id);
    setTicked(after);
  };
  return [
    ...(repairs
      ? [
          {
            id: 'tick',
            label: <Checkbox size="xs" aria-label="Choose all" checked={all} onChange={tickAll} />,
            width: '36px',
            cell: (each: Difference) => <Checkbox size="xs" aria-label={`Choose ${each.key.join(', ')}`} checked={ticked.has(idOf(each))} onChange={() => tick(idOf(each))} />,
          },
        ]
      : []),
    { id: 'key', label: 'Key', width: 'minmax(110px, 1fr)', cell: (each) => <code>{each.key.join(', ')}</code>, sort: (each) => each.key.join(' ') },
    { id: 'kind', label: 'What', width: '112px', cell: (each) => <span title={KINDS[each.kind]?.means}>{KINDS[each.kind]?.word ?? each.kind}</span>, sort: (each) => each.kind },
    {
      id: 'columns',
      label: 'Where they differ',
      width: 'minmax(200px, 3fr)',
      cell: (each) =>
        each.columns.length === 0
          ? KINDS[each.kind]?.means
          : each.columns.map(({ column, source, table }) => `${column}: ${source ?? 'null'} in the database, ${table ?? 'null'} in the table`).join('; '),
    },
    { id: 'cause', label: 'Cause', width: 'minmax(120px, 1fr)', cell: (each) => <span title={each.cause}>{each.cause || 'not known'}</span> },
    ...(repairs
      ? [{ id: 'found', label: 'Found', width: '104px', align: 'right' as const, cell: (each: Difference) => (each.found_at ? <Age of={each.found_at} /> : '') }]
      : []),
  ];
}
