-- How a dump is read, as its own settings say; null: as its connection's document says.
ALTER TABLE dump
  ADD COLUMN chunk_rows     int,
  ADD COLUMN delay_millis   bigint,
  ADD COLUMN parallel       int,
-- How far it is, besides last_key and dumped_rows (rows written).
  ADD COLUMN ranges         jsonb,                       -- [{"after": […], "to": […], "done": …}]; null: one range, read up to last_key
  ADD COLUMN key_types      text        NOT NULL DEFAULT '', -- of the key's columns when it began; empty before
  ADD COLUMN done_keys      int         NOT NULL DEFAULT 0,  -- of a dump of keys: how many are finished
  ADD COLUMN read_rows      bigint      NOT NULL DEFAULT 0,  -- rows written and rows left out, since the log had newer ones
  ADD COLUMN bytes          bigint      NOT NULL DEFAULT 0,
  ADD COLUMN chunks         bigint      NOT NULL DEFAULT 0,
  ADD COLUMN estimated_rows bigint,                      -- null: unknown
  ADD COLUMN estimated_by   text        NOT NULL DEFAULT '', -- statistics, planner, keys
  ADD COLUMN window_rows    bigint      NOT NULL DEFAULT 0,  -- read in the last seconds before progressed_at
  ADD COLUMN window_millis  bigint      NOT NULL DEFAULT 0,
  ADD COLUMN progressed_at  timestamptz;

DROP INDEX dump_open;
CREATE INDEX dump_open ON dump (connection, id) WHERE state IN ('requested', 'running', 'paused');
