-- The persisted scheduler's own table, as db-scheduler 16 defines it.
CREATE TABLE scheduled_tasks (
  task_name            text        NOT NULL,
  task_instance        text        NOT NULL,
  task_data            bytea,
  execution_time       timestamptz NOT NULL,
  picked               boolean     NOT NULL,
  picked_by            text,
  last_success         timestamptz,
  last_failure         timestamptz,
  consecutive_failures int,
  last_heartbeat       timestamptz,
  version              bigint      NOT NULL,
  priority             smallint,
  PRIMARY KEY (task_name, task_instance)
);
CREATE INDEX scheduled_tasks_execution_time ON scheduled_tasks (execution_time);
CREATE INDEX scheduled_tasks_last_heartbeat ON scheduled_tasks (last_heartbeat);

-- What maintenance remembers of a table from one run to the next.
CREATE TABLE maintained_table (
  table_name      text        PRIMARY KEY,
  rows_that_count bigint      NOT NULL,
  compacted_at    timestamptz NOT NULL,
  swept_at        timestamptz NOT NULL
);

-- Runs of maintenance, asked for or due.
CREATE TABLE maintenance_run (
  id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  table_name      text        NOT NULL,
  asked           boolean     NOT NULL,              -- by a person; else it was due
  work            text        NOT NULL,              -- words with commas between
  state           text        NOT NULL,              -- requested, running, done, failed
  reason          text        NOT NULL DEFAULT '',
  requested_at    timestamptz NOT NULL DEFAULT now(),
  started_at      timestamptz,
  finished_at     timestamptz,
  report          jsonb
);
CREATE INDEX maintenance_run_of ON maintenance_run (table_name, id);

-- Files that no snapshot needs, with the time from which on no reader needs them either.
CREATE TABLE maintenance_deletion (
  table_name      text        NOT NULL,
  location        text        NOT NULL,
  not_before      timestamptz NOT NULL,
  PRIMARY KEY (table_name, location)
);
CREATE INDEX maintenance_deletion_due ON maintenance_deletion (table_name, not_before);
