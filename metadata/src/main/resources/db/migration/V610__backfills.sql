-- Columns that a table got after rows, or that were not filled for a while.
CREATE TABLE backfill_offer (
  table_name      text        NOT NULL,
  column_name     text        NOT NULL,
  pipeline        text        NOT NULL,
  since           timestamptz NOT NULL DEFAULT now(),
  rows_before     bigint      NOT NULL,              -- in the table then
  PRIMARY KEY (table_name, column_name)
);
CREATE INDEX backfill_offer_of ON backfill_offer (pipeline);

-- Backfills that were asked for.
CREATE TABLE backfill_run (
  id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  pipeline        text        NOT NULL,
  table_name      text        NOT NULL,
  columns         jsonb       NOT NULL,              -- names in the table
  state           text        NOT NULL DEFAULT 'requested', -- running, done, failed, cancelled
  cancel          boolean     NOT NULL DEFAULT false,
  reason          text        NOT NULL DEFAULT '',
  failures        int         NOT NULL DEFAULT 0,    -- in a row
  retry_at        timestamptz NOT NULL DEFAULT now(),
  records_read    bigint      NOT NULL DEFAULT 0,    -- in this attempt, as the next two
  rows_total      bigint      NOT NULL DEFAULT 0,
  rows_looked_at  bigint      NOT NULL DEFAULT 0,
  rows_filled     bigint      NOT NULL DEFAULT 0,    -- in all attempts
  requested_at    timestamptz NOT NULL DEFAULT now(),
  started_at      timestamptz,
  finished_at     timestamptz
);
CREATE INDEX backfill_run_of ON backfill_run (pipeline, id);
CREATE INDEX backfill_run_open ON backfill_run (id) WHERE state IN ('requested', 'running');
