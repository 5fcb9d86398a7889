-- Whether somebody asked that a connection be captured anew: other topics, dumped from the beginning.
ALTER TABLE capture_status ADD COLUMN recapture boolean NOT NULL DEFAULT false;
