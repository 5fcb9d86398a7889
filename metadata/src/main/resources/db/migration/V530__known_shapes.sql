-- How each captured table looked when capture last looked at it.
CREATE TABLE known_shape (
  source text PRIMARY KEY,
  epoch integer NOT NULL,
  table_oid bigint NOT NULL,
  storage text NOT NULL,
  highest integer NOT NULL,
  began_at bigint NOT NULL,
  columns jsonb NOT NULL
);
