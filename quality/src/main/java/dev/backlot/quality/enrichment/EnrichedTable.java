package dev.backlot.quality.enrichment;

import dev.backlot.schema.FieldType;
import java.util.List;

/**
 * A table with columns that one step of its pipeline takes from a graph.
 *
 * @param table {@code namespace.table}
 * @param step id of the step that asks
 * @param key the table's key columns without {@code _source}
 * @param asked what the step asks with
 * @param taken what it takes
 * @param refreshes Sources of which a dumped row makes the step ask again about the table's row
 */
public record EnrichedTable(
    String pipeline,
    String table,
    String step,
    List<Column> key,
    List<Column> asked,
    List<Column> taken,
    List<Refresh> refreshes) {
  /** Copies what is mutable. */
  public EnrichedTable {
    key = List.copyOf(key);
    asked = List.copyOf(asked);
    taken = List.copyOf(taken);
    refreshes = List.copyOf(refreshes);
  }

  /**
   * A column.
   *
   * @param field its name in the step
   * @param name its name in the table
   * @param type in the table
   */
  public record Column(String field, String name, FieldType type) {}

  /**
   * A Source whose key is the table's.
   *
   * @param key the table's key columns in the order of the Source's key
   */
  public record Refresh(String source, List<String> key) {
    /** Copies what is mutable. */
    public Refresh {
      key = List.copyOf(key);
    }
  }
}
