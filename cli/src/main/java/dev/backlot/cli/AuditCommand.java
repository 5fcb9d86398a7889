package dev.backlot.cli;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Compares a table with its Sources now, which otherwise happens by itself. */
@Command(
    name = "audit",
    description = {
      "Compares a table with its Sources' databases, and repairs it when told to.",
      "Of an Audit's name, or NAMESPACE.TABLE.STEP of columns from a graph: looks once."
    },
    mixinStandardHelpOptions = true,
    footer = "Exit code 1 when differences remain.")
final class AuditCommand implements Callable<Integer> {
  private static final int SHOWN = 20;

  @ParentCommand private Main main;
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Parameters(index = "0", paramLabel = "TABLE|AUDIT")
  private String table = "";

  @Option(names = "--repair", description = "Mend what differs, and compare it again.")
  private boolean repair;

  @Option(names = "--dry-run", description = "Say what --repair would do.")
  private boolean dryRun;

  @Option(
      names = "--keys",
      paramLabel = "K,…",
      description = "Only these keys; those of several columns as JSON: [[\"a\", 1], …].")
  private @Nullable String keys;

  @Option(names = "--no-wait", description = "Return at once with the audit's number.")
  private boolean noWait;

  @Option(
      names = {"-o", "--output"},
      description = "table, json or yaml.")
  private Output output = Output.TABLE;

  @Override
  public Integer call() throws InterruptedException {
    if (AuditLook.isNamed(table)) {
      return new AuditLook(main, table)
          .run(
              repair && !dryRun,
              keys == null ? null : DumpCommand.keys(keys, spec),
              !noWait,
              output);
    }
    String path = Kind.TABLE.path(table) + "/audits";
    Map<String, @Nullable Object> request = new LinkedHashMap<>();
    request.put("repair", dryRun ? "dry_run" : repair ? "repair" : "never");
    if (keys != null) {
      request.put("keys", DumpCommand.keys(keys, spec));
    }
    Map<String, @Nullable Object> round = main.api().post(path, request);
    String id = Values.text(round.get("id"));
    String said = "";
    while (!noWait && isOpen(round)) {
      Thread.sleep(300);
      round = main.api().get(path + "/" + id);
      String reason = Values.text(round.get("reason"));
      if (isOpen(round) && !reason.isEmpty() && !reason.equals(said)) {
        main.err.println("Waiting: " + reason);
        said = reason;
      }
    }
    if (Values.text(round.get("state")).equals("failed")) {
      throw new ProblemException(ProblemCode.INTERNAL, Values.text(round.get("reason")));
    }
    Map<String, @Nullable Object> report = Values.map(round.get("report"));
    if (output != Output.TABLE) {
      output.print(round, main.out);
    } else {
      main.out.println("audit " + id + " of " + table + " " + Values.text(round.get("state")));
      Values.list(report.get("sources")).forEach(source -> print(Values.map(source)));
    }
    boolean remain = report.get("differences") instanceof Number n && n.longValue() > 0;
    return remain ? Main.PROBLEM : 0;
  }

  private static boolean isOpen(Map<String, @Nullable Object> round) {
    String state = Values.text(round.get("state"));
    return state.equals("requested") || state.equals("running");
  }

  private void print(Map<String, @Nullable Object> source) {
    String state = Values.text(source.get("state"));
    String reason = Values.text(source.get("reason"));
    main.out.println(
        "  "
            + Values.text(source.get("source"))
            + ": "
            + state
            + (reason.isEmpty() ? "" : ", " + reason));
    if (state.equals("unproven")) {
      return;
    }
    main.out.println(
        "    %s rows compared as of %s, %s keys kept changing"
            .formatted(
                Values.text(source.get("rows")),
                Values.text(source.get("as_of")),
                Values.text(source.get("moving"))));
    for (Object element : Values.list(source.get("left_out"))) {
      Map<String, @Nullable Object> column = Values.map(element);
      main.out.println(
          "    not compared: %s (%s)"
              .formatted(Values.text(column.get("column")), Values.text(column.get("reason"))));
    }
    List<?> differences = Values.list(source.get("differences"));
    differences.stream().limit(SHOWN).forEach(element -> difference(Values.map(element)));
    if (differences.size() > SHOWN) {
      main.out.println("    and " + (differences.size() - SHOWN) + " more: see -o json");
    }
    if (source.get("dumped_rows") != null) {
      main.out.println(
          "    repaired: %s rows dumped again, %s removed; %s differences remain"
              .formatted(
                  Values.text(source.get("dumped_rows")),
                  Values.text(source.get("removed_rows")),
                  Values.text(source.get("remaining"))));
    }
  }

  private void difference(Map<String, @Nullable Object> difference) {
    StringBuilder line = new StringBuilder("    ");
    line.append(
        String.join(", ", Values.list(difference.get("key")).stream().map(Values::text).toList()));
    line.append(": ").append(Values.text(difference.get("kind")));
    for (Object element : Values.list(difference.get("columns"))) {
      Map<String, @Nullable Object> column = Values.map(element);
      line.append("; ")
          .append(Values.text(column.get("column")))
          .append(" is ")
          .append(value(column, "table"))
          .append(" instead of ")
          .append(value(column, "source"));
    }
    String cause = Values.text(difference.get("cause"));
    line.append(cause.isEmpty() ? "" : ". " + cause);
    String after = Values.text(difference.get("after"));
    line.append(
        after.isEmpty()
            ? dryRun ? " Repair: " + Values.text(difference.get("action")) : ""
            : " Now: " + after);
    main.out.println(line);
  }

  private static String value(Map<String, @Nullable Object> column, String side) {
    return column.containsKey(side) ? "'" + Values.text(column.get(side)) + "'" : "NULL";
  }
}
