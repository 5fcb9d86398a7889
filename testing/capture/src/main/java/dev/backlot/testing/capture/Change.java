package dev.backlot.testing.capture;

/**
 * One change of one row that the source has committed, as its topic must tell it. Each version is
 * given to one change only, so a told one is recognized by it.
 *
 * @param version of the row after the change; 0 when it is gone then
 * @param body which version's large value the row has; 0 in tables without one
 * @param era how often the table was truncated before
 * @param leftOut whether the log leaves the large value out: a newer one may be told in its place,
 *     and nothing when the row is deleted later
 * @param committedMillis when the commit had returned, in milliseconds since 1970; 0 when that is
 *     not known
 */
public record Change(
    String table,
    int key,
    Op op,
    long version,
    long body,
    int era,
    boolean leftOut,
    long committedMillis) {
  /** What happened. */
  public enum Op {
    CREATE,
    UPDATE,
    DELETE,
    /** The record without a value that follows a deletion. */
    TOMBSTONE,
    /** All rows of the table are gone; it has no key. */
    TRUNCATE
  }

  Change committed(long millis) {
    return new Change(table, key, op, version, body, era, leftOut, millis);
  }
}
