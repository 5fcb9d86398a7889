-- A deletion that lets go of what can't be cleaned up.
ALTER TABLE document ADD COLUMN orphan boolean NOT NULL DEFAULT false;

-- What the reconciler has brought about, one row per pipeline document.
CREATE TABLE pipeline_status (
  pipeline      text        PRIMARY KEY,
  state         text        NOT NULL,              -- draft, deploying, running, catching_up, paused, blocked, failed, deleting
  code          text        NOT NULL DEFAULT '',   -- a ProblemCode when something is wrong
  reason        text        NOT NULL DEFAULT '',
  since         timestamptz NOT NULL DEFAULT now(), -- when it entered this state
  revision      bigint      NOT NULL DEFAULT 0,    -- of the document that is deployed
  plan_hash     text        NOT NULL DEFAULT '',   -- of the plan that is deployed
  restart       bigint      NOT NULL DEFAULT 0,    -- how often a restart was asked for
  restarted     bigint      NOT NULL DEFAULT 0,    -- how often it was done
  failures      int         NOT NULL DEFAULT 0,    -- in a row; back-off grows with them
  retry_at      timestamptz,
  updated_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE pipeline_plan (
  pipeline      text        NOT NULL,
  hash          text        NOT NULL,
  revision      bigint      NOT NULL,
  plan          json        NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (pipeline, hash)
);

-- What happened to a document, newest last; read by `logs`.
CREATE TABLE document_event (
  id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind          text        NOT NULL,
  name          text        NOT NULL,
  at            timestamptz NOT NULL DEFAULT now(),
  state         text        NOT NULL,
  code          text        NOT NULL DEFAULT '',
  message       text        NOT NULL DEFAULT ''
);
CREATE INDEX document_event_of ON document_event (kind, name, id);
