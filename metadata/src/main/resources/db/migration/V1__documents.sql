-- What users declared. One row per document that is not gone yet; its history is in document_revision.
CREATE TABLE document (
  kind        text        NOT NULL,              -- Connection, Endpoint, Pipeline
  name        text        NOT NULL,
  revision    bigint      NOT NULL,
  spec        json        NOT NULL,              -- the canonical document, its fields in order
  deleting    boolean     NOT NULL DEFAULT false, -- asked to be deleted; cleaned up by its reconciler, then removed
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (kind, name)
);

CREATE TABLE document_revision (
  kind        text        NOT NULL,
  name        text        NOT NULL,
  revision    bigint      NOT NULL,
  spec        json        NOT NULL,
  author      text        NOT NULL DEFAULT '',
  message     text        NOT NULL DEFAULT '',   -- why, such as 'pause' or 'rollback to 3'
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (kind, name, revision)
);
