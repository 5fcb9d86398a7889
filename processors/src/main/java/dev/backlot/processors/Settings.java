package dev.backlot.processors;

import dev.backlot.model.ProblemCode;
import dev.backlot.sdk.Finding;
import dev.backlot.sdk.Shape;
import dev.backlot.sdk.Suggestions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a step's config; its shape was checked before. */
final class Settings {
  private Settings() {}

  static String text(Map<String, Object> config, String name) {
    return config.get(name) instanceof String text ? text : "";
  }

  static List<String> texts(Map<String, Object> config, String name) {
    return config.get(name) instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : List.of();
  }

  static Map<String, String> textMap(Map<String, Object> config, String name) {
    Map<String, String> texts = new LinkedHashMap<>();
    if (config.get(name) instanceof Map<?, ?> map) {
      map.forEach((key, value) -> texts.put(String.valueOf(key), String.valueOf(value)));
    }
    return texts;
  }

  /** Returns what is wrong with naming a field that the input may lack. */
  static Optional<Finding> unknownField(String name, Shape input, String path) {
    if (input.index(name) >= 0) {
      return Optional.empty();
    }
    return Optional.of(
        new Finding(
            ProblemCode.PIPELINE_UNKNOWN_FIELD,
            path,
            "its input has no field '" + name + "'",
            Suggestions.fix(name, input.names())));
  }
}
