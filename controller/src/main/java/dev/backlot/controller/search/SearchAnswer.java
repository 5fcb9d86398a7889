package dev.backlot.controller.search;

import dev.backlot.controller.search.Highlights.Highlight;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A page of what was found.
 *
 * @param total how many there are in all
 * @param known how many things there are, whatever was asked
 * @param tookMillis on the server
 */
record SearchAnswer(
    int total, int known, double tookMillis, List<Found> items, List<Facet> facets) {
  /**
   * Something that was found.
   *
   * @param fields how many fields it has
   * @param highlights where the query's words stand, at most a few
   */
  record Found(
      String kind,
      String name,
      String description,
      String owner,
      String domain,
      String origin,
      String state,
      String reason,
      List<String> tags,
      int fields,
      Optional<Instant> since,
      List<Highlight> highlights) {}

  /**
   * Values that narrow a search down.
   *
   * @param name {@code kind}, {@code owner}, {@code domain}, {@code tag} or {@code state}
   */
  record Facet(String name, List<Value> values) {}

  /**
   * A value of a facet; empty text stands for things that have none.
   *
   * @param count how many would be found with it, everything else as asked
   */
  record Value(String value, int count, boolean chosen) {}
}
