-- Sources that pipelines publish: those have no connection.
ALTER TABLE source ADD COLUMN pipeline text NOT NULL DEFAULT '';
ALTER TABLE source ADD COLUMN lanes jsonb NOT NULL DEFAULT '[]';           -- [{"source": name, "partitions": n}], in the order of the partitions
ALTER TABLE source ADD COLUMN ordered_by_time boolean NOT NULL DEFAULT false;
CREATE INDEX source_of_pipeline ON source (pipeline) WHERE pipeline <> '';

-- Each job that writes a published topic has a higher number than all before it.
CREATE SEQUENCE publishing_job AS bigint;
