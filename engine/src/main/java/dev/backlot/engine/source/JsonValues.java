package dev.backlot.engine.source;

import dev.backlot.event.flink.FlinkTypes;
import dev.backlot.schema.FieldType;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.jspecify.annotations.Nullable;

/** Values of rows as plain JSON values, written as PostgreSQL writes them. Pure. */
public final class JsonValues {
  private static final DateTimeFormatter DATE_TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 6, true)
          .toFormatter();
  private static final long MICROS_PER_DAY = 86_400_000_000L;

  private JsonValues() {}

  static @Nullable Object of(RowData row, int index, FieldType type) {
    Object value =
        RowData.createFieldGetter(FlinkTypes.logicalType(type), index).getFieldOrNull(row);
    return of(value, type);
  }

  /** Returns a value that stands in a Flink row as a JSON value; null for null. */
  public static @Nullable Object of(@Nullable Object value, FieldType type) {
    return value == null ? null : json(value, type);
  }

  private static Object json(Object value, FieldType type) {
    if (type instanceof FieldType.Decimal) {
      return ((DecimalData) value).toBigDecimal();
    }
    if (type instanceof FieldType.ArrayOf array) {
      return list((ArrayData) value, array.element());
    }
    if (!(type instanceof FieldType.Simple simple)) {
      return value.toString();
    }
    return switch (simple) {
      case BOOLEAN, INT, LONG -> value;
      case FLOAT, DOUBLE -> number((Number) value);
      case UUID, TEXT_MAP -> value.toString();
      case BYTES -> HexFormat.of().formatHex((byte[]) value);
      case DATE -> date((Integer) value);
      case TIMESTAMP -> timestamp((TimestampData) value, "");
      case TIMESTAMPTZ -> timestamp((TimestampData) value, "+00");
      case TIME -> time((Long) value);
      case INTERVAL -> interval((RowData) value);
    };
  }

  private static Object number(Number value) {
    double d = value.doubleValue();
    if (Double.isNaN(d) || Double.isInfinite(d)) {
      return Double.toString(d);
    }
    return new BigDecimal(value.toString());
  }

  private static List<@Nullable Object> list(ArrayData array, FieldType element) {
    ArrayData.ElementGetter getter = ArrayData.createElementGetter(FlinkTypes.logicalType(element));
    List<@Nullable Object> list = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      Object value = getter.getElementOrNull(array, i);
      list.add(value == null ? null : json(value, element));
    }
    return list;
  }

  private static String date(int days) {
    if (days == Integer.MAX_VALUE || days == Integer.MIN_VALUE) {
      return days > 0 ? "infinity" : "-infinity";
    }
    return LocalDate.ofEpochDay(days).toString();
  }

  private static String timestamp(TimestampData value, String zone) {
    long micros = value.getMillisecond() * 1000 + value.getNanoOfMillisecond() / 1000;
    if (micros == Long.MAX_VALUE || micros == Long.MIN_VALUE) {
      return micros > 0 ? "infinity" : "-infinity";
    }
    Instant instant = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    return LocalDateTime.ofInstant(instant, ZoneOffset.UTC).format(DATE_TIME) + zone;
  }

  private static String time(long micros) {
    return micros == MICROS_PER_DAY
        ? "24:00:00"
        : LocalTime.ofNanoOfDay(micros * 1000).format(DateTimeFormatter.ISO_LOCAL_TIME);
  }

  private static Map<String, Object> interval(RowData value) {
    Map<String, Object> parts = new LinkedHashMap<>();
    parts.put("months", value.getInt(0));
    parts.put("days", value.getInt(1));
    parts.put("microseconds", value.getLong(2));
    return parts;
  }
}
