package dev.backlot.cli;

import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code backfill pipeline NAME}. */
@Command(
    name = "backfill",
    description = {
      "Gives rows that were written before a column was wanted its values, from the Source.",
      "Without --column: whatever `backlot describe pipeline` offers."
    },
    mixinStandardHelpOptions = true)
final class BackfillCommand implements Callable<Integer> {
  private static final long TELL_MILLIS = 2000;

  @ParentCommand private Main main;
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Parameters(index = "0", paramLabel = "pipeline")
  private Kind kind = Kind.PIPELINE;

  @Parameters(index = "1", paramLabel = "NAME")
  private String pipeline = "";

  @Option(
      names = "--column",
      paramLabel = "COLUMN",
      description = "This column of the table; may stand several times.")
  private List<String> columns = new ArrayList<>();

  @Option(names = "--table", paramLabel = "TABLE", description = "Only this table.")
  private String table = "";

  @Option(names = "--dry-run", description = "Show what would be done.")
  private boolean dryRun;

  @Option(names = "--wait", description = "Wait until it is done.")
  private boolean wait;

  @Option(names = "--cancel", description = "End what is being done; what is filled stays.")
  private boolean cancel;

  @Override
  public Integer call() throws InterruptedException {
    if (kind != Kind.PIPELINE) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "only pipelines can be backfilled, not a " + kind.noun());
    }
    String path = Kind.PIPELINE.path(pipeline) + "/backfills";
    if (cancel) {
      return cancelled(path);
    }
    Map<String, @Nullable Object> request = new LinkedHashMap<>();
    request.put("columns", columns);
    request.put("table", table);
    request.put("dry_run", dryRun);
    List<?> items = Values.list(main.api().post(path, request).get("items"));
    if (items.isEmpty()) {
      main.out.println("pipeline " + pipeline + " has nothing to backfill");
    }
    List<Problem> problems = new ArrayList<>();
    for (Object element : items) {
      Map<String, @Nullable Object> item = Values.map(element);
      if (dryRun) {
        main.out.println(
            "would fill "
                + names(item)
                + " of "
                + Values.text(item.get("table"))
                + ": "
                + Values.text(item.get("rows"))
                + " rows have none");
      } else {
        ended(item).ifPresent(problems::add);
      }
    }
    if (!problems.isEmpty()) {
      throw new ProblemException(problems);
    }
    return 0;
  }

  private int cancelled(String path) {
    for (Object element : Values.list(main.api().get(path).get("items"))) {
      Map<String, @Nullable Object> run = Values.map(element);
      String state = Values.text(run.get("state"));
      boolean isOthers = !table.isEmpty() && !table.equals(Values.text(run.get("table")));
      if (!isOthers && (isOpen(run) || state.equals("failed"))) {
        main.api().post("/api/v1/backfills/" + Values.text(run.get("id")) + "/cancel", Map.of());
        main.out.println(subject(run) + " is to end");
      }
    }
    return 0;
  }

  private Optional<Problem> ended(Map<String, @Nullable Object> asked) throws InterruptedException {
    Map<String, @Nullable Object> run = asked;
    long told = System.currentTimeMillis();
    while (wait && isOpen(run)) {
      Thread.sleep(300);
      run = main.api().get("/api/v1/backfills/" + Values.text(asked.get("id")));
      if (isOpen(run) && System.currentTimeMillis() - told >= TELL_MILLIS) {
        told = System.currentTimeMillis();
        say(run);
      }
    }
    String state = Values.text(run.get("state"));
    if (wait && !state.equals("done")) {
      return Optional.of(
          Problem.of(
              state.equals("failed") ? ProblemCode.INTERNAL : ProblemCode.CONFLICT,
              "Cannot backfill pipeline '"
                  + pipeline
                  + "': "
                  + subject(run)
                  + " is "
                  + state
                  + ". "
                  + Values.text(run.get("reason"))));
    }
    say(run);
    return Optional.empty();
  }

  private void say(Map<String, @Nullable Object> run) {
    boolean begun = run.get("started_at") != null;
    main.out.println(
        subject(run)
            + " "
            + Values.text(run.get("state"))
            + (begun
                ? ": "
                    + Values.text(run.get("rows_filled"))
                    + " rows filled, "
                    + Values.text(run.get("rows_looked_at"))
                    + " of "
                    + Values.text(run.get("rows_total"))
                    + " looked at"
                : " for " + names(run)));
    main.out.flush();
  }

  private static String subject(Map<String, @Nullable Object> run) {
    return "backfill " + Values.text(run.get("id")) + " of " + Values.text(run.get("table"));
  }

  private static String names(Map<String, @Nullable Object> item) {
    return String.join(", ", Values.list(item.get("columns")).stream().map(Values::text).toList());
  }

  private static boolean isOpen(Map<String, @Nullable Object> run) {
    String state = Values.text(run.get("state"));
    return state.equals("requested") || state.equals("running");
  }
}
