package dev.backlot.engine.answer;

import dev.backlot.schema.FieldType;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Optional;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;

/** Turns canonical texts of single values into values of Flink rows. Pure. */
final class CanonicalFields {
  private static final String UTC = "+00";

  private CanonicalFields() {}

  /**
   * Returns the value; empty for one that a question can't hold: an array, an interval, binary
   * data, an infinite or BC time, a number that its type can't hold.
   */
  static Optional<Object> value(FieldType type, String canonical) {
    try {
      if (type instanceof FieldType.Decimal decimal) {
        return Optional.ofNullable(
            DecimalData.fromBigDecimal(
                new BigDecimal(canonical), decimal.precision(), decimal.scale()));
      }
      if (type instanceof FieldType.Text) {
        return Optional.of(StringData.fromString(canonical));
      }
      return type instanceof FieldType.Simple simple ? simple(simple, canonical) : Optional.empty();
    } catch (DateTimeException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Optional<Object> simple(FieldType.Simple type, String text) {
    return switch (type) {
      case BOOLEAN -> Optional.of(Boolean.valueOf(text));
      case INT -> Optional.of(Integer.valueOf(text));
      case LONG -> Optional.of(Long.valueOf(text));
      case FLOAT -> Optional.of(Float.valueOf(text));
      case DOUBLE -> Optional.of(Double.valueOf(text));
      case UUID -> Optional.of(StringData.fromString(text));
      case DATE -> Optional.of((int) LocalDate.parse(text).toEpochDay());
      case TIME -> Optional.of(LocalTime.parse(text).toNanoOfDay() / 1000);
      case TIMESTAMP -> Optional.of(timestamp(text));
      case TIMESTAMPTZ ->
          text.endsWith(UTC)
              ? Optional.of(timestamp(text.substring(0, text.length() - UTC.length())))
              : Optional.empty();
      case BYTES, INTERVAL, TEXT_MAP -> Optional.empty();
    };
  }

  private static TimestampData timestamp(String text) {
    return TimestampData.fromLocalDateTime(LocalDateTime.parse(text.replace(' ', 'T')));
  }
}
