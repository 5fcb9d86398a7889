package dev.backlot.transport;

import java.io.Serializable;

/**
 * Reads the marks of a sink as they are now. Travels to wherever a job's parts start, and is called
 * once per start, never per record.
 */
@FunctionalInterface
public interface MarkReader extends Serializable {
  /**
   * Returns the sink's current marks.
   *
   * @throws RuntimeException if the sink can't be read or has no marks; the job does not start then
   */
  Marks read();
}
