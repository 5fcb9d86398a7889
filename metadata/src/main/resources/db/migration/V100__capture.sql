-- Who captures a connection. A lease lives 5 seconds unless renewed; the generation grows with each owner and fences the older ones.
CREATE TABLE capture_lease (
  connection  text        PRIMARY KEY,
  generation  bigint      NOT NULL,
  owner       text        NOT NULL,
  expires_at  timestamptz NOT NULL
);

-- What the owner says about a connection's capture, and what others ask of it.
CREATE TABLE capture_status (
  connection         text        PRIMARY KEY,
  state              text        NOT NULL,              -- starting, running, retrying, failed, stopped, removed
  code               text        NOT NULL DEFAULT '',   -- a ProblemCode when retrying or failed
  reason             text        NOT NULL DEFAULT '',
  details            jsonb       NOT NULL DEFAULT '{}', -- {"problems": [...], "tables": {...}, "retained_bytes": n, ...}
  revision           bigint      NOT NULL DEFAULT 0,    -- of the Connection document that is being captured
  drain_requested_at timestamptz,
  drained_at         timestamptz,
  updated_at         timestamptz NOT NULL DEFAULT now()
);

-- What Kafka has acknowledged, written before the source is told so.
CREATE TABLE capture_progress (
  connection        text        PRIMARY KEY,
  fenced_generation bigint      NOT NULL DEFAULT 0,     -- the last generation that fenced every partition
  position          text        NOT NULL DEFAULT '',    -- everything up to here is acknowledged
  offsets           jsonb       NOT NULL DEFAULT '{}',  -- {"<topic>": [next offset per partition]}
  fence_from        jsonb       NOT NULL DEFAULT '{}',  -- likewise: where fences begin that a later owner may have left half-written
  updated_at        timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE source (
  name             text        PRIMARY KEY,
  connection       text        NOT NULL,
  schema_name      text        NOT NULL,
  table_name       text        NOT NULL,
  epoch            int         NOT NULL,
  topic            text        NOT NULL,
  partitions       int         NOT NULL,
  key_columns      jsonb       NOT NULL,
  key_schema       text        NOT NULL,                -- Avro JSON
  value_schema     text        NOT NULL,                -- Avro JSON
  key_schema_id    int         NOT NULL,
  value_schema_id  int         NOT NULL,
  key_schema_ids   jsonb       NOT NULL,                -- all of this epoch, oldest first
  value_schema_ids jsonb       NOT NULL,                -- all of this epoch, oldest first
  state            text        NOT NULL,                -- dumping, streaming, stopped, removed
  reason           text        NOT NULL DEFAULT '',
  dumped_rows      bigint      NOT NULL DEFAULT 0,
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX source_of_connection ON source (connection);

CREATE TABLE dump (
  id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source       text        NOT NULL,
  epoch        int         NOT NULL,
  connection   text        NOT NULL,
  initial      boolean     NOT NULL DEFAULT false,      -- the first dump of a newly captured table
  predicate    text        NOT NULL DEFAULT '',         -- empty: every row
  keys         jsonb,                                   -- [["k1", …], …] as text in key order; null: every key
  state        text        NOT NULL DEFAULT 'requested', -- requested, running, done, failed, cancelled
  reason       text        NOT NULL DEFAULT '',
  last_key     jsonb,                                   -- the last finished chunk's last key as text; null before the first
  dumped_rows  bigint      NOT NULL DEFAULT 0,
  requested_at timestamptz NOT NULL DEFAULT now(),
  started_at   timestamptz,
  finished_at  timestamptz,
  updated_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX dump_open ON dump (connection, id) WHERE state IN ('requested', 'running');
