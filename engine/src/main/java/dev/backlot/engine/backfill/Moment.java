package dev.backlot.engine.backfill;

/** Where a run is: between any two of them the process may end. */
enum Moment {
  /** An attempt has begun. */
  BEGUN,
  /** The values are on disk. */
  VALUES_READ,
  /** The next few files are about to be filled. */
  STEP_NEXT,
  /** A few files are filled and committed, and nobody was told. */
  STEP_DONE,
  /** All files are filled, and nobody was told. */
  ALL_DONE
}
