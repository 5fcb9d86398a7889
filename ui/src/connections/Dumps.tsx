import { Button, NumberInput, TextInput } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { useOwner } from '../access/useOwner';
import { useWhyNot } from '../access/whyNot';
import { send } from '../api/api';
import type { components } from '../api/schema';
import { useSend } from '../api/useApi';
import { ageSeconds, count, duration } from '../format/format';
import { Age, Moment, useNow } from '../parts/Age';
import { Allowed } from '../parts/Allowed';
import { Confirm } from '../parts/Confirm';
import { Section } from '../parts/Page';
import { Empty, Failure } from '../parts/States';
import { StateMark } from '../state/StateMark';
import classes from './Dumps.module.css';
import { size } from './size';

export type DumpView = components['schemas']['DumpView'];

const OPEN = new Set(['requested', 'running', 'paused']);
const STILL_SECONDS = 120;
const ETA_AFTER = 30;

/** Dumps: those that go on with what can be done about them, then those that have ended. */
export function Dumps({ dumps }: { dumps: DumpView[] }) {
  const open = dumps.filter((dump) => OPEN.has(dump.state));
  const ended = dumps.filter((dump) => !OPEN.has(dump.state));
  return (
    <>
      <Section title="Going on">
        {open.length === 0 ? <Empty>No dump is going on.</Empty> : open.map((dump) => <OpenDump key={dump.id} dump={dump} />)}
      </Section>
      {ended.length > 0 && (
        <Section title="Ended">
          <ul className={classes.ended}>
            {ended.map((dump) => (
              <li key={dump.id}>
                <StateMark state={dump.state} />
                <span>
                  {subject(dump)}: {count(dump.written_rows)} {dump.written_rows === 1 ? 'row' : 'rows'}
                  {dump.finished_at !== null && dump.started_at !== null && ` in ${duration((Date.parse(dump.finished_at) - Date.parse(dump.started_at)) / 1000)}`}
                  {dump.reason !== '' && `. ${dump.reason}`}
                </span>
                <Age of={dump.finished_at} />
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

function subject(dump: DumpView): string {
  const part = dump.where !== '' ? ` where ${dump.where}` : dump.keys === null ? '' : ` (${dump.keys === 1 ? '1 key' : `${dump.keys} keys`})`;
  return `${dump.initial ? 'First dump of ' : ''}${dump.source}${part}`;
}

function OpenDump({ dump }: { dump: DumpView }) {
  const now = useNow();
  const whyNot = useWhyNot();
  const owner = useOwner('sources', dump.source);
  const may = (what: 'pause' | 'resume' | 'cancel' | 'set') => whyNot('post', `/api/v1/dumps/{id}/${what}`, owner);
  const elapsed = ageSeconds(dump.started_at, now);
  const whole = dump.estimated_rows === null ? null : Math.max(dump.estimated_rows, dump.read_rows);
  const tell = (what: 'pause' | 'resume' | 'cancel') => send('post', `/api/v1/dumps/{id}/${what}`, { path: { id: String(dump.id) } });
  const pause = useSend(() => tell('pause'));
  const resume = useSend(() => tell('resume'));
  const cancel = useSend(() => tell('cancel'));
  const still = dump.state === 'running' && dump.still_seconds !== null && dump.still_seconds >= STILL_SECONDS;
  return (
    <article className={classes.dump} aria-label={subject(dump)} data-dump={dump.id}>
      <header className={classes.head}>
        <StateMark state={dump.state === 'running' ? 'reading' : dump.state} />
        <Link to={`/sources/${encodeURIComponent(dump.source)}`} className={classes.subject}>
          {subject(dump)}
        </Link>
        <span className={classes.actions}>
          {dump.state === 'paused' ? (
            <Allowed whyNot={may('resume')}>
              <Button size="xs" variant="default" leftSection={<IconPlayerPlay size={14} aria-hidden />} loading={resume.isPending} onClick={() => resume.mutate()}>
                Resume
              </Button>
            </Allowed>
          ) : (
            <Allowed whyNot={may('pause')}>
              <Button
                size="xs"
                variant="default"
                leftSection={<IconPlayerPause size={14} aria-hidden />}
                loading={pause.isPending}
                onClick={() => pause.mutate()}
                title="Ends after the chunk that is being read, and goes on there later. The log is followed all the time."
              >
                Pause
              </Button>
            </Allowed>
          )}
          <Confirm
            label="Cancel"
            icon={<IconX size={14} aria-hidden />}
            question="Cancel this dump?"
            effect={
              dump.initial ? (
                <p>The Source keeps the rows that were dumped so far and follows all changes, but rows that have not been read are missing until another whole dump.</p>
              ) : (
                <p>Rows that were dumped so far stay. The others stay as the log has told them; nothing is lost.</p>
              )
            }
            verb="Cancel the dump"
            whyNot={may('cancel')}
            action={() => cancel.mutateAsync()}
            destructive
          />
        </span>
      </header>
      <div
        className={classes.bar}
        role="progressbar"
        aria-label="Rows read"
        aria-valuemin={0}
        aria-valuenow={dump.read_rows}
        {...(whole === null ? {} : { 'aria-valuemax': whole })}
        data-state={dump.state}
      >
        {whole !== null && whole > 0 && <span style={{ width: `${Math.min(100, (dump.read_rows / whole) * 100)}%` }} />}
      </div>
      <p className={classes.facts}>
        {dump.state === 'requested' ? (
          <>Waits for its turn since <Age of={dump.requested_at} suffix="" />.</>
        ) : (
          <>
            <strong>{count(dump.read_rows)}</strong>
            {whole === null ? ' rows read' : ` of ~${count(whole)} rows (est.)`}
            {dump.rows_per_second !== null && <>, {count(dump.rows_per_second)}/s</>}
            {elapsed !== null && <>, {duration(elapsed)} so far</>}
            {left(dump, elapsed) !== '' && <>, {left(dump, elapsed)} left</>}
            {dump.bytes > 0 && <>, {size(dump.bytes)}</>}
          </>
        )}
      </p>
      {still && dump.still_seconds !== null && (
        <p className={classes.still}>No progress for {duration(dump.still_seconds)}. Capture may be down, or the server is slow; it goes on by itself.</p>
      )}
      {dump.reason !== '' && <p className={classes.facts}>{dump.reason}</p>}
      {(pause.error ?? resume.error) && <Failure error={(pause.error ?? resume.error)!} what="tell the dump" />}
      <Throttle dump={dump} whyNot={may('set')} />
    </article>
  );
}

/** A range, and only once there is something to judge by. */
function left(dump: DumpView, elapsed: number | null): string {
  if (dump.state !== 'running' || dump.seconds_left === null || elapsed === null || elapsed < ETA_AFTER) return '';
  const slower = dump.seconds_left_by_slower ?? dump.seconds_left;
  const [low, high] = [duration(dump.seconds_left), duration(slower)];
  return low === high ? `about ${low}` : `${low} to ${high}`;
}

function Throttle({ dump, whyNot }: { dump: DumpView; whyNot: string }) {
  const [chunk, setChunk] = useState<string | number>(dump.chunk_rows ?? '');
  const [delay, setDelay] = useState(dump.delay ?? '');
  const set = useSend(() =>
    send('post', '/api/v1/dumps/{id}/set', {
      path: { id: String(dump.id) },
      body: { ...(chunk === '' ? {} : { chunk_rows: Number(chunk) }), ...(delay.trim() === '' ? {} : { delay: delay.trim() }) },
    }),
  );
  const changed = (chunk !== '' && Number(chunk) !== dump.chunk_rows) || (delay.trim() !== '' && delay.trim() !== dump.delay);
  return (
    <details className={classes.throttle}>
      <summary>
        Throttle
        {(dump.chunk_rows !== null || dump.delay !== null) && (
          <span className={classes.now}>
            {[dump.chunk_rows === null ? '' : `${count(dump.chunk_rows)} rows a chunk`, dump.delay === null ? '' : `${dump.delay} between chunks`].filter(Boolean).join(', ')}
          </span>
        )}
      </summary>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          set.mutate();
        }}
      >
        <NumberInput label="Rows a chunk" placeholder="as the document says" min={1} max={1_000_000} value={chunk} onChange={setChunk} hideControls />
        <TextInput label="Rest between chunks" placeholder="such as 100ms" value={delay} onChange={(event) => setDelay(event.currentTarget.value)} />
        <Allowed whyNot={whyNot}>
          <Button type="submit" variant="default" disabled={!changed} loading={set.isPending}>
            Set
          </Button>
        </Allowed>
        <span className={classes.note}>Counts from the next chunk on. Smaller chunks and longer rests are easier on the database.</span>
      </form>
      {set.error && <Failure error={set.error} what="throttle the dump" />}
      {dump.started_at !== null && (
        <p className={classes.note}>
          Began <Moment of={dump.started_at} />; {count(dump.chunks)} chunks.
        </p>
      )}
    </details>
  );
}
