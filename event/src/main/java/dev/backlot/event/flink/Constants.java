package dev.backlot.event.flink;

import dev.backlot.schema.FieldType;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.UUID;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;

/** Values of Flink rows that people write as text in documents. */
public final class Constants {
  private Constants() {}

  /**
   * Returns the value that a text means.
   *
   * @throws IllegalArgumentException when it is none of this type, or values of this type can't be
   *     written so
   */
  public static Object of(FieldType type, String text) {
    try {
      if (type instanceof FieldType.Decimal decimal) {
        BigDecimal number = new BigDecimal(text.strip());
        DecimalData value =
            DecimalData.fromBigDecimal(number, decimal.precision(), decimal.scale());
        if (value == null || value.toBigDecimal().compareTo(number) != 0) {
          throw new IllegalArgumentException("it does not fit");
        }
        return value;
      }
      if (type instanceof FieldType.Text) {
        return StringData.fromString(text);
      }
      if (type instanceof FieldType.Simple simple) {
        return simple(simple, text.strip());
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("it is no such number", e);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("it is no such time", e);
    }
    throw new IllegalArgumentException("a value of this type can't be written in a document");
  }

  private static Object simple(FieldType.Simple type, String text) {
    return switch (type) {
      case BOOLEAN -> bool(text);
      case INT -> Integer.valueOf(text);
      case LONG -> Long.valueOf(text);
      case FLOAT -> Float.valueOf(text);
      case DOUBLE -> Double.valueOf(text);
      case UUID -> StringData.fromString(UUID.fromString(text).toString());
      case DATE -> (int) LocalDate.parse(text).toEpochDay();
      case TIMESTAMP -> TimestampData.fromLocalDateTime(LocalDateTime.parse(time(text)));
      case TIMESTAMPTZ -> TimestampData.fromInstant(OffsetDateTime.parse(time(text)).toInstant());
      default ->
          throw new IllegalArgumentException("a value of this type can't be written in a document");
    };
  }

  private static String time(String text) {
    return text.replace(' ', 'T');
  }

  private static Boolean bool(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("it is neither true nor false");
    };
  }
}
