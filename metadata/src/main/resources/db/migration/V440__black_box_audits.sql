-- What became of an audit of two queries, one row per Audit document.
CREATE TABLE black_box_audit (
  audit         text        PRIMARY KEY,
  asked_at      timestamptz,                        -- a look is wanted at once
  state         text        NOT NULL DEFAULT 'waiting', -- waiting, equal, suspect, different, failed
  reason        text        NOT NULL DEFAULT '',
  since         timestamptz NOT NULL DEFAULT now(), -- when it entered this state
  looked_at     timestamptz,                        -- begin of the last finished look
  next_at       timestamptz NOT NULL DEFAULT now(),
  proven_at     timestamptz,                        -- as of when both sides are known to be equal
  source_rows   bigint      NOT NULL DEFAULT 0,
  target_rows   bigint      NOT NULL DEFAULT 0,
  looks         bigint      NOT NULL DEFAULT 0,
  columns       jsonb       NOT NULL DEFAULT '[]'   -- of both results, in order
);

-- Rows that differed at the last look.
CREATE TABLE black_box_suspect (
  audit         text        NOT NULL,
  key           jsonb       NOT NULL,               -- texts in the audit's key order
  source_row    jsonb,                              -- a text per column; null when there is none
  target_row    jsonb,
  doubled       boolean     NOT NULL,
  first_seen    timestamptz NOT NULL,
  last_seen     timestamptz NOT NULL,
  looks         int         NOT NULL,               -- in a row, unchanged
  PRIMARY KEY (audit, key)
);

-- Dumps that repair what an audit found.
CREATE TABLE black_box_repair (
  id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  audit         text        NOT NULL,
  dump          bigint      NOT NULL,
  keys          jsonb       NOT NULL,
  asked_by      text        NOT NULL,               -- 'policy', or who asked
  at            timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX black_box_repair_of ON black_box_repair (audit, id);
