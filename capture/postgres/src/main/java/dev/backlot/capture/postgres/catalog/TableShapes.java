package dev.backlot.capture.postgres.catalog;

import dev.backlot.capture.postgres.type.TableShape;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Makes shapes from columns, asking the catalog for their types. For one thread. */
public final class TableShapes {
  private static final String UNDEFINED_COLUMN = "42703";

  private final Catalog catalog;
  private int moneyDigits = -1;

  /** Asks this catalog. */
  public TableShapes(Catalog catalog) {
    this.catalog = catalog;
  }

  /** Returns the shape of a table as the catalog has it now. */
  public TableShape current(String source, Catalog.Table table) throws SQLException {
    return shape(source, catalog.columns(table.oid()), table.keyColumns());
  }

  /**
   * Returns the shape of columns as the log or the catalog told them.
   *
   * @throws SQLException also when a key column is not among them any more
   */
  public TableShape shape(String source, List<Catalog.Column> columns, List<String> keyColumns)
      throws SQLException {
    if (moneyDigits < 0) {
      moneyDigits = catalog.moneyDigits();
    }
    for (String key : keyColumns) {
      if (columns.stream().noneMatch(column -> column.name().equals(key))) {
        throw new SQLException(
            "The table of " + source + " has no column " + key, UNDEFINED_COLUMN);
      }
    }
    List<TableShape.ShapeColumn> shaped = new ArrayList<>(columns.size());
    for (Catalog.Column column : columns) {
      shaped.add(
          new TableShape.ShapeColumn(
              column.name(), catalog.type(column.typeOid(), column.modifier()), column.number()));
    }
    return new TableShape(source, shaped, keyColumns, moneyDigits);
  }
}
