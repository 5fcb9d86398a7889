package dev.backlot.schema.evolution;

import dev.backlot.schema.FieldType;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What columns are in events, by the types that PostgreSQL calls them. */
final class ColumnTypes {
  private static final int MOST_DIGITS = 38;
  private static final Pattern TYPE =
      Pattern.compile(
          "([a-z_][a-z0-9_. ]*?)\\s*(?:\\(\\s*([0-9,\\s-]*)\\))?\\s*(with(?:out)? time zone)?");

  private ColumnTypes() {}

  /**
   * Returns the type of a column; a name that is not known is an enum, a domain or another type
   * whose values are text in events.
   */
  static FieldType of(String type) {
    String name = type.strip().toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
    if (name.endsWith("]")) {
      return new FieldType.ArrayOf(of(name.substring(0, name.lastIndexOf('['))));
    }
    Matcher parts = TYPE.matcher(name);
    if (!parts.matches()) {
      return FieldType.Text.PLAIN;
    }
    String modifier = parts.group(2) == null ? "" : parts.group(2);
    String zone = parts.group(3) == null ? "" : parts.group(3);
    return switch (parts.group(1)) {
      case "bool", "boolean" -> FieldType.Simple.BOOLEAN;
      case "int2", "smallint", "int4", "int", "integer", "smallserial", "serial" ->
          FieldType.Simple.INT;
      case "int8", "bigint", "bigserial", "oid" -> FieldType.Simple.LONG;
      case "float4", "real" -> FieldType.Simple.FLOAT;
      case "float8", "double precision" -> FieldType.Simple.DOUBLE;
      case "float" ->
          !modifier.isBlank() && Integer.parseInt(modifier.strip()) <= 24
              ? FieldType.Simple.FLOAT
              : FieldType.Simple.DOUBLE;
      case "numeric", "decimal" -> numeric(modifier);
      case "money" -> FieldType.Text.NUMERIC;
      case "uuid" -> FieldType.Simple.UUID;
      case "bytea" -> FieldType.Simple.BYTES;
      case "json", "jsonb" -> FieldType.Text.JSON;
      case "date" -> FieldType.Simple.DATE;
      case "timestamptz" -> FieldType.Simple.TIMESTAMPTZ;
      case "timestamp" ->
          zone.equals("with time zone") ? FieldType.Simple.TIMESTAMPTZ : FieldType.Simple.TIMESTAMP;
      case "time" -> zone.equals("with time zone") ? FieldType.Text.PLAIN : FieldType.Simple.TIME;
      case "interval" -> FieldType.Simple.INTERVAL;
      default -> FieldType.Text.PLAIN;
    };
  }

  private static FieldType numeric(String modifier) {
    if (modifier.isBlank()) {
      return FieldType.Text.NUMERIC;
    }
    List<Integer> numbers =
        List.of(modifier.split(",")).stream().map(text -> Integer.valueOf(text.strip())).toList();
    int precision = numbers.get(0);
    int scale = numbers.size() > 1 ? numbers.get(1) : 0;
    boolean fits = precision >= 1 && precision <= MOST_DIGITS && scale >= 0 && scale <= precision;
    return fits ? new FieldType.Decimal(precision, scale) : FieldType.Text.NUMERIC;
  }
}
