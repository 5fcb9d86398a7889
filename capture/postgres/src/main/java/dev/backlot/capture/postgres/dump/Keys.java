package dev.backlot.capture.postgres.dump;

import dev.backlot.capture.postgres.CapturedTable;
import dev.backlot.capture.postgres.catalog.Catalog;
import dev.backlot.capture.postgres.catalog.SqlText;
import dev.backlot.capture.postgres.type.TableShape;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The key by which a table is dumped, and what can have happened to it. */
final class Keys {
  private Keys() {}

  /** Returns the key's columns as SQL, in key order. */
  static String columns(TableShape shape) {
    return Arrays.stream(shape.keyIndexes())
        .mapToObj(i -> column(shape, i))
        .collect(Collectors.joining(", "));
  }

  /** Returns a column as SQL. */
  static String column(TableShape shape, int index) {
    return SqlText.identifier(shape.columns().get(index).name());
  }

  /** Returns the key's columns with their types: as long as they stay, its order does. */
  static String types(TableShape shape) {
    return Arrays.stream(shape.keyIndexes())
        .mapToObj(i -> shape.columns().get(i).name() + " " + shape.columns().get(i).type().name())
        .collect(Collectors.joining(", "));
  }

  /**
   * Checks that the table has its key's columns.
   *
   * @throws ProblemException when it has not
   */
  static void check(CapturedTable table, List<Catalog.Column> columns) {
    List<String> names = columns.stream().map(Catalog.Column::name).toList();
    if (!names.containsAll(table.keyColumns())) {
      throw new ProblemException(
          ProblemCode.CONNECTION_TABLE_MISSING,
          "Cannot dump source '"
              + table.source()
              + "': its key was "
              + String.join(", ", table.keyColumns())
              + ", and table "
              + table.id()
              + " does not have these columns any more. Take it out of the connection and put it"
              + " back: it is dumped into a new topic then.");
    }
  }

  static ProblemException gone(CapturedTable table) {
    return new ProblemException(
        ProblemCode.CONNECTION_TABLE_MISSING,
        "Cannot dump source '"
            + table.source()
            + "': its table "
            + table.id()
            + " is gone. Take it out of the connection, or create it again.");
  }
}
