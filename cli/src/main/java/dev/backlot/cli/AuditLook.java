package dev.backlot.cli;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Has an audit without a common position look now, and shows what it found. */
final class AuditLook {
  private static final int SHOWN = 20;

  private final Main main;
  private final String name;

  AuditLook(Main main, String name) {
    this.main = main;
    this.name = name;
  }

  /** Returns whether a name is an audit's, since tables have one dot in theirs. */
  static boolean isNamed(String name) {
    return name.chars().filter(letter -> letter == '.').count() != 1;
  }

  /**
   * Looks.
   *
   * @param keys what to repair; null for all that differs
   * @return the exit code: 1 when rows differ that count
   */
  int run(boolean repair, @Nullable List<List<String>> keys, boolean wait, Output output)
      throws InterruptedException {
    String path = Kind.AUDIT.path(name);
    Map<String, @Nullable Object> item = main.api().post(path + "/looks", Map.of());
    while (wait && Boolean.TRUE.equals(status(item).get("asked"))) {
      Thread.sleep(300);
      item = main.api().get(path);
    }
    Map<String, @Nullable Object> status = status(item);
    if (wait && Values.text(status.get("state")).equals("failed")) {
      throw new ProblemException(ProblemCode.QUERY_INVALID, Values.text(status.get("reason")));
    }
    if (output == Output.TABLE) {
      print(status);
    } else {
      output.print(item, main.out);
    }
    if (repair) {
      Map<String, @Nullable Object> request = new LinkedHashMap<>();
      request.put("keys", keys);
      Map<String, @Nullable Object> repaired = main.api().post(path + "/repairs", request);
      main.out.println(
          "  dumps of "
              + Values.list(repaired.get("keys")).size()
              + " keys: "
              + String.join(
                  ", ", Values.list(repaired.get("dumps")).stream().map(Values::text).toList()));
    }
    return Values.text(status.get("state")).equals("different") ? Main.PROBLEM : 0;
  }

  private static Map<String, @Nullable Object> status(Map<String, @Nullable Object> item) {
    return Values.map(item.get("status"));
  }

  private void print(Map<String, @Nullable Object> status) {
    String reason = Values.text(status.get("reason"));
    String proven = Values.text(status.get("proven_equal_as_of"));
    main.out.println(
        "audit "
            + name
            + " "
            + Values.text(status.get("state"))
            + (reason.isEmpty() ? "" : ": " + reason));
    main.out.println(
        "  %s rows compared; %s"
            .formatted(
                Values.text(status.get("source_rows")),
                proven.isEmpty() ? "not proven equal yet" : "proven equal as of " + proven));
    List<?> differences = Values.list(status.get("differences"));
    for (Object element : differences.subList(0, Math.min(SHOWN, differences.size()))) {
      Map<String, @Nullable Object> difference = Values.map(element);
      main.out.println(
          "    %s: %s at %s looks%s; source %s, target %s"
              .formatted(
                  String.join(
                      ", ", Values.list(difference.get("key")).stream().map(Values::text).toList()),
                  Values.text(difference.get("kind")),
                  Values.text(difference.get("looks")),
                  Boolean.TRUE.equals(difference.get("counts")) ? "" : " (does not count yet)",
                  Values.text(difference.get("source")),
                  Values.text(difference.get("target"))));
    }
    if (differences.size() > SHOWN) {
      main.out.println("    and " + (differences.size() - SHOWN) + " more: see -o json");
    }
  }
}
