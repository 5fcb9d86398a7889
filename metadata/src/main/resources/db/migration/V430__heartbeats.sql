-- The newest heartbeats of each connection: where each stands in the topics of its Sources.
CREATE TABLE heartbeat (
  connection    text        NOT NULL,
  sequence      bigint      NOT NULL,              -- grows by one from beat to beat, over all owners
  operation     text        NOT NULL,              -- create, update, delete, in turn
  committed_at  timestamptz NOT NULL,              -- by the source's clock
  written_at    timestamptz NOT NULL,              -- when Kafka had acknowledged the last mark, by capture's clock
  offsets       jsonb       NOT NULL,              -- {"<topic>": [offset of the mark per partition]}
  PRIMARY KEY (connection, sequence)
);

-- How many offsets of a Source's topic marks have taken, which are no changes.
CREATE TABLE source_marks (
  topic text   PRIMARY KEY,
  marks bigint NOT NULL
);

-- The newest heartbeat that each table of a pipeline shows, per connection that it reads from.
CREATE TABLE table_heartbeat (
  pipeline     text        NOT NULL,
  sink         text        NOT NULL,
  table_name   text        NOT NULL,
  connection   text        NOT NULL,
  sequence     bigint      NOT NULL DEFAULT 0,     -- 0 before the first
  operation    text        NOT NULL DEFAULT '',
  committed_at timestamptz,
  written_at   timestamptz,
  shown_at     timestamptz,                        -- of the table's snapshot
  still_since  timestamptz,                        -- since when a partition stands still before a heartbeat; null when none does
  windows      jsonb       NOT NULL DEFAULT '[]',  -- [{"seconds": n, "count": n, "<stage>": {"p50": s, "p95": s, "p99": s}}]
  looked_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (pipeline, sink, connection)
);
