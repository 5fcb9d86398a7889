-- Which fields of Sources the values of a table's column, or of a published Source's field, have ever come from. Rows
-- stay when a pipeline is changed or deleted: what was written stays too, and with it what may not be seen.
CREATE TABLE column_origin (
  target        text        NOT NULL,              -- a table, or a published Source
  target_kind   text        NOT NULL,              -- table, source
  column_name   text        NOT NULL,
  source        text        NOT NULL,
  field         text        NOT NULL,
  pipeline      text        NOT NULL,              -- the first one that brought it there
  since         timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (target_kind, target, column_name, source, field)
);
