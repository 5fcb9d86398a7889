package dev.backlot.model.checkup;

import java.util.List;
import java.util.Optional;

/**
 * A table that could be captured, as it is now.
 *
 * @param name {@code schema.table} as {@code tables.include} wants it, quoted where needed
 * @param rows about how many it has, by the database's statistics; empty when it was never counted
 * @param bytes of its data on disk, without indexes
 * @param key the columns by which the log tells rows apart; none when there are none
 * @param identity its replica identity: {@code default}, {@code index}, {@code full} or {@code
 *     nothing}
 * @param keyless why the log can't tell its rows apart, with the statement that mends it; empty
 *     when it can
 * @param fullRow whether its updates and deletes tell the whole row
 * @param obstacle why it can't be captured whatever the document says, with the statement that
 *     mends it; empty when nothing is in the way
 * @param comment as the database has it, or empty
 */
public record TableFacts(
    String name,
    String schema,
    String table,
    Optional<Long> rows,
    Optional<Long> bytes,
    List<String> key,
    String identity,
    boolean partitioned,
    String keyless,
    boolean fullRow,
    String obstacle,
    String comment,
    List<Column> columns) {
  /** Copies what is mutable. */
  public TableFacts {
    key = List.copyOf(key);
    columns = List.copyOf(columns);
  }

  /** A column: its name and the database's name of its type. */
  public record Column(String name, String type) {}
}
