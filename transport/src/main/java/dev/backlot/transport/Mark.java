package dev.backlot.transport;

import java.io.Serializable;

/**
 * How far a table has taken a topic partition: every surviving row below the mark is in the table.
 *
 * @param nextOffset the first offset that the table may lack
 * @param generation the highest generation of capture that a fence announced below {@code
 *     nextOffset}; records of lower ones are not to be read any more
 */
public record Mark(long nextOffset, long generation) implements Serializable {
  /** Checks the ranges. */
  public Mark {
    if (nextOffset < 0 || generation < 0) {
      throw new IllegalArgumentException("No mark " + nextOffset + ":" + generation);
    }
  }

  /** Parses {@code <nextOffset>:<generation>}. */
  public static Mark parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("No mark '" + text + "'");
    }
    return new Mark(
        Long.parseLong(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
  }

  /** Returns the mark as {@code <nextOffset>:<generation>}. */
  @Override
  public String toString() {
    return nextOffset + ":" + generation;
  }
}
