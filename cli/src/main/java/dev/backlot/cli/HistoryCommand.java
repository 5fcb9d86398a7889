package dev.backlot.cli;

import dev.backlot.spec.CanonicalJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code history SOURCE|TABLE KEY…}: how a row came to be. */
@Command(
    name = "history",
    description = {
      "Shows how one row came to be: every version that the table holds, the events of its Sources,",
      "and what the pipeline did with each."
    },
    mixinStandardHelpOptions = true)
final class HistoryCommand implements Callable<Integer> {
  @ParentCommand private Main main;

  @Parameters(index = "0", paramLabel = "SOURCE|TABLE")
  private String name = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "KEY",
      description = "The values of the key's columns, in key order.")
  private List<String> key = new ArrayList<>();

  @Option(
      names = {"-o", "--output"},
      description = "table, json or yaml.")
  private Output output = Output.TABLE;

  @Override
  public Integer call() {
    Kind kind = DataCommands.Sample.partCount(name) >= 3 ? Kind.SOURCE : Kind.TABLE;
    Map<String, @Nullable Object> answer =
        main.api()
            .get(kind.path(name) + "/rows/" + Api.segment(CanonicalJson.write(key)) + "/history");
    if (output != Output.TABLE) {
      output.print(answer, main.out);
    } else if (kind == Kind.SOURCE) {
      events(answer);
    } else {
      table(answer);
    }
    return 0;
  }

  private void table(Map<String, @Nullable Object> answer) {
    Object current = answer.get("current");
    main.out.println(
        current == null ? "There is no such row now." : "Now: " + CanonicalJson.write(current));
    TablePrinter versions =
        new TablePrinter(List.of("OP", "COMMITTED", "VISIBLE", "SOURCE", "CHANGED"));
    for (Object element : Values.list(answer.get("versions"))) {
      Map<String, @Nullable Object> version = Values.map(element);
      String at = Values.text(version.get("visible_at"));
      String by = Values.text(version.get("visible_by"));
      versions.add(
          List.of(
              Values.text(version.get("op")),
              Values.text(version.get("committed_at")),
              at.isEmpty() ? (by.isEmpty() ? "" : "by " + by) : at,
              Values.text(version.get("source")),
              String.join(
                  ", ", Values.list(version.get("changed")).stream().map(Values::text).toList())));
    }
    versions.print(main.out);
    for (Object source : Values.list(answer.get("sources"))) {
      main.out.println();
      main.out.println("Events of " + Values.text(Values.map(source).get("source")) + ":");
      events(Values.map(source));
    }
  }

  private void events(Map<String, @Nullable Object> source) {
    String reason = Values.text(source.get("reason"));
    if (!reason.isEmpty()) {
      main.out.println(reason);
      return;
    }
    List<?> outcomes = Values.list(source.get("outcomes"));
    TablePrinter table = new TablePrinter(List.of("OP", "COMMITTED", "WRITTEN", "PLACE", "THEN"));
    int i = 0;
    for (Object element : Values.list(source.get("events"))) {
      Map<String, @Nullable Object> event = Values.map(element);
      Object outcome = i < outcomes.size() ? outcomes.get(i) : null;
      i++;
      table.add(
          List.of(
              Values.text(event.get("op"))
                  + (Boolean.TRUE.equals(event.get("dump")) ? " dump" : ""),
              Values.text(event.get("committed_at")),
              Values.text(event.get("written_at")),
              Values.text(event.get("partition")) + ":" + Values.text(event.get("offset")),
              Values.text(Values.map(outcome).get("text"))));
    }
    table.print(main.out);
    if (!Boolean.TRUE.equals(source.get("complete"))) {
      main.out.println("The topic was read back to " + Values.text(source.get("since")) + ".");
    }
  }
}
