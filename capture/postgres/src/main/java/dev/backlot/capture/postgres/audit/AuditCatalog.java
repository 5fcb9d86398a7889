package dev.backlot.capture.postgres.audit;

import static java.util.Objects.requireNonNull;

import dev.backlot.capture.postgres.CapturedTable;
import dev.backlot.capture.postgres.catalog.Catalog;
import dev.backlot.capture.postgres.catalog.TableShapes;
import dev.backlot.capture.postgres.type.PostgresTypes.TypeInfo;
import dev.backlot.capture.postgres.type.TableShape;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.audit.AuditRead;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds out how a table is to be read for an audit. For one thread. */
final class AuditCatalog {
  private final Connection connection;
  private final Catalog catalog;
  private final TableShapes shapes;

  AuditCatalog(Connection connection) {
    this.connection = connection;
    this.catalog = new Catalog(connection);
    this.shapes = new TableShapes(catalog);
  }

  Catalog catalog() {
    return catalog;
  }

  /**
   * Plans a read of the table as it is now.
   *
   * @throws ProblemException when the table, its key or a column is not as the read supposes
   */
  ComparedTable table(CapturedTable table, AuditRead read) throws SQLException {
    Catalog.Table current = catalog.table(table.id()).orElseThrow(() -> gone(table));
    if (!new HashSet<>(current.keyColumns()).equals(new HashSet<>(table.keyColumns()))) {
      throw refused(
          table,
          "its key was "
              + String.join(", ", table.keyColumns())
              + " and has changed. It is dumped into a new topic by itself");
    }
    Map<String, ComparedColumn> columns = columns(table, current);
    for (int i = 0; i < read.fields().size(); i++) {
      check(table, columns, read.fields().get(i), FieldType.parse(read.types().get(i)));
    }
    return ComparedTable.of(table, columns, read, rows(current.oid()));
  }

  private static void check(
      CapturedTable table, Map<String, ComparedColumn> columns, String name, FieldType asked) {
    ComparedColumn column = columns.get(name);
    if (column == null) {
      throw refused(
          table, "its table has no column '" + name + "' any more. Plan the pipeline anew");
    }
    if (!asked.accepts(column.type())) {
      throw refused(
          table,
          "column '"
              + name
              + "' has the type "
              + column.type().notation()
              + ", which "
              + asked.notation()
              + " does not hold. Plan the pipeline anew");
    }
  }

  private Map<String, ComparedColumn> columns(CapturedTable table, Catalog.Table current)
      throws SQLException {
    TableShape shape = shapes.current(table.source(), current);
    Map<String, Boolean> byBytes = orderedByBytes(current.oid());
    Map<Long, String> delimiters = new HashMap<>();
    Map<Long, String> names = typeNames(shape, delimiters);
    Map<String, ComparedColumn> columns = new LinkedHashMap<>();
    List<Field> fields = shape.schema().fields();
    for (int i = 0; i < fields.size(); i++) {
      TypeInfo type = shape.columns().get(i).type();
      TypeInfo element = type.element();
      long delimiting = Integer.toUnsignedLong(element == null ? type.oid() : element.oid());
      String name = fields.get(i).name();
      columns.put(
          name,
          new ComparedColumn(
              name,
              fields.get(i).type(),
              type,
              names.getOrDefault(Integer.toUnsignedLong(type.oid()), type.name()),
              delimiters.getOrDefault(delimiting, ",").charAt(0),
              byBytes.getOrDefault(name, false)));
    }
    return columns;
  }

  /** Texts compare by bytes under C, under its other names, and under the server's own provider. */
  private Map<String, Boolean> orderedByBytes(int oid) throws SQLException {
    Map<String, Boolean> ordered = new HashMap<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT a.attname, pg_catalog.pg_encoding_to_char(d.encoding) = 'UTF8' AND (
                CASE WHEN c.collprovider = 'd'
                  THEN coalesce(pg_catalog.to_jsonb(d) ->> 'datlocprovider', 'c')
                  ELSE c.collprovider::text END = 'b'
                OR (CASE WHEN c.collprovider = 'd'
                  THEN coalesce(pg_catalog.to_jsonb(d) ->> 'datlocprovider', 'c')
                  ELSE c.collprovider::text END = 'c'
                AND CASE WHEN c.collprovider = 'd' THEN d.datcollate::text ELSE c.collcollate::text END
                  IN ('C', 'POSIX')))
            FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_collation c ON c.oid = a.attcollation
            CROSS JOIN pg_catalog.pg_database d
            WHERE a.attrelid = ? AND d.datname = pg_catalog.current_database()
            """)) {
      statement.setLong(1, Integer.toUnsignedLong(oid));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          ordered.put(rows.getString(1), rows.getBoolean(2));
        }
      }
    }
    return ordered;
  }

  private Map<Long, String> typeNames(TableShape shape, Map<Long, String> delimiters)
      throws SQLException {
    Set<Long> oids = new HashSet<>();
    for (TableShape.ShapeColumn column : shape.columns()) {
      oids.add(Integer.toUnsignedLong(column.type().oid()));
      TypeInfo element = column.type().element();
      if (element != null) {
        oids.add(Integer.toUnsignedLong(element.oid()));
      }
    }
    Map<Long, String> names = new HashMap<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT oid, pg_catalog.format_type(oid, -1), typdelim FROM pg_catalog.pg_type"
                + " WHERE oid = ANY (?)")) {
      statement.setArray(1, connection.createArrayOf("oid", oids.toArray()));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          names.put(rows.getLong(1), rows.getString(2));
          delimiters.put(rows.getLong(1), rows.getString(3));
        }
      }
    }
    return names;
  }

  /** A table that was never analyzed is taken to have narrow rows. */
  private long rows(int oid) throws SQLException {
    String number = Integer.toUnsignedString(oid);
    return Long.parseLong(
        requireNonNull(
            catalog.text(
                "SELECT coalesce(sum(CASE WHEN reltuples > 0 THEN reltuples"
                    + " ELSE pg_catalog.pg_relation_size(oid) / 64 END), 0)::bigint"
                    + " FROM pg_catalog.pg_class WHERE oid = "
                    + number
                    + " OR oid IN (SELECT relid FROM pg_catalog.pg_partition_tree("
                    + number
                    + ") WHERE isleaf)")));
  }

  /** Returns whether a statement waits for what this transaction has locked. */
  boolean isWaitedFor() throws SQLException {
    return catalog
        .text(
            "SELECT EXISTS (SELECT FROM pg_catalog.pg_locks w JOIN pg_catalog.pg_locks h"
                + " ON h.relation = w.relation AND h.database = w.database"
                + " WHERE NOT w.granted AND h.granted AND h.pid = pg_catalog.pg_backend_pid())")
        .equals("t");
  }

  static ProblemException gone(CapturedTable table) {
    return new ProblemException(
        ProblemCode.CONNECTION_TABLE_MISSING,
        "Cannot audit source '"
            + table.source()
            + "': its table "
            + table.id()
            + " is gone. Take it out of the connection, or create it again.");
  }

  static ProblemException refused(CapturedTable table, String cause) {
    return new ProblemException(
        ProblemCode.NOT_ALLOWED_NOW,
        "Cannot audit source '" + table.source() + "': " + cause + ".");
  }
}
