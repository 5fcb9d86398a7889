package dev.backlot.warehouse.maintenance;

/** What maintenance can do for a table. */
public enum Work {
  /** Merges small files, and drops versions of rows that another one in the same files ends. */
  PACK,
  /** Looks at all versions of all rows, and rewrites the files in which many count no more. */
  COMPACT,
  /** Merges the lists of files that queries and commits read. */
  MANIFESTS,
  /** Lets old snapshots go. Their files are deleted later. */
  EXPIRE,
  /** Looks for files that no snapshot needs. They are deleted later. */
  ORPHANS
}
