package dev.backlot.controller.row;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.controller.web.Json;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keys of rows as addresses have them. */
final class RowKeys {
  private RowKeys() {}

  /**
   * Reads a key: a JSON array of its columns' values in key order, or the text of its only column.
   *
   * @param subject whose row it is, such as {@code table 'studio.movies'}
   */
  static List<String> parse(String key, List<String> columns, String subject) {
    if (columns.isEmpty()) {
      throw unfit(subject, "it has no key, so its rows can't be told apart. Look at a sample.");
    }
    List<String> texts = texts(key);
    if (texts.size() != columns.size()) {
      throw unfit(
          subject,
          "the key has "
              + texts.size()
              + " values. Give "
              + String.join(", ", columns)
              + " as a JSON array.");
    }
    return texts;
  }

  private static ProblemException unfit(String subject, String cause) {
    return new ProblemException(
        ProblemCode.USAGE, "Cannot find a row of " + subject + ": " + cause);
  }

  private static List<String> texts(String key) {
    if (!key.startsWith("[")) {
      return List.of(key);
    }
    JsonNode node;
    try {
      node = Json.readTree(key);
    } catch (IllegalArgumentException e) {
      return List.of(key);
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode value : node) {
      texts.add(value.isTextual() ? value.textValue() : value.toString());
    }
    return texts;
  }

  /** Returns values by the names of their columns. */
  static Map<String, String> byColumn(List<String> columns, List<String> texts) {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      map.put(columns.get(i), texts.get(i));
    }
    return map;
  }

  /** Returns a JSON value as the text that stands in a key. */
  static String text(JsonNode value) {
    return value.isTextual() ? value.textValue() : value.toString();
  }
}
