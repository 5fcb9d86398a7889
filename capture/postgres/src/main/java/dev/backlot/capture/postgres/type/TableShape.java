package dev.backlot.capture.postgres.type;

import dev.backlot.capture.postgres.type.PostgresTypes.TypeInfo;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.RowSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A table's columns at some place of its history, and the row schema that follows from them: the
 * same whether the log or the catalog described them.
 */
public final class TableShape {
  /** The field property that says which column of the table it is. */
  public static final String NUMBER = "attnum";

  private final List<ShapeColumn> columns;
  private final RowSchema schema;
  private final int[] keyIndexes;
  private final int moneyDigits;

  /**
   * A column with its type, domains resolved.
   *
   * @param number as {@code attnum} gives it, which a rename keeps; 0 where it is not known
   */
  public record ShapeColumn(String name, TypeInfo type, int number) {}

  /**
   * Derives the row schema.
   *
   * @param source the Source's name
   * @param keyColumns in key order, all of them among the columns
   * @param moneyDigits digits that money has behind the point
   */
  public TableShape(
      String source, List<ShapeColumn> columns, List<String> keyColumns, int moneyDigits) {
    this.columns = List.copyOf(columns);
    this.moneyDigits = moneyDigits;
    List<Field> fields = new ArrayList<>();
    for (ShapeColumn column : columns) {
      FieldType type = PostgresTypes.codec(column.type(), moneyDigits, NO_SERVER).type();
      boolean inexact = type instanceof FieldType.Decimal || type instanceof FieldType.ArrayOf;
      boolean nullable = inexact || !keyColumns.contains(column.name());
      fields.add(new Field(column.name(), type, nullable, "", properties(column)));
    }
    this.schema = new RowSchema(source, fields, keyColumns);
    List<String> names = schema.fieldNames();
    this.keyIndexes = keyColumns.stream().mapToInt(names::indexOf).toArray();
  }

  /** Columns of two schemas that have the same number are one column, whatever it is called. */
  private static Map<String, String> properties(ShapeColumn column) {
    String type = column.type().name();
    return column.number() == 0
        ? Map.of("type", type)
        : Map.of("type", type, NUMBER, Integer.toString(column.number()));
  }

  /** Returns the row schema. */
  public RowSchema schema() {
    return schema;
  }

  /** Returns the columns in order. */
  public List<ShapeColumn> columns() {
    return columns;
  }

  /** Returns where the key's columns stand, in key order. */
  public int[] keyIndexes() {
    return keyIndexes.clone();
  }

  /** Returns new codecs of values as the log sends them; for one thread. */
  public ColumnCodec[] codecs(ServerText server) {
    return columns.stream()
        .map(column -> PostgresTypes.codec(column.type(), moneyDigits, server))
        .toArray(ColumnCodec[]::new);
  }

  /**
   * Returns new codecs of values as {@link #selection} reads them; for one thread. They write the
   * same bytes as those of {@link #codecs}.
   */
  public ColumnCodec[] selectionCodecs(ServerText server) {
    return columns.stream()
        .map(
            column ->
                column.type().needsServerText()
                    ? PostgresTypes.textCodec(FieldType.Text.PLAIN)
                    : PostgresTypes.codec(column.type(), moneyDigits, server))
        .toArray(ColumnCodec[]::new);
  }

  /** Returns the expression that reads a column for {@link #selectionCodecs}. */
  public static String selection(ShapeColumn column, String quotedName) {
    return column.type().needsServerText()
        ? "CASE WHEN pg_catalog.num_nulls("
            + quotedName
            + ") = 0 THEN pg_catalog.concat("
            + quotedName
            + ") END"
        : quotedName;
  }

  private static final ServerText NO_SERVER =
      (oid, in, offset, length) -> {
        throw new IllegalStateException("Only types are asked for here");
      };
}
