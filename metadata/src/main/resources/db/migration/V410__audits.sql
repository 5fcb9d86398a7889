-- The persisted scheduler's table for audits, as db-scheduler 16 defines it: rounds are long, and hold up nothing else.
CREATE TABLE scheduled_audits (
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
CREATE INDEX scheduled_audits_execution_time ON scheduled_audits (execution_time);
CREATE INDEX scheduled_audits_last_heartbeat ON scheduled_audits (last_heartbeat);

-- What is proven of the rows that a table has from one Source.
CREATE TABLE audit_proof (
  table_name      text        NOT NULL,
  source          text        NOT NULL,
  pipeline        text        NOT NULL,
  state           text        NOT NULL,              -- new, equal, different, waiting, failed, unproven
  reason          text        NOT NULL DEFAULT '',
  proven_at       timestamptz,                       -- equal as of; the oldest reading of the last round without differences
  compared_rows   bigint      NOT NULL DEFAULT 0,    -- of the last finished round
  moving_keys     bigint      NOT NULL DEFAULT 0,    -- that it could not compare, since they kept changing
  left_out        jsonb       NOT NULL DEFAULT '[]', -- columns that are not compared, with the reason
  since           timestamptz NOT NULL DEFAULT now(),
  looked_at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (table_name, source)
);

-- Rounds and repairs, asked for or due.
CREATE TABLE audit_round (
  id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  table_name      text        NOT NULL,
  asked           boolean     NOT NULL,              -- by a person; else it was due
  repair          text        NOT NULL,              -- never, dry_run, repair
  keys            jsonb,                             -- only these, each as texts in key order
  state           text        NOT NULL,              -- requested, running, done, failed
  reason          text        NOT NULL DEFAULT '',
  requested_at    timestamptz NOT NULL DEFAULT now(),
  started_at      timestamptz,
  finished_at     timestamptz,
  report          jsonb
);
CREATE INDEX audit_round_of ON audit_round (table_name, id);

-- Differences that were confirmed, and what became of them.
CREATE TABLE audit_difference (
  table_name      text        NOT NULL,
  source          text        NOT NULL,
  key             jsonb       NOT NULL,              -- texts in key order
  kind            text        NOT NULL,              -- missing, extra, different, doubled, unexplained
  columns         jsonb       NOT NULL DEFAULT '[]', -- those that differ, with both values
  place           text        NOT NULL DEFAULT '',   -- of the row that is too many
  cause           text        NOT NULL DEFAULT '',
  found_at        timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (table_name, source, key, kind, place)
);
