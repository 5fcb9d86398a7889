package dev.backlot.cli;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Maintains a table now, which otherwise happens by itself. */
@Command(
    name = "maintain",
    description = "Maintains a table now: fewer files, rows that count, few snapshots.",
    mixinStandardHelpOptions = true)
final class MaintainCommand implements Callable<Integer> {
  @ParentCommand private Main main;

  @Parameters(index = "0", paramLabel = "TABLE")
  private String table = "";

  @Option(names = "--compact", description = "Only: drop versions of rows that no view shows.")
  private boolean compact;

  @Option(names = "--pack", description = "Only: merge small files.")
  private boolean pack;

  @Option(names = "--expire", description = "Only: let old snapshots go.")
  private boolean expire;

  @Option(names = "--orphans", description = "Only: find files that no snapshot needs.")
  private boolean orphans;

  @Option(names = "--dry-run", description = "Show how the table is and what is due.")
  private boolean dryRun;

  @Option(names = "--no-wait", description = "Return at once with the run's number.")
  private boolean noWait;

  @Override
  public Integer call() throws InterruptedException {
    String path = Kind.TABLE.path(table) + "/maintenance";
    if (dryRun) {
      Output.YAML.print(main.api().get(path), main.out);
      return 0;
    }
    Map<String, @Nullable Object> request = new LinkedHashMap<>();
    request.put("work", work());
    Map<String, @Nullable Object> run = main.api().post(path, request);
    String id = Values.text(run.get("id"));
    while (!noWait && isOpen(run)) {
      Thread.sleep(300);
      run = main.api().get("/api/v1/maintenance/" + id);
    }
    String state = Values.text(run.get("state"));
    if (state.equals("failed")) {
      throw new ProblemException(ProblemCode.INTERNAL, Values.text(run.get("reason")));
    }
    main.out.println("maintenance " + id + " of " + table + " " + state);
    if (state.equals("done")) {
      report(Values.map(run.get("report")), Values.text(run.get("reason")));
    }
    return 0;
  }

  private List<String> work() {
    List<String> work = new ArrayList<>();
    if (compact) {
      work.add("compact");
    }
    if (pack) {
      work.add("pack");
    }
    if (expire) {
      work.add("expire");
    }
    if (orphans) {
      work.add("orphans");
    }
    return work;
  }

  private static boolean isOpen(Map<String, @Nullable Object> run) {
    String state = Values.text(run.get("state"));
    return state.equals("requested") || state.equals("running");
  }

  private void report(Map<String, @Nullable Object> report, String conflict) {
    Map<String, @Nullable Object> before = Values.map(report.get("before"));
    Map<String, @Nullable Object> after = Values.map(report.get("after"));
    for (String figure : List.of("rows", "files", "bytes", "snapshots", "metadata_bytes")) {
      main.out.println(
          "  %-15s %s -> %s"
              .formatted(
                  figure.replace('_', ' '),
                  Values.text(before.get(figure)),
                  Values.text(after.get(figure))));
    }
    main.out.println(
        "  %s files to delete later, %s of them forgotten ones; %s deleted; %s s"
            .formatted(
                sum(report.get("files_released"), report.get("orphans_found")),
                Values.text(report.get("orphans_found")),
                Values.text(report.get("files_deleted")),
                Values.text(report.get("seconds"))));
    if (!conflict.isEmpty()) {
      main.out.println("  Nothing was rewritten, since somebody else did: " + conflict);
    }
  }

  private static String sum(@Nullable Object a, @Nullable Object b) {
    return a instanceof Number x && b instanceof Number y
        ? Long.toString(x.longValue() + y.longValue())
        : "";
  }
}
