-- What needed a person: one row per stretch in which a condition held, flapping included.
CREATE TABLE incident (
  id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind          text        NOT NULL,               -- such as pipeline_blocked
  subject_kind  text        NOT NULL,
  subject       text        NOT NULL,
  document_kind text        NOT NULL,               -- of what declares the subject
  document      text        NOT NULL,
  severity      text        NOT NULL,               -- warning, critical
  state         text        NOT NULL DEFAULT 'open', -- open, acknowledged, snoozed, resolved
  owner         text        NOT NULL DEFAULT '',
  summary       text        NOT NULL,
  facts         jsonb       NOT NULL DEFAULT '{}',
  episode       int         NOT NULL DEFAULT 1,     -- grows when it comes back shortly after it was resolved
  held_since    timestamptz NOT NULL,               -- when the condition began
  held          boolean     NOT NULL DEFAULT true,  -- whether the condition was there when last looked for
  opened_at     timestamptz NOT NULL DEFAULT now(), -- of this episode
  updated_at    timestamptz NOT NULL DEFAULT now(),
  snoozed_until timestamptz,
  resolved_at   timestamptz
);
CREATE UNIQUE INDEX incident_open ON incident (kind, subject_kind, subject) WHERE state <> 'resolved';
CREATE INDEX incident_resolved ON incident (resolved_at) WHERE state = 'resolved';

CREATE TABLE incident_event (
  id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  incident bigint      NOT NULL REFERENCES incident ON DELETE CASCADE,
  at       timestamptz NOT NULL DEFAULT now(),
  what     text        NOT NULL,                    -- opened, reopened, worsened, acknowledged, …
  author   text        NOT NULL DEFAULT '',         -- a person; empty when it happened by itself
  message  text        NOT NULL DEFAULT ''
);
CREATE INDEX incident_event_of ON incident_event (incident, id);

-- What a route has been told of an incident's episode.
CREATE TABLE incident_notice (
  route        text        NOT NULL,
  incident     bigint      NOT NULL REFERENCES incident ON DELETE CASCADE,
  episode      int         NOT NULL,
  told_at      timestamptz NOT NULL DEFAULT now(),  -- the last time
  recovered_at timestamptz,                         -- when it was told that it is over
  PRIMARY KEY (route, incident, episode)
);

-- Messages on their way to a route's receiver; written in the same transaction as their notices.
CREATE TABLE delivery (
  id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  route        text        NOT NULL,
  what         text        NOT NULL,                -- opened, reminder, recovered, test
  message      jsonb       NOT NULL,
  state        text        NOT NULL DEFAULT 'waiting', -- waiting, delivered, failed
  attempts     int         NOT NULL DEFAULT 0,
  reason       text        NOT NULL DEFAULT '',     -- why the last attempt failed
  created_at   timestamptz NOT NULL DEFAULT now(),
  next_at      timestamptz NOT NULL DEFAULT now(),  -- of the next attempt; a claim moves it
  finished_at  timestamptz
);
CREATE INDEX delivery_waiting ON delivery (route, id) WHERE state = 'waiting';
CREATE INDEX delivery_of ON delivery (route, id);

-- Since when a capture has not been running, and why when it last knew; empty while it runs.
ALTER TABLE capture_status ADD COLUMN unwell_since timestamptz;
ALTER TABLE capture_status ADD COLUMN unwell_code text NOT NULL DEFAULT '';
ALTER TABLE capture_status ADD COLUMN unwell_reason text NOT NULL DEFAULT '';
