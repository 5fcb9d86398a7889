package dev.backlot.warehouse;

import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import java.io.Serializable;

/**
 * A column of a table as it stands in the catalog.
 *
 * @param id Iceberg's field id, which survives renaming
 * @param doc the column's comment, or empty
 */
public record TableColumn(int id, String name, FieldType type, String doc) implements Serializable {
  /** Returns the column as a field of rows; columns of tables may always be null. */
  public Field field() {
    return new Field(name, type, true, doc, java.util.Map.of());
  }
}
