package dev.backlot.quality.mapping;

import dev.backlot.schema.FieldType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** How a pipeline's table relates to one of the Sources that it is made of. */
public sealed interface TableMapping {
  /** Returns the table, {@code namespace.table}. */
  String table();

  /** Returns the Source's name. */
  String source();

  /**
   * Every row of the table that comes from the Source maps to one of its rows, and can be compared
   * at one position.
   *
   * @param pipeline that writes the table
   * @param topic of the Source, in this epoch
   * @param key key columns, in key order
   * @param values further columns that are compared
   * @param leftOut columns of the table that are not compared, each with the reason
   * @param predicate which of the Source's rows are in the table, in the language of dumps' filters
   *     over the Source's columns; empty for all
   */
  record ByPosition(
      String pipeline,
      String table,
      String source,
      String topic,
      int epoch,
      int partitions,
      List<Column> key,
      List<Column> values,
      List<LeftOut> leftOut,
      String predicate)
      implements TableMapping {
    /** Copies what is mutable. */
    public ByPosition {
      key = List.copyOf(key);
      values = List.copyOf(values);
      leftOut = List.copyOf(leftOut);
    }

    /**
     * Returns this without columns that the Source does not have any more: a pipeline that only
     * passed them on runs under the plan that it has.
     *
     * @param columns that the Source has now
     */
    public ByPosition among(Set<String> columns) {
      List<Column> there = new ArrayList<>();
      List<LeftOut> less = new ArrayList<>(leftOut);
      for (Column value : values) {
        if (columns.contains(value.source())) {
          there.add(value);
        } else {
          less.add(new LeftOut(value.table(), "the Source does not have it any more"));
        }
      }
      return new ByPosition(
          pipeline, table, source, topic, epoch, partitions, key, there, less, predicate);
    }

    /** Returns all columns that are compared, key columns first: a value belongs to its key. */
    public List<Column> compared() {
      return Stream.concat(key.stream(), values.stream()).toList();
    }
  }

  /**
   * Nothing can be proven of these rows by comparing them with the Source's.
   *
   * @param reason in plain words
   */
  record Unproven(String table, String source, String reason) implements TableMapping {}

  /**
   * A column that is compared.
   *
   * @param source its name in the Source
   * @param table its name in the table
   * @param type in the Source; the table's may be wider
   */
  record Column(String source, String table, FieldType type) {}

  /** A column of the table that is not compared. */
  record LeftOut(String column, String reason) {}
}
