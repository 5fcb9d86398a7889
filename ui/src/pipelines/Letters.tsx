import { Button, Checkbox, Group, Select, TextInput } from '@mantine/core';
import { IconPlayerTrackNext } from '@tabler/icons-react';
import { useState } from 'react';
import { useWhyNot } from '../access/whyNot';
import { send } from '../api/api';
import { useRead, useSend } from '../api/useApi';
import { cell } from '../format/cell';
import { Age, Moment } from '../parts/Age';
import { Confirm } from '../parts/Confirm';
import { DataTable, type Column } from '../parts/DataTable';
import { Effect } from '../parts/Effect';
import { Facts } from '../parts/Facts';
import { Empty, Notice, Shown } from '../parts/States';
import { useAddress } from '../parts/useAddress';
import { replayEffect } from './effects';
import type { PipelineItem } from './pipeline';
import classes from './Letters.module.css';

/** A record that could not be processed. */
interface Letter {
  name: string;
  spec: {
    step: string;
    source: string;
    partition: number;
    offset: number;
    key: string;
    attempt: number;
    sink: string;
    original?: Record<string, unknown>;
  };
  status: { state: string; code: string; reason: string; time: string; since: string };
}

interface Replayed {
  replayed: string[];
  refused: { id: string; reason: string }[];
}

const STATES = [
  { value: '', label: 'Every state' },
  { value: 'waiting', label: 'Waiting' },
  { value: 'replayed', label: 'Being replayed' },
  { value: 'done', label: 'Done' },
  { value: 'failed_again', label: 'Failed again' },
];

/** Records that a pipeline, or one of its steps, could not process; they can be looked at and replayed. */
export function Letters({ pipeline, step }: { pipeline: PipelineItem; step?: string }) {
  const { name } = pipeline;
  const [state, setState] = useAddress('letters', 'waiting');
  const [word, setWord] = useAddress('find');
  const [open, setOpen] = useAddress('letter');
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [outcome, setOutcome] = useState<Replayed | null>(null);
  const reading = useRead('/api/v1/pipelines/{name}/deadletters', { path: { name }, query: { limit: 1000 } }, { live: true });
  const replay = useSend((which: { ids?: string[]; all?: boolean; step?: string }) =>
    send('post', '/api/v1/pipelines/{name}/deadletters/replay', { path: { name }, body: which as never }),
  );
  const refused = useWhyNot()('post', '/api/v1/pipelines/{name}/deadletters/replay', pipeline.spec.owner ?? '');
  const act = async (which: { ids?: string[]; all?: boolean; step?: string }) => {
    setOutcome((await replay.mutateAsync(which)) as unknown as Replayed);
    setTicked(new Set());
  };
  if (pipeline.spec.on_error === undefined || pipeline.spec.on_error === 'stop') {
    return <Empty>This pipeline stops at a record that it can’t process (on_error: stop), so it keeps no dead letters.</Empty>;
  }
  if (pipeline.spec.on_error === 'skip') {
    return <Empty>This pipeline skips records that it can’t process (on_error: skip). With on_error: dead_letter they would be kept here.</Empty>;
  }
  return (
    <Shown of={{ ...reading, data: (reading.data as unknown as { items: Letter[] } | undefined)?.items }} what="dead letters">
      {(all) => {
        const ofStep = all.filter((letter) => step === undefined || letter.spec.step === step);
        const shown = ofStep.filter(
          (letter) =>
            (state === 'every' || letter.status.state === state) &&
            (word === '' || `${letter.spec.key} ${letter.status.reason} ${letter.spec.step}`.toLowerCase().includes(word.toLowerCase())),
        );
        const waiting = ofStep.filter((letter) => letter.status.state === 'waiting');
        const chosen = shown.filter((letter) => ticked.has(letter.name) && letter.status.state === 'waiting').map((letter) => letter.name);
        if (ofStep.length === 0) {
          return <Empty>No record {step === undefined ? 'of this pipeline' : 'at this step'} has failed in the last 90 days.</Empty>;
        }
        return (
          <div className={classes.letters}>
            <Group gap={8}>
              <Select
                aria-label="State of the letters"
                data={STATES.map((each) => ({ ...each, value: each.value === '' ? 'every' : each.value }))}
                value={state}
                onChange={(value) => setState(value ?? 'every')}
                w={150}
                allowDeselect={false}
              />
              <TextInput aria-label="Key or reason contains" placeholder="Key or reason" value={word} onChange={(event) => setWord(event.currentTarget.value)} w={180} />
              <span className={classes.soft}>
                {shown.length} of {ofStep.length}
              </span>
              <span className={classes.end}>
                {chosen.length > 0 && (
                  <Confirm
                    label={`Replay ${chosen.length}`}
                    icon={<IconPlayerTrackNext size={14} aria-hidden />}
                    question={`Replay ${chosen.length} record${chosen.length === 1 ? '' : 's'}?`}
                    effect={<Effect points={replayEffect(chosen.length, false)} />}
                    verb="Replay"
                    whyNot={refused}
                    action={() => act({ ids: chosen })}
                  />
                )}
                {waiting.length > 0 && (
                  <Confirm
                    label="Replay all waiting"
                    icon={<IconPlayerTrackNext size={14} aria-hidden />}
                    question={`Replay all ${waiting.length} waiting records?`}
                    effect={<Effect points={replayEffect(waiting.length, true)} />}
                    verb="Replay"
                    whyNot={refused}
                    action={() => act(step === undefined ? { all: true } : { step })}
                  />
                )}
              </span>
            </Group>
            {outcome && (
              <Notice tone={outcome.refused.length > 0 ? 'blocked' : 'healthy'} title={`${outcome.replayed.length} replayed, ${outcome.refused.length} refused`}>
                {outcome.refused.map(({ id, reason }) => (
                  <p key={id}>
                    <code>{id.slice(0, 8)}</code> {reason}
                  </p>
                ))}
              </Notice>
            )}
            {shown.length === 0 ? (
              <Empty
                action={
                  <Button variant="default" onClick={() => { setState('every'); setWord(''); }}>
                    Show all {ofStep.length}
                  </Button>
                }
              >
                No dead letter is like this filter.
              </Empty>
            ) : (
              <DataTable
                label="Dead letters"
                rows={shown}
                rowId={(letter) => letter.name}
                columns={columns(step === undefined, ticked, setTicked)}
                onOpen={(letter) => setOpen(letter.name === open ? '' : letter.name)}
                chosen={open}
                height={360}
              />
            )}
            {open !== '' && <LetterDetail id={open} />}
          </div>
        );
      }}
    </Shown>
  );
}

function columns(withStep: boolean, ticked: ReadonlySet<string>, setTicked: (ids: ReadonlySet<string>) => void): Column<Letter>[] {
  const tick = (id: string) => {
    const after = new Set(ticked);
    if (!after.delete(id)) after.add(id);
    setTicked(after);
  };
  return [
    {
      id: 'tick',
      label: '',
      width: '36px',
      cell: (letter) =>
        letter.status.state === 'waiting' ? (
          <Checkbox size="xs" aria-label={`Choose ${letter.spec.key}`} checked={ticked.has(letter.name)} onChange={() => tick(letter.name)} />
        ) : null,
    },
    { id: 'when', label: 'Failed', width: '110px', cell: (letter) => <Age of={letter.status.time} />, sort: (letter) => letter.status.time },
    ...(withStep ? [{ id: 'step', label: 'Step', width: '110px', cell: (letter: Letter) => letter.spec.step, sort: (letter: Letter) => letter.spec.step }] : []),
    { id: 'key', label: 'Key', width: 'minmax(90px, 1fr)', cell: (letter) => <code>{letter.spec.key}</code>, sort: (letter) => letter.spec.key },
    { id: 'reason', label: 'Why', width: 'minmax(180px, 3fr)', cell: (letter) => <span title={letter.status.reason}>{letter.status.reason}</span> },
    { id: 'state', label: 'State', width: '110px', cell: (letter) => words(letter.status.state), sort: (letter) => letter.status.state },
  ];
}

function words(state: string): string {
  return STATES.find(({ value }) => value === state)?.label ?? state;
}

/** One letter with its record. */
function LetterDetail({ id }: { id: string }) {
  const reading = useRead('/api/v1/{kind}/{name}', { path: { kind: 'deadletters', name: id } });
  return (
    <Shown of={{ ...reading, data: reading.data as unknown as Letter | undefined }} what="the record">
      {({ spec, status }) => (
        <section className={classes.detail} aria-label="The record">
          <Facts
            facts={[
              ['Why', status.reason],
              ['Code', <code key="c">{status.code}</code>],
              ['Step', spec.step],
              ['Failed', <Moment key="m" of={status.time} />],
              ['Position', `${spec.source}, partition ${spec.partition}, offset ${spec.offset}`],
              ['Attempt', String(spec.attempt)],
            ]}
          />
          {spec.original ? (
            <Facts facts={Object.entries(spec.original).map(([column, value]) => [column, <code key={column}>{cell(value).title ?? cell(value).text}</code>])} />
          ) : (
            <p className={classes.soft}>Its record was gone from the topic already, so it can’t be shown or replayed.</p>
          )}
        </section>
      )}
    </Shown>
  );
}
