package dev.backlot.cli;

import dev.backlot.spec.CanonicalJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code resolve pipeline NAME} and {@code resolve incident ID}. */
@Command(
    name = "resolve",
    description = {
      "Lets a pipeline go on that a change of its Source has blocked: resolve pipeline NAME --field"
          + " FIELD and one of --map, --default, --stop-consuming and --accept.",
      "Or ends an incident whose cause is gone, as most do by themselves: resolve incident ID."
    },
    mixinStandardHelpOptions = true)
final class ResolveCommand implements Callable<Integer> {
  @ParentCommand Main main;
  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  @Parameters(index = "0", paramLabel = "pipeline|incident")
  Kind kind = Kind.PIPELINE;

  @Parameters(index = "1", paramLabel = "NAME", description = "Or the incident's number.")
  String name = "";

  @Option(names = "--field", paramLabel = "FIELD", description = "The field that it can't read.")
  private Optional<String> field = Optional.empty();

  @Option(
      names = "--source",
      paramLabel = "SOURCE",
      description = "Which Source's, where more than one lost a field of this name.")
  private String source = "";

  @ArgGroup private Choice choice = new Choice();

  @Option(names = "--dry-run", description = "Only show what would change, with a preview of rows.")
  private boolean dryRun;

  @Option(
      names = {"-m", "--message"},
      paramLabel = "TEXT",
      description = "Why; it stands in the incident's history.")
  private String message = "";

  /** What shall become of the field. */
  static final class Choice {
    @Option(names = "--map", paramLabel = "OTHER", description = "Read another field in its place.")
    private Optional<String> from = Optional.empty();

    @Option(
        names = "--default",
        paramLabel = "VALUE",
        description = "Let a value stand for it wherever it is missing.")
    private Optional<String> value = Optional.empty();

    @Option(names = "--stop-consuming", description = "Do without it.")
    private boolean stopConsuming;

    @Option(names = "--accept", description = "Read it as it is now.")
    private boolean accept;

    void addTo(Map<String, @Nullable Object> request) {
      from.ifPresent(other -> request.put("from", other));
      value.ifPresent(text -> request.put("value", text));
      request.put(
          "choice",
          from.isPresent()
              ? "map"
              : value.isPresent() ? "default" : accept ? "accept" : "stop_consuming");
    }

    boolean isMade() {
      return from.isPresent() || value.isPresent() || stopConsuming || accept;
    }
  }

  @Override
  public Integer call() {
    if (kind == Kind.INCIDENT) {
      return IncidentCommands.command(main, kind.path(name) + "/resolve", name, message, Map.of());
    }
    if (kind != Kind.PIPELINE) {
      throw wrong("only pipelines and incidents can be resolved, not a " + kind.noun());
    }
    if (field.isEmpty() || !choice.isMade()) {
      throw wrong("say --field and one of --map, --default, --stop-consuming and --accept");
    }
    Map<String, @Nullable Object> request = new LinkedHashMap<>();
    if (!source.isEmpty()) {
      request.put("source", source);
    }
    request.put("field", field.get());
    choice.addTo(request);
    request.put("dry_run", dryRun);
    Map<String, @Nullable Object> answer = main.api().post(kind.path(name) + "/resolve", request);
    print(answer);
    List<?> problems = Values.list(answer.get("problems"));
    problems.forEach(problem -> main.err.println(text(Values.map(problem))));
    return problems.isEmpty() ? 0 : Main.PROBLEM;
  }

  private void print(Map<String, @Nullable Object> answer) {
    List<?> changes = Values.list(answer.get("changes"));
    if (!changes.isEmpty()) {
      main.out.println("~ pipeline " + name);
    }
    for (Object element : changes) {
      DocumentCommands.printChange(Values.map(element), main.out);
    }
    preview(Values.list(answer.get("preview")), Values.text(answer.get("field")));
    List<?> remaining = Values.list(answer.get("remaining"));
    if (!remaining.isEmpty()) {
      main.out.println(
          "The pipeline stays blocked until more is resolved: "
              + String.join(", ", remaining.stream().map(Values::text).toList()));
    }
    if (!dryRun) {
      String revision = Values.text(answer.get("revision"));
      main.out.println(
          "pipeline "
              + name
              + " resolved"
              + (revision.isEmpty() ? ", planned afresh" : " (revision " + revision + ")"));
    }
  }

  private void preview(List<?> rows, String field) {
    if (rows.isEmpty()) {
      return;
    }
    TablePrinter table = new TablePrinter(List.of("KEY", field, "READ FROM"));
    for (Object element : rows) {
      Map<String, @Nullable Object> row = Values.map(element);
      table.add(
          List.of(
              CanonicalJson.write(row.get("key")),
              row.get("value") == null ? "null" : Values.text(row.get("value")),
              Values.text(row.get("read_from"))));
    }
    table.print(main.out);
  }

  private static String text(Map<String, @Nullable Object> problem) {
    return Values.text(problem.get("message")) + " [" + Values.text(problem.get("code")) + "]";
  }

  private CommandLine.ParameterException wrong(String what) {
    return new CommandLine.ParameterException(spec.commandLine(), what);
  }
}
