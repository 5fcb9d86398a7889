package dev.backlot.capture.postgres;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/**
 * What a reader who knows Avro and the property {@code backlot.attnum} makes of a topic, and what
 * the table says itself, both as columns' numbers and texts. Shares no code with capture.
 */
final class TopicFold {
  private TopicFold() {}

  /** Returns the rows that a topic leaves, in no order. */
  static List<Map<String, String>> rows(List<CaptureBench.Event> events) {
    Map<Integer, Long> fences = new HashMap<>();
    Map<Integer, Map<String, Map<String, String>>> partitions = new HashMap<>();
    for (CaptureBench.Event event : events) {
      long generation = event.header().generation();
      if (generation < fences.getOrDefault(event.partition(), 0L)) {
        continue;
      }
      fences.put(event.partition(), generation);
      Map<String, Map<String, String>> rows =
          partitions.computeIfAbsent(event.partition(), p -> new LinkedHashMap<>());
      if (event.control() != null) {
        if (event.value() != null) {
          rows.clear();
        }
      } else if (event.value() == null || event.op().equals("d")) {
        rows.remove(event.key().toString());
      } else {
        rows.put(event.key().toString(), row(event.after()));
      }
    }
    List<Map<String, String>> all = new ArrayList<>();
    partitions.values().forEach(rows -> all.addAll(rows.values()));
    return all;
  }

  private static Map<String, String> row(GenericRecord after) {
    Map<String, String> row = new TreeMap<>();
    for (Schema.Field field : after.getSchema().getFields()) {
      Object value = after.get(field.pos());
      String number = field.getProp("backlot.attnum");
      if (number == null) {
        number = "unknown " + field.name();
      }
      if (value != null && !field.name().equals("_exact")) {
        row.put(number, text(value, field.schema()));
      }
    }
    return row;
  }

  private static String text(Object value, Schema schema) {
    if (value instanceof ByteBuffer buffer) {
      Schema type = schema.isUnion() ? schema.getTypes().get(1) : schema;
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      int scale = ((LogicalTypes.Decimal) type.getLogicalType()).getScale();
      return new BigDecimal(new BigInteger(bytes), scale).toPlainString();
    }
    if (value instanceof List<?> list) {
      return "{" + String.join(",", list.stream().map(String::valueOf).toList()) + "}";
    }
    return value.toString();
  }

  /** Returns a table's column numbers by name. */
  static Map<String, String> numbers(Connection connection, String table) throws SQLException {
    Map<String, String> numbers = new LinkedHashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT attname, attnum FROM pg_attribute WHERE attrelid = '"
                    + table.replace("'", "''")
                    + "'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER"
                    + " BY attnum")) {
      while (rows.next()) {
        numbers.put(rows.getString(1), rows.getString(2));
      }
    }
    return numbers;
  }

  /** Returns the table's rows. */
  static List<Map<String, String>> table(Connection connection, String table) throws SQLException {
    Map<String, String> numbers = numbers(connection, table.replace("ONLY ", ""));
    List<Map<String, String>> all = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT * FROM " + table)) {
      while (rows.next()) {
        Map<String, String> row = new TreeMap<>();
        for (Map.Entry<String, String> column : numbers.entrySet()) {
          String text = rows.getString(column.getKey());
          if (text != null) {
            boolean flag = rows.getObject(column.getKey()) instanceof Boolean;
            row.put(column.getValue(), flag ? (text.equals("t") ? "true" : "false") : text);
          }
        }
        all.add(row);
      }
    }
    return all;
  }

  /** Leaves only the columns that a table has now, and those of which it is not known. */
  static List<Map<String, String>> only(
      List<Map<String, String>> rows, Map<String, String> numbers) {
    rows.forEach(row -> row.keySet().removeIf(n -> !isUnknown(n) && !numbers.containsValue(n)));
    return rows;
  }

  private static boolean isUnknown(String number) {
    return number.startsWith("unknown");
  }

  /**
   * Returns what differs between a topic's rows and a table's. A column that the topic could not
   * tell for certain may be missing in a row, if the row admits it.
   */
  static List<String> differences(
      List<Map<String, String>> topic, List<Map<String, String>> table) {
    List<Map<String, String>> missing = new ArrayList<>(table);
    List<Map<String, String>> surplus = new ArrayList<>();
    for (Map<String, String> row : topic) {
      if (!missing.remove(row)) {
        surplus.add(row);
      }
    }
    surplus.removeIf(
        row -> {
          Map<String, String> certain = new TreeMap<>(row);
          certain.keySet().removeIf(TopicFold::isUnknown);
          int doubts = row.size() - certain.size();
          return doubts > 0
              && missing.removeIf(
                  other ->
                      other.size() <= certain.size() + doubts
                          && other.entrySet().containsAll(certain.entrySet()));
        });
    List<String> differences = new ArrayList<>();
    surplus.forEach(row -> differences.add("only in the topic: " + row));
    missing.forEach(row -> differences.add("only in the table: " + row));
    return differences;
  }
}
