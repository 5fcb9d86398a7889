CREATE TABLE access_log (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at      timestamptz NOT NULL DEFAULT now(),
  caller  text NOT NULL,
  address text NOT NULL,
  action  text NOT NULL,
  kind    text NOT NULL,
  name    text NOT NULL,
  owner   text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('done', 'refused', 'failed')),
  detail  jsonb NOT NULL
);

CREATE INDEX access_log_at ON access_log (at);
CREATE INDEX access_log_subject ON access_log (kind, name, id);
CREATE INDEX access_log_caller ON access_log (caller, id);
