-- Queries that users keep, and those that they ran last.
CREATE TABLE saved_query (
  id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account    text        NOT NULL,             -- whose it is
  name       text        NOT NULL,
  sql        text        NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (account, name)
);

CREATE TABLE recent_query (
  account      text        NOT NULL,
  digest       text        NOT NULL,           -- of the statement: one that is run again moves up
  sql          text        NOT NULL,
  ran_at       timestamptz NOT NULL DEFAULT now(),
  outcome      text        NOT NULL,           -- done, failed or cancelled
  result_rows  bigint      NOT NULL,
  millis       bigint      NOT NULL,
  PRIMARY KEY (account, digest)
);
