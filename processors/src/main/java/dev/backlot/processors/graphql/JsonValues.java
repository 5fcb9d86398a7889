package dev.backlot.processors.graphql;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.schema.FieldType;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.jspecify.annotations.Nullable;

/** Turns what a graph answers into values of Flink rows. */
final class JsonValues {
  private JsonValues() {}

  /** A value is not of its type. */
  static final class NotOfType extends Exception {
    private static final long serialVersionUID = 1L;

    NotOfType(String message) {
      super(message, null, false, false);
    }
  }

  /** Follows keys from an item; through a list, to the list of what its elements have there. */
  static @Nullable Object read(JsonNode item, List<String> keys, FieldType type) throws NotOfType {
    return type instanceof FieldType.ArrayOf array
        ? list(item, keys, array.element())
        : value(below(item, keys), type);
  }

  private static JsonNode below(JsonNode node, List<String> keys) {
    JsonNode at = node;
    for (String key : keys) {
      at = at.path(key);
    }
    return at;
  }

  private static @Nullable Object list(JsonNode item, List<String> keys, FieldType element)
      throws NotOfType {
    JsonNode at = item;
    for (int i = 0; i <= keys.size(); i++) {
      if (at.isArray()) {
        List<String> rest = keys.subList(i, keys.size());
        List<@Nullable Object> values = new ArrayList<>();
        for (JsonNode one : at) {
          values.add(value(below(one, rest), element));
        }
        return new GenericArrayData(values.toArray());
      }
      if (i < keys.size()) {
        at = at.path(keys.get(i));
      }
    }
    return null;
  }

  private static @Nullable Object value(JsonNode node, FieldType type) throws NotOfType {
    if (node.isNull() || node.isMissingNode()) {
      return null;
    }
    try {
      if (type instanceof FieldType.Decimal decimal) {
        return decimal(node, decimal);
      }
      return type instanceof FieldType.Simple simple ? simple(node, simple) : text(node);
    } catch (DateTimeException | NumberFormatException e) {
      throw new NotOfType("it answered " + shown(node) + ", which is not " + type.notation());
    }
  }

  private static StringData text(JsonNode node) {
    return StringData.fromString(node.isValueNode() ? node.asText() : node.toString());
  }

  private static Object decimal(JsonNode node, FieldType.Decimal type) throws NotOfType {
    DecimalData value = DecimalData.fromBigDecimal(number(node), type.precision(), type.scale());
    if (value == null || value.toBigDecimal().compareTo(number(node)) != 0) {
      throw new NotOfType("it answered " + shown(node) + ", which does not fit " + type.notation());
    }
    return value;
  }

  private static BigDecimal number(JsonNode node) {
    if (!node.isNumber() && !node.isTextual()) {
      throw new NumberFormatException();
    }
    return new BigDecimal(node.asText());
  }

  private static Object simple(JsonNode node, FieldType.Simple type) throws NotOfType {
    try {
      return switch (type) {
        case INT -> number(node).intValueExact();
        case LONG -> number(node).longValueExact();
        case DOUBLE -> number(node).doubleValue();
        case BOOLEAN -> bool(node);
        case UUID -> StringData.fromString(node.asText().toLowerCase(Locale.ROOT));
        case DATE -> (int) LocalDate.parse(node.asText()).toEpochDay();
        case TIMESTAMP ->
            TimestampData.fromLocalDateTime(LocalDateTime.parse(node.asText().replace(' ', 'T')));
        case TIMESTAMPTZ ->
            TimestampData.fromInstant(
                OffsetDateTime.parse(node.asText().replace(' ', 'T')).toInstant());
        default -> throw new NumberFormatException();
      };
    } catch (ArithmeticException e) {
      throw new NotOfType("it answered " + shown(node) + ", which does not fit " + type.notation());
    }
  }

  private static Boolean bool(JsonNode node) {
    if (!node.isBoolean()) {
      throw new NumberFormatException();
    }
    return node.asBoolean();
  }

  private static String shown(JsonNode node) {
    String text = node.toString();
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }
}
