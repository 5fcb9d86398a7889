package dev.backlot.quality.audit;

import dev.backlot.quality.table.TableReader.Place;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A difference between a table and its Source that more than one look has confirmed.
 *
 * @param key canonical texts in key order
 * @param columns those that differ; empty unless the kind is {@link Kind#DIFFERENT}
 * @param place of the row that is too many, for doubled and unexplained rows
 */
public record Finding(Kind kind, List<String> key, List<Value> columns, Optional<Place> place) {
  /** What is wrong. */
  public enum Kind {
    /** The database has the row and the table has not. */
    MISSING,
    /** The table has the row and the database has not. */
    EXTRA,
    /** Both have it with different values. */
    DIFFERENT,
    /** The same change stands in the table more than once. */
    DOUBLED,
    /** A row stands where its Source's topic has no record. */
    UNEXPLAINED
  }

  /**
   * A column's two values as canonical texts, null for NULL.
   *
   * @param column its name in the table
   */
  public record Value(String column, @Nullable String source, @Nullable String table) {}
}
