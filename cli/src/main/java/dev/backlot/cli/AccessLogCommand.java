package dev.backlot.cli;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.spec.Quantities;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code access-log}. */
@Command(
    name = "access-log",
    description = "Shows who changed what and who saw which data, newest first.",
    mixinStandardHelpOptions = true)
final class AccessLogCommand implements Callable<Integer> {
  @ParentCommand private Main main;

  @Option(names = "--by", paramLabel = "NAME", description = "Only of this user or token.")
  private String by = "";

  @Option(names = "--action", paramLabel = "VERB", description = "Only this, such as query.")
  private String action = "";

  @Option(names = "--kind", paramLabel = "KIND", description = "Only about these.")
  private String kind = "";

  @Option(names = "--name", paramLabel = "NAME", description = "Only about this one.")
  private String name = "";

  @Option(names = "--outcome", paramLabel = "WORD", description = "done, refused, failed or begun.")
  private String outcome = "";

  @Option(names = "--since", paramLabel = "TIME", description = "Only so old, such as 24h.")
  private String since = "";

  @Option(
      names = {"-n", "--lines"},
      description = "How many of the newest entries.")
  private int lines = 100;

  @Option(
      names = {"-o", "--output"},
      description = "table, json or yaml.")
  private Output output = Output.TABLE;

  @Override
  public Integer call() {
    Map<String, @Nullable Object> answer = main.api().get("/api/v1/access-log?" + query());
    List<Map<String, @Nullable Object>> items = new ArrayList<>();
    Values.list(answer.get("items")).forEach(item -> items.add(Values.map(item)));
    if (output != Output.TABLE) {
      output.print(Map.of("items", items), main.out);
      return 0;
    }
    TablePrinter table =
        new TablePrinter(List.of("AT", "BY", "ACTION", "ABOUT", "OUTCOME", "FROM", "DETAIL"));
    for (Map<String, @Nullable Object> item : items) {
      table.add(
          List.of(
              Values.text(item.get("at")),
              Values.text(item.get("caller")),
              Values.text(item.get("action")),
              (Values.text(item.get("kind")) + " " + Values.text(item.get("name"))).strip(),
              Values.text(item.get("outcome")),
              Values.text(item.get("address")),
              detail(Values.map(item.get("detail")))));
    }
    table.print(main.out);
    return 0;
  }

  private static String detail(Map<String, @Nullable Object> detail) {
    List<String> parts = new ArrayList<>();
    detail.forEach((key, value) -> parts.add(key + ": " + Values.text(value)));
    return String.join("; ", parts);
  }

  private String query() {
    Map<String, String> filters = new LinkedHashMap<>();
    filters.put("by", by);
    filters.put("action", action);
    filters.put("kind", kind);
    filters.put("name", name);
    filters.put("outcome", outcome);
    filters.put("from", from());
    filters.put("limit", String.valueOf(lines));
    List<String> parts = new ArrayList<>();
    filters.forEach(
        (key, value) -> {
          if (!value.isEmpty()) {
            parts.add(key + "=" + Api.segment(value));
          }
        });
    return String.join("&", parts);
  }

  private String from() {
    if (since.isEmpty()) {
      return "";
    }
    Duration age =
        Quantities.parseDuration(since)
            .orElseThrow(
                () ->
                    new ProblemException(
                        ProblemCode.USAGE,
                        "Cannot show the access log: '"
                            + since
                            + "' is no time. Write one such as 24h."));
    return Instant.now().minus(age).toString();
  }
}
