-- What audits ask of captured databases, and what capture answers. Whoever asked forgets it; the rest goes after a day.
CREATE TABLE audit_read (
  id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source       text        NOT NULL,
  epoch        int         NOT NULL,
  connection   text        NOT NULL,
  read         json        NOT NULL,                       -- an AuditRead
  state        text        NOT NULL DEFAULT 'requested',   -- requested, running, done, failed
  reason       text        NOT NULL DEFAULT '',
  answer       json,                                       -- an AuditAnswer; null until done
  requested_at timestamptz NOT NULL DEFAULT now(),
  finished_at  timestamptz
);
CREATE INDEX audit_read_open ON audit_read (connection, id) WHERE state IN ('requested', 'running');
CREATE INDEX audit_read_age ON audit_read (requested_at);
