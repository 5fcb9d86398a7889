-- What a graph said when it was last asked for its schema, one row per endpoint.
CREATE TABLE endpoint_status (
  endpoint      text        PRIMARY KEY,
  url           text        NOT NULL,              -- that was asked; another one knows nothing
  state         text        NOT NULL,              -- ready, unreachable
  reason        text        NOT NULL DEFAULT '',
  since         timestamptz NOT NULL DEFAULT now(), -- when it entered this state
  checked_at    timestamptz NOT NULL DEFAULT now(),
  schema        text,                              -- the last one that it gave, in GraphQL's schema language
  schema_hash   text        NOT NULL DEFAULT '',
  schema_at     timestamptz                        -- when the schema was first seen
);
