package dev.backlot.warehouse;

import dev.backlot.schema.SystemColumn;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * The current columns of a table: what a plan's last projection must match in names, order and
 * types.
 *
 * @param schemaId Iceberg's id of the schema
 * @param columns all columns in the table's order, system columns last
 */
public record TableShape(int schemaId, List<TableColumn> columns) implements Serializable {
  /** Copies what is mutable. */
  public TableShape {
    columns = List.copyOf(columns);
  }

  /** Returns the column of exactly this name. */
  public Optional<TableColumn> column(String name) {
    return columns.stream().filter(c -> c.name().equals(name)).findFirst();
  }

  /** Returns the columns that come from steps, without the system columns. */
  public List<TableColumn> ownColumns() {
    return columns.stream().filter(c -> !isSystem(c.name())).toList();
  }

  static boolean isSystem(String name) {
    return SystemColumn.ofColumn(name).filter(s -> s.column().equals(name)).isPresent();
  }
}
