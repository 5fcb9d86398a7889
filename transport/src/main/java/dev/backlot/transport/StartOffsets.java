package dev.backlot.transport;

import dev.backlot.model.plan.PlanSource;
import java.util.Map;
import java.util.Properties;

/** Where a table that has never seen a Source begins to read it. */
public final class StartOffsets {
  private StartOffsets() {}

  /**
   * Returns the first marks for one Source, as its plan's {@code start_from} asks.
   *
   * @param kafka client properties, {@code bootstrap.servers} among them
   */
  public static Marks resolve(Map<String, String> kafka, PlanSource source) {
    throw new UnsupportedOperationException(new Properties().toString() + kafka + source);
  }
}
