package dev.backlot.warehouse.query;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Array;
import java.sql.Blob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Struct;
import java.sql.Timestamp;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the rows of a DuckDB result as JSON, so that a value looks as PostgreSQL writes it:
 *
 * <ul>
 *   <li>integers, decimals and floats as numbers, all digits; NaN and the infinities as strings;
 *   <li>binary as hex digits; text, JSON and UUIDs as strings;
 *   <li>dates and times in PostgreSQL's ISO text, with {@code infinity} and {@code BC};
 *   <li>intervals as {@code {"months", "days", "micros"}}; lists as lists; structs and maps as
 *       objects.
 * </ul>
 */
final class RowWriter {
  private static final String UTC = "+00";

  private final List<QueryColumn> columns;
  private final RowShape shape;
  private final int[] exactColumns;
  private final String[] exactNames;

  /**
   * Prepares for a result.
   *
   * @param columns those to write; the result may have hidden ones behind
   * @param exactColumns for each column the 1-based position of the hidden map with exact texts, or
   *     0
   * @param exactNames for each column its name in that map
   */
  RowWriter(List<QueryColumn> columns, RowShape shape, int[] exactColumns, String[] exactNames) {
    this.columns = columns;
    this.shape = shape;
    this.exactColumns = exactColumns;
    this.exactNames = exactNames;
  }

  /** Writes the row on which the result stands. */
  void write(ResultSet row, JsonGenerator out) throws SQLException, IOException {
    if (shape == RowShape.OBJECT) {
      out.writeStartObject();
    } else {
      out.writeStartArray();
    }
    for (int i = 0; i < columns.size(); i++) {
      if (shape == RowShape.OBJECT) {
        out.writeFieldName(columns.get(i).name());
      }
      column(row, i, out);
    }
    if (shape == RowShape.OBJECT) {
      out.writeEndObject();
    } else {
      out.writeEndArray();
    }
  }

  private void column(ResultSet row, int index, JsonGenerator out)
      throws SQLException, IOException {
    if (exactColumns[index] > 0
        && row.getObject(exactColumns[index]) instanceof Map<?, ?> exact
        && exact.get(exactNames[index]) instanceof String text) {
      out.writeString(text);
      return;
    }
    typed(row, index + 1, columns.get(index).type(), out);
  }

  /** Writes a value of a result or of an array's result, by its type's name. */
  private static void typed(ResultSet row, int position, String type, JsonGenerator out)
      throws SQLException, IOException {
    switch (type) {
      case "TIMESTAMP" -> {
        long micros = row.getLong(position);
        text(out, row.wasNull() ? null : PgText.timestamp(micros, ""));
      }
      case "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_WITH_TIME_ZONE" -> {
        long micros = row.getLong(position);
        text(out, row.wasNull() ? null : PgText.timestamp(micros, UTC));
      }
      case "TIME" -> text(out, time(row, position));
      case "BIGINT" -> {
        long value = row.getLong(position);
        if (row.wasNull()) {
          out.writeNull();
        } else {
          out.writeNumber(value);
        }
      }
      case "VARCHAR", "JSON" -> text(out, row.getString(position));
      case "INTERVAL" -> interval(row.getString(position), out);
      default -> value(row.getObject(position), type, out);
    }
  }

  /** The driver can't make a LocalTime of 24:00:00, which is the only value that it refuses. */
  private static @Nullable String time(ResultSet row, int position) throws SQLException {
    try {
      Object value = row.getObject(position);
      return value == null ? null : PgText.time(((LocalTime) value).toNanoOfDay() / 1000);
    } catch (DateTimeException e) {
      return PgText.time(86_400_000_000L);
    }
  }

  private static void value(@Nullable Object value, String type, JsonGenerator out)
      throws SQLException, IOException {
    if (value == null) {
      out.writeNull();
    } else if (value instanceof Number number) {
      number(number, out);
    } else if (value instanceof Boolean bool) {
      out.writeBoolean(bool);
    } else if (value instanceof Array array) {
      array(array, type, out);
    } else if (value instanceof Struct struct) {
      struct(struct, out);
    } else if (value instanceof Map<?, ?> map) {
      map(map, out);
    } else if (value instanceof Blob blob) {
      text(out, HexFormat.of().formatHex(blob.getBytes(1, (int) blob.length())));
    } else {
      text(out, plain(value));
    }
  }

  private static String plain(Object value) {
    if (value instanceof LocalDate date) {
      return PgText.date(date.toEpochDay());
    }
    if (value instanceof LocalTime time) {
      return PgText.time(time.toNanoOfDay() / 1000);
    }
    if (value instanceof OffsetDateTime time) {
      return PgText.timestamp(
          micros(time.toEpochSecond(), time.get(ChronoField.MICRO_OF_SECOND)), UTC);
    }
    if (value instanceof Timestamp timestamp) {
      java.time.LocalDateTime time = timestamp.toLocalDateTime();
      return PgText.timestamp(
          micros(time.toEpochSecond(ZoneOffset.UTC), time.get(ChronoField.MICRO_OF_SECOND)), "");
    }
    return value.toString();
  }

  private static long micros(long seconds, int micros) {
    return seconds * 1_000_000 + micros;
  }

  private static void number(Number number, JsonGenerator out) throws IOException {
    if (number instanceof Double value) {
      if (Double.isFinite(value)) {
        out.writeNumber(value);
      } else {
        out.writeString(value.toString());
      }
    } else if (number instanceof Float value) {
      if (Float.isFinite(value)) {
        out.writeNumber(value);
      } else {
        out.writeString(value.toString());
      }
    } else if (number instanceof BigDecimal value) {
      out.writeNumber(value);
    } else if (number instanceof BigInteger value) {
      out.writeNumber(value);
    } else {
      out.writeNumber(number.longValue());
    }
  }

  private static void array(Array array, String type, JsonGenerator out)
      throws SQLException, IOException {
    String element = array.getBaseTypeName();
    out.writeStartArray();
    try (ResultSet elements = array.getResultSet()) {
      while (elements.next()) {
        typed(elements, 2, element, out);
      }
    }
    out.writeEndArray();
  }

  private static void struct(Struct struct, JsonGenerator out) throws SQLException, IOException {
    map(((org.duckdb.DuckDBStruct) struct).getMap(), out);
  }

  private static void map(Map<?, ?> map, JsonGenerator out) throws SQLException, IOException {
    out.writeStartObject();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.writeFieldName(String.valueOf(entry.getKey()));
      value(entry.getValue(), "", out);
    }
    out.writeEndObject();
  }

  /** From DuckDB's text: {@code -1 year 2 months 3 days -04:05:06.5}. */
  private static void interval(@Nullable String text, JsonGenerator out) throws IOException {
    if (text == null) {
      out.writeNull();
      return;
    }
    long months = 0;
    long days = 0;
    long micros = 0;
    String[] words = text.split(" ");
    for (int i = 0; i < words.length; i++) {
      if (words[i].indexOf(':') >= 0) {
        micros = clockMicros(words[i]);
      } else {
        long count = Long.parseLong(words[i]);
        String unit = words[++i];
        if (unit.startsWith("year")) {
          months += 12 * count;
        } else if (unit.startsWith("month")) {
          months += count;
        } else {
          days += count;
        }
      }
    }
    out.writeStartObject();
    out.writeNumberField("months", months);
    out.writeNumberField("days", days);
    out.writeNumberField("micros", micros);
    out.writeEndObject();
  }

  private static long clockMicros(String clock) {
    boolean negative = clock.startsWith("-");
    String[] parts = (negative ? clock.substring(1) : clock).split(":");
    BigDecimal seconds =
        new BigDecimal(parts[2])
            .add(BigDecimal.valueOf(Long.parseLong(parts[0]) * 3600))
            .add(BigDecimal.valueOf(Long.parseLong(parts[1]) * 60));
    long micros = seconds.movePointRight(6).longValueExact();
    return negative ? -micros : micros;
  }

  private static void text(JsonGenerator out, @Nullable String text) throws IOException {
    if (text == null) {
      out.writeNull();
    } else {
      out.writeString(text);
    }
  }
}
