-- Changes that capture has written into a Source's topic.
ALTER TABLE source_marks ADD COLUMN changes bigint NOT NULL DEFAULT 0;

-- What is measured, for the product's own charts. All series of one moment are one row, so that a moment costs one insert.
CREATE TABLE history_series (
  slot    int         PRIMARY KEY,             -- place in the arrays, from 1
  name    text        NOT NULL,                -- such as lag_seconds
  subject text        NOT NULL,                -- such as pipeline:movie_report
  since   timestamptz NOT NULL DEFAULT now(),  -- what stands at this place in older rows is another's
  last_at timestamptz NOT NULL DEFAULT now(),  -- about when it was last measured
  UNIQUE (name, subject)
);

CREATE TABLE history (
  step     int         NOT NULL,               -- seconds between rows: 10 for hours, 60 for days
  at       timestamptz NOT NULL,               -- when the step begins
  readings real[]      NOT NULL,               -- by slot; NaN where nothing was known
  PRIMARY KEY (step, at)
);
