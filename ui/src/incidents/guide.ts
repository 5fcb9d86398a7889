/** What each kind of incident means for data, and what to do about it, in plain words. */
interface Guide {
  title: string;
  effect: string;
  next: string[];
}

const PLATFORM = 'Nothing that was applied before is lost: what the parts have written stays, and they go on where they stopped.';

const GUIDES: Record<string, Guide> = {
  pipeline_blocked: {
    title: 'Pipeline blocked',
    effect: 'Nothing is lost: it stands exactly before the change, its position is kept, and events wait. Its tables stay as they are and can be queried.',
    next: ['Choose what shall stand for the field, or edit the pipeline.', 'It goes on by itself once that is done.'],
  },
  upgrade_failed: {
    title: 'Upgrade failed',
    effect: 'Nothing is lost: the pipeline runs on under the plan before. New fields of its Source do not arrive yet.',
    next: ['See why the new plan does not run; it is tried again by itself, less often each time.'],
  },
  pipeline_failed: {
    title: 'Pipeline does not run',
    effect: 'Nothing is lost: rows that are in its tables stay, its position is kept, and changes wait in the Sources’ topics. No new rows come.',
    next: ['Read the reason in its log. It is tried again by itself.', 'With on_error: dead_letter one bad record does not stop it.'],
  },
  job_restarting: {
    title: 'Job fails again and again',
    effect: 'Nothing is lost or doubled: each start goes on where the tables stand. New rows come late.',
    next: ['Read the reason in its log.', 'Roll back to a revision that ran, if a change of the document caused it.'],
  },
  pipeline_lag: {
    title: 'Behind its Sources',
    effect: 'Nothing is lost. Its tables show older data than they should.',
    next: ['See which step is busy or held up.', 'A large dump or many changes at once catch up by themselves.'],
  },
  dead_letters: {
    title: 'Records could not be processed',
    effect: 'Nothing is lost: the records are kept for 90 days. Their rows are missing or old in the tables until they are replayed.',
    next: ['Look at the records and the reasons.', 'Mend the cause, then replay them.'],
  },
  heartbeat_silent: {
    title: 'No sign of life',
    effect: 'Changes may be stuck on their way. Nothing that was committed is lost: it waits in the database’s log or in Kafka.',
    next: ['See whether capture runs and whether the pipeline is behind.'],
  },
  audit_difference: {
    title: 'A table differs from its Sources',
    effect: 'Some rows of the table are missing, too many or wrong. Everything else is proven equal.',
    next: ['See which keys differ and how.', 'Repair them: they are read again from the database and compared once more.'],
  },
  backfill_failed: {
    title: 'A backfill failed',
    effect: 'What it had filled stays; the other older rows have no value in the column.',
    next: ['Read the reason and ask for it again.'],
  },
  queries_differ: {
    title: 'Two queries differ',
    effect: 'The target shows other rows than the source of truth, for longer than its SLA.',
    next: ['See which keys differ.', 'Repair them where the audit names a Source.'],
  },
  queries_not_compared: {
    title: 'Two queries could not be compared',
    effect: 'Nothing changes; nothing is proven either while it lasts.',
    next: ['Read the reason: usually the query or the login’s rights.'],
  },
  enrichment_differs: {
    title: 'Enriched columns are old',
    effect: 'The table shows what the graph does not answer any more. Columns that come from the database are not concerned.',
    next: ['Repair: the keys are read and enriched again.', 'Add a trigger for what changes in the graph.'],
  },
  connection_retrying: {
    title: 'Capture does not run',
    effect: 'Nothing is lost: changes wait in the database’s log. They arrive late.',
    next: ['See whether the database answers.', 'Mind the log that the database retains meanwhile.'],
  },
  connection_failed: {
    title: 'Capture has stopped',
    effect: 'Nothing is lost while the database keeps its log. No changes arrive.',
    next: ['Mend what the reason names; the connection’s page has the statements.'],
  },
  slot_lost: {
    title: 'The database lost its log for us',
    effect: 'Changes that were not read yet can’t be read from the log any more. A recapture dumps every table, and ends what is gone.',
    next: ['Recapture the connection.', 'Raise wal.limit or max_slot_wal_keep_size so that it does not happen again.'],
  },
  prerequisite_missing: {
    title: 'A prerequisite is missing',
    effect: 'Nothing is lost now. Capture could not begin again after a stop.',
    next: ['Run the statement that the connection’s page shows.'],
  },
  table_refused: {
    title: 'A table is not captured',
    effect: 'The others are not concerned. Changes of this table do not arrive.',
    next: ['Give the table a key, or say in the connection what shall happen to tables without one.'],
  },
  wal_over_alert: {
    title: 'The database retains much log',
    effect: 'Nothing is lost. The database’s disk fills while it lasts.',
    next: ['See whether capture runs and keeps up.'],
  },
  wal_over_limit: {
    title: 'The database is about to drop log',
    effect: 'When it does, changes that were not read yet are lost to capture, and every table has to be dumped again.',
    next: ['See why capture does not read.', 'Raise the limit, if the disk has room.'],
  },
  endpoint_unreachable: {
    title: 'A graph does not answer',
    effect: 'Nothing is lost: rows wait in front of the enrichment. New rows do not come.',
    next: ['See whether the endpoint runs. It is asked again by itself.'],
  },
  data_plane_unreachable: { title: 'The data plane does not answer', effect: PLATFORM, next: ['It is started again by itself. Look into its log when that does not help.'] },
  kafka_unreachable: { title: 'Kafka does not answer', effect: PLATFORM, next: ['See whether the brokers run.'] },
  warehouse_not_writable: {
    title: 'The warehouse can’t be written',
    effect: 'Nothing is lost: changes wait in Kafka. Tables stay as they are.',
    next: ['Make room, or mend the rights of the directory.'],
  },
};

export function guideOf(kind: string): Guide {
  return (
    GUIDES[kind] ?? {
      title: kind.charAt(0).toUpperCase() + kind.slice(1).replaceAll('_', ' '),
      effect: 'The reason says what is known.',
      next: ['Read the reason.'],
    }
  );
}
