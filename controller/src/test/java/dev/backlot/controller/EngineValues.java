package dev.backlot.controller;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.FieldType.Simple;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values as Trino and as our own queries write them in JSON, brought to one form. */
final class EngineValues {
  private static final Pattern TIME =
      Pattern.compile(
          "([-+]?\\d+)-(\\d\\d)-(\\d\\d)(?: (\\d\\d):(\\d\\d):(\\d\\d)(?:\\.(\\d+))?)?(?: ?UTC|\\+00)?( BC)?");

  private EngineValues() {}

  /** Returns a value of Trino's. */
  static Object trino(FieldType type, JsonNode value) {
    if (value.isNull()) {
      return "null";
    }
    if (type == Simple.BYTES) {
      return HexFormat.of().formatHex(Base64.getDecoder().decode(value.asText()));
    }
    if (type == Simple.TIME) {
      return value.asLong();
    }
    if (type == Simple.INTERVAL) {
      return List.of(value.get(0).asLong(), value.get(1).asLong(), value.get(2).asLong());
    }
    if (type instanceof FieldType.ArrayOf array) {
      List<Object> elements = new ArrayList<>();
      value.forEach(element -> elements.add(trino(array.element(), element)));
      return elements;
    }
    return plain(type, value);
  }

  /** Returns a value of our own. */
  static Object own(FieldType type, JsonNode value) {
    if (value.isNull()) {
      return "null";
    }
    if (type == Simple.TIME) {
      return value.asText().equals("24:00:00")
          ? 86_400_000_000L
          : LocalTime.parse(value.asText()).toNanoOfDay() / 1000;
    }
    if (type == Simple.INTERVAL) {
      return List.of(
          value.path("months").asLong(),
          value.path("days").asLong(),
          value.path("micros").asLong());
    }
    if (type instanceof FieldType.ArrayOf array) {
      List<Object> elements = new ArrayList<>();
      value.forEach(element -> elements.add(own(array.element(), element)));
      return elements;
    }
    return plain(type, value);
  }

  private static Object plain(FieldType type, JsonNode value) {
    String text = value.asText();
    if (type == Simple.FLOAT) {
      return Float.parseFloat(text);
    }
    if (type == Simple.DOUBLE) {
      return Double.parseDouble(text);
    }
    if (type instanceof FieldType.Decimal) {
      return new BigDecimal(text).stripTrailingZeros();
    }
    if (type == Simple.DATE) {
      return date(text);
    }
    if (type == Simple.TIMESTAMP || type == Simple.TIMESTAMPTZ) {
      return micros(text);
    }
    if (type == Simple.TEXT_MAP) {
      TreeMap<String, String> map = new TreeMap<>();
      value.fields().forEachRemaining(entry -> map.put(entry.getKey(), entry.getValue().asText()));
      return map;
    }
    return text;
  }

  private static Object date(String text) {
    return switch (text) {
      case "infinity" -> (long) Integer.MAX_VALUE;
      case "-infinity" -> (long) Integer.MIN_VALUE;
      default -> time(text).toLocalDate().toEpochDay();
    };
  }

  private static Object micros(String text) {
    return switch (text) {
      case "infinity" -> Long.MAX_VALUE;
      case "-infinity" -> Long.MIN_VALUE;
      default -> ChronoUnit.MICROS.between(LocalDateTime.of(1970, 1, 1, 0, 0), time(text));
    };
  }

  private static LocalDateTime time(String text) {
    Matcher parts = TIME.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("Not a time: " + text);
    }
    int year = Integer.parseInt(parts.group(1));
    LocalDate day =
        LocalDate.of(
            parts.group(8) == null ? year : 1 - year,
            Integer.parseInt(parts.group(2)),
            Integer.parseInt(parts.group(3)));
    if (parts.group(4) == null) {
      return day.atStartOfDay();
    }
    String fraction = parts.group(7) == null ? "" : parts.group(7);
    return day.atTime(
        Integer.parseInt(parts.group(4)),
        Integer.parseInt(parts.group(5)),
        Integer.parseInt(parts.group(6)),
        Integer.parseInt((fraction + "000000000").substring(0, 9)));
  }
}
