package dev.backlot.controller.blocked;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What people read of {@link BlockedPipelines#describe}, in a message of a few sentences. */
public final class BlockedText {
  private BlockedText() {}

  /** Returns sentences with every field's choices and what waits; empty when nothing is blocked. */
  public static String choices(List<Map<String, Object>> sources) {
    StringBuilder text = new StringBuilder();
    for (Map<String, Object> source : sources) {
      for (Map<?, ?> field : maps(source.get("fields"))) {
        List<String> commands = new ArrayList<>();
        for (Map<?, ?> choice : maps(field.get("choices"))) {
          if (choice.get("command") instanceof String command) {
            commands.add("`" + command + "`");
          }
        }
        text.append(" Choices for '").append(field.get("field")).append("': ");
        commands.forEach(command -> text.append(command).append(", "));
        text.append(
            commands.isEmpty()
                ? "wait until the Source has it again as it was."
                : "or wait until the Source has it again as it was.");
      }
      List<Map<?, ?>> waiting = maps(source.get("waiting"));
      if (!waiting.isEmpty()) {
        List<String> places =
            waiting.stream()
                .map(event -> event.get("partition") + ":" + event.get("offset"))
                .toList();
        text.append(" Events of '")
            .append(source.get("source"))
            .append("' wait from (partition:offset) ")
            .append(String.join(", ", places))
            .append(" on.");
      }
    }
    keptUntil(sources)
        .ifPresent(time -> text.append(" They are kept at least until ").append(time).append('.'));
    return text.toString();
  }

  /** Returns until when the first of all waiting events is kept, as an ISO-8601 instant. */
  public static Optional<String> keptUntil(List<Map<String, Object>> sources) {
    return sources.stream()
        .flatMap(source -> maps(source.get("waiting")).stream())
        .map(event -> event.get("kept_until"))
        .filter(time -> time != null)
        .map(String::valueOf)
        .sorted()
        .findFirst();
  }

  private static List<Map<?, ?>> maps(@Nullable Object value) {
    List<Map<?, ?>> maps = new ArrayList<>();
    if (value instanceof List<?> list) {
      for (Object element : list) {
        if (element instanceof Map<?, ?> map) {
          maps.add(map);
        }
      }
    }
    return maps;
  }
}
