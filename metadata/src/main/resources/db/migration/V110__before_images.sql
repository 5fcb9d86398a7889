-- Whether updates and deletes tell the whole row as it was, and since when they first did.
ALTER TABLE source ADD COLUMN whole_before boolean NOT NULL DEFAULT false;
ALTER TABLE source ADD COLUMN whole_before_since timestamptz;
