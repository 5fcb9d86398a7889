package dev.backlot.testing.capture;

/**
 * One record of a topic, as far as the check needs it.
 *
 * @param generation of the owner that wrote it
 * @param kind what it is
 * @param dump whether it was read from the table
 * @param reselected whether its large value is present, not past, state
 * @param version likewise as {@link Change#version}; -1 when the row is not one that was ever
 *     written so
 * @param body as {@link Change#body}; -1 likewise
 * @param writtenMillis when its writer made it
 * @param seenMillis when it was read here
 */
public record Told(
    String table,
    int partition,
    long offset,
    long generation,
    Kind kind,
    boolean dump,
    boolean reselected,
    int key,
    long version,
    long body,
    long writtenMillis,
    long seenMillis) {
  /** What a record is. */
  public enum Kind {
    CREATE,
    UPDATE,
    DELETE,
    TOMBSTONE,
    READ,
    TRUNCATE,
    FENCE,
    MARK,
    /** Something that no topic of a captured table may hold. */
    UNKNOWN
  }
}
