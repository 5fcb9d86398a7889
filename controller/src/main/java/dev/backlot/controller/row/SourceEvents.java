package dev.backlot.controller.row;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * The events of a row's key in one Source's topic.
 *
 * @param key texts of the Source's key
 * @param reason why none were looked for; empty when they were
 * @param scanned how many records were looked at
 * @param complete whether all was looked at that the topic holds of the key
 * @param since the topic was read back to this time, when it is not complete; else null
 * @param events newest first, as the data plane tells them
 * @param outcomes what became of each in the table, in the same order; none without a table
 */
record SourceEvents(
    String source,
    List<String> key,
    String reason,
    long scanned,
    boolean complete,
    JsonNode since,
    JsonNode events,
    List<Outcome> outcomes) {

  /**
   * What a pipeline did with an event.
   *
   * @param state {@code written}, {@code deleted} by a filter, {@code pending}, {@code failed} or
   *     {@code absent}
   * @param text in a sentence
   */
  record Outcome(String state, String text) {}
}
