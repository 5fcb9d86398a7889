-- Plans that took the place of others because a Source's schema had changed.
CREATE TABLE pipeline_upgrade (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  pipeline text NOT NULL,
  from_hash text NOT NULL,
  to_hash text NOT NULL,
  cause text NOT NULL,
  state text NOT NULL CHECK (state IN ('running', 'done', 'undone')),
  reason text NOT NULL DEFAULT '',
  started_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz
);
CREATE INDEX pipeline_upgrade_by_pipeline ON pipeline_upgrade (pipeline, id);

-- Whoever waits for schemas need not ask again and again.
CREATE FUNCTION tell_of_source() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('backlot_source', '');
  RETURN NULL;
END $$;
CREATE TRIGGER source_appeared AFTER INSERT ON source
  FOR EACH ROW EXECUTE FUNCTION tell_of_source();
CREATE TRIGGER source_changed AFTER UPDATE ON source
  FOR EACH ROW WHEN (OLD.value_schema_ids IS DISTINCT FROM NEW.value_schema_ids OR OLD.epoch <> NEW.epoch)
  EXECUTE FUNCTION tell_of_source();
