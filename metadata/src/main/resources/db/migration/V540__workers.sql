-- Capture workers that run: each says so about once a second; times are this database's own.
CREATE TABLE capture_worker (
  id         text        PRIMARY KEY,                   -- as in capture_lease.owner
  host       text        NOT NULL,
  pid        bigint      NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  seen_at    timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE capture_lease ADD COLUMN since timestamptz NOT NULL DEFAULT now();
