-- From where in the source's log its stream may name the publication of inserts; null while there is none.
ALTER TABLE capture_progress ADD COLUMN inserts_from bigint;
