-- Pipelines that somebody is writing: one per name, saved as typed, never run.
CREATE TABLE pipeline_draft (
  name           text        PRIMARY KEY,
  version        bigint      NOT NULL,   -- one more with every save
  text           text        NOT NULL,   -- YAML as typed
  base_revision  bigint      NOT NULL,   -- the pipeline's revision when the draft was begun; 0 for a new pipeline
  author         text        NOT NULL,
  saved_at       timestamptz NOT NULL DEFAULT now()
);

-- What revisions of documents looked like as their authors wrote them, comments and order included.
CREATE TABLE document_text (
  kind      text   NOT NULL,
  name      text   NOT NULL,
  revision  bigint NOT NULL,
  text      text   NOT NULL,
  PRIMARY KEY (kind, name, revision)
);
