package dev.backlot.capture.postgres.catalog;

import dev.backlot.model.source.SourceName;

/** A table by its unquoted names. */
public record TableId(String schema, String table) implements Comparable<TableId> {
  /** Returns the name as SQL needs it. */
  public String sql() {
    return SqlText.identifier(schema) + "." + SqlText.identifier(table);
  }

  /** Returns the qualified name for a statement that somebody is to run. */
  public String shortest() {
    return SqlText.shortest(schema) + "." + SqlText.shortest(table);
  }

  /** Returns the name of the Source that mirrors the table. */
  public SourceName source(String connection) {
    return new SourceName(connection, schema, table);
  }

  @Override
  public int compareTo(TableId other) {
    int bySchema = schema.compareTo(other.schema);
    return bySchema != 0 ? bySchema : table.compareTo(other.table);
  }

  /** Returns {@code schema.table}, quoted where an identifier is not plain. */
  @Override
  public String toString() {
    return SqlText.readable(schema) + "." + SqlText.readable(table);
  }
}
