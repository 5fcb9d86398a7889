package dev.backlot.checker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.checker.SourceTable.ColumnType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings PostgreSQL's texts and a query's JSON values to one text per value, by the column's type.
 */
final class Canonical {
  /** What NULL looks like in a canonical text; no value's text starts with this character. */
  static final String NULL = "\u0000NULL";

  private Canonical() {}

  /** Returns the canonical text of what PostgreSQL wrote. */
  static String ofSource(ColumnType type, @Nullable String text) {
    if (text == null) {
      return NULL;
    }
    if (!type.array()) {
      return scalar(type, text);
    }
    if (dimensions(text) != 1) {
      return text;
    }
    List<String> elements = new ArrayList<>();
    for (@Nullable String element : ArrayText.elements(text)) {
      elements.add(element == null ? NULL : scalar(type, element));
    }
    return elements.toString();
  }

  /** Returns the canonical text of what a query returned as JSON. */
  static String ofTarget(ColumnType type, @Nullable JsonNode value) {
    if (value == null || value.isNull()) {
      return NULL;
    }
    if (value.isArray()) {
      List<String> elements = new ArrayList<>();
      value.forEach(element -> elements.add(element.isNull() ? NULL : scalar(type, text(element))));
      return elements.toString();
    }
    if (value.isObject() && value.has("months")) {
      return value.get("months").asText() + " " + value.get("days").asText() + " " + micros(value);
    }
    String text = text(value);
    return type.array() ? ofSource(type, text) : scalar(type, text);
  }

  private static String micros(JsonNode interval) {
    JsonNode micros =
        interval.has("micros") ? interval.get("micros") : interval.get("microseconds");
    return micros == null ? "?" : micros.asText();
  }

  private static String text(JsonNode value) {
    if (value.isBigDecimal() || value.isDouble() || value.isFloat()) {
      return value.decimalValue().toPlainString();
    }
    return value.isValueNode() ? value.asText() : value.toString();
  }

  private static String scalar(ColumnType type, String text) {
    if (type.is("boolean")) {
      return text.startsWith("t") ? "true" : "false";
    }
    if (type.is("real")) {
      return floating(text, true);
    }
    if (type.is("double precision")) {
      return floating(text, false);
    }
    if (type.name().startsWith("numeric(") && number(text)) {
      return new BigDecimal(text).stripTrailingZeros().toPlainString();
    }
    if (type.is("bytea")) {
      return text.startsWith("\\x") ? text.substring(2) : text;
    }
    if (type.name().contains("time")) {
      return time(text);
    }
    return text;
  }

  private static boolean number(String text) {
    char last = text.charAt(text.length() - 1);
    return last >= '0' && last <= '9';
  }

  /** Zero has no sign here: a JSON number that is read as a decimal does not keep it. */
  private static String floating(String text, boolean single) {
    return switch (text) {
      case "NaN", "Infinity", "-Infinity" -> text;
      default ->
          single
              ? Float.toString(Float.parseFloat(text) + 0f)
              : Double.toString(Double.parseDouble(text) + 0d);
    };
  }

  /**
   * Times may be written with a T, a Z or +00:00, and with trailing zeros of the second's fraction.
   */
  private static String time(String text) {
    String plain = text.replace('T', ' ').replace("Z", "+00").replace("+00:00", "+00");
    int dot = plain.indexOf('.');
    if (dot < 0) {
      return plain;
    }
    int end = dot + 1;
    while (end < plain.length() && Character.isDigit(plain.charAt(end))) {
      end++;
    }
    int kept = end;
    while (plain.charAt(kept - 1) == '0') {
      kept--;
    }
    if (plain.charAt(kept - 1) == '.') {
      kept--;
    }
    return plain.substring(0, kept) + plain.substring(end);
  }

  private static int dimensions(String text) {
    if (text.startsWith("[")) {
      return 0;
    }
    return text.startsWith("{{") ? 2 : 1;
  }
}
