package dev.backlot.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Shows what would happen: by applying documents, or by changing a table's columns. */
@Command(
    name = "plan",
    description = {
      "Shows what apply would do, or what a change of a table's columns would break, change or leave"
          + " safe.",
      "A schema change that breaks a pipeline ends with 1."
    },
    mixinStandardHelpOptions = true)
final class PlanCommand implements Callable<Integer> {
  @ParentCommand private Main main;

  @ArgGroup(multiplicity = "1")
  private Subject subject = new Subject();

  @Option(names = "--prune", description = "Delete what is not in the files.")
  private boolean prune;

  @Option(names = "--detailed-exitcode", description = "Exit with 2 when there are changes.")
  private boolean detailed;

  @Option(
      names = {"-o", "--output"},
      description = "table or json.")
  private Output output = Output.TABLE;

  /** What is planned. */
  static final class Subject {
    @ArgGroup(exclusive = false)
    private DocumentCommands.@Nullable Files files;

    @Option(
        names = "--schema-change",
        paramLabel = "CHANGE",
        description = {
          "Such as 'studio.public.movie drop region, add rating int', or ALTER TABLE statements; -"
              + " reads the standard input, such as a migration."
        })
    private @Nullable String schemaChange;
  }

  @Override
  public Integer call() {
    return subject.schemaChange == null ? documents() : schemaChange(subject.schemaChange);
  }

  private int documents() {
    Map<String, @Nullable Object> answer =
        main.api()
            .post(
                "/api/v1/plan",
                java.util.Objects.requireNonNull(subject.files).request(main, prune));
    boolean changes = Boolean.TRUE.equals(answer.get("changes"));
    if (output == Output.TABLE) {
      Values.list(answer.get("documents")).forEach(element -> print(Values.map(element)));
      if (!changes) {
        main.out.println("Nothing would change.");
      }
    } else {
      output.print(answer, main.out);
    }
    return detailed && changes ? Main.CHANGES : 0;
  }

  private void print(Map<String, @Nullable Object> document) {
    String action = Values.text(document.get("action"));
    main.out.println(
        DocumentCommands.sign(action) + " " + DocumentCommands.subject(document) + " " + action);
    Map<String, @Nullable Object> effects = Values.map(document.get("effects"));
    for (String what : List.of("sources", "jobs", "topics", "tables", "notes")) {
      for (Object effect : Values.list(effects.get(what))) {
        String noun = what.substring(0, what.length() - 1);
        main.out.println("    " + noun + ": " + Values.text(effect));
      }
    }
  }

  private int schemaChange(String given) {
    Map<String, @Nullable Object> answer =
        main.api()
            .post(
                "/api/v1/plan/schema-change",
                Map.of("change", given.equals("-") ? standardInput() : given));
    String outcome = Values.text(answer.get("outcome"));
    if (output == Output.TABLE) {
      List<?> sources = Values.list(answer.get("sources"));
      sources.forEach(source -> printSource(Values.map(source)));
      if (sources.isEmpty()) {
        main.out.println("None of these tables is a Source.");
      }
    } else {
      output.print(answer, main.out);
    }
    if (outcome.equals("breaks")) {
      return Main.PROBLEM;
    }
    return detailed && outcome.equals("changes") ? Main.CHANGES : 0;
  }

  private String standardInput() {
    try {
      return new String(main.in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void printSource(Map<String, @Nullable Object> source) {
    List<String> changes = new ArrayList<>();
    for (Object element : Values.list(source.get("changes"))) {
      Map<String, @Nullable Object> change = Values.map(element);
      String field = Values.text(change.get("field"));
      changes.add((field.isEmpty() ? "" : field + " ") + Values.text(change.get("change")));
    }
    main.out.println(
        Values.text(source.get("source"))
            + ": "
            + (changes.isEmpty() ? "no column differs" : String.join(", ", changes)));
    List<?> pipelines = Values.list(source.get("pipelines"));
    pipelines.forEach(pipeline -> printPipeline(Values.map(pipeline)));
    if (pipelines.isEmpty()) {
      main.out.println("  No pipeline reads it.");
    }
  }

  private void printPipeline(Map<String, @Nullable Object> pipeline) {
    String outcome = Values.text(pipeline.get("outcome"));
    String owner = Values.text(pipeline.get("owner"));
    String via = String.join(", ", texts(pipeline.get("via")));
    String note = Values.text(pipeline.get("note"));
    main.out.println(
        "  %-8s pipeline %s%s%s%s"
            .formatted(
                outcome,
                Values.text(pipeline.get("pipeline")),
                owner.isEmpty() ? "" : " (owner " + owner + ")",
                via.isEmpty() ? "" : " by way of " + via,
                note.isEmpty() ? "" : ": " + note));
    for (Object element : Values.list(pipeline.get("fields"))) {
      Map<String, @Nullable Object> field = Values.map(element);
      if (!Values.text(field.get("outcome")).equals("safe") || outcome.equals("safe")) {
        main.out.println("             " + line(field));
      }
    }
  }

  private static String line(Map<String, @Nullable Object> field) {
    StringBuilder line = new StringBuilder();
    String becomes = Values.text(field.get("becomes"));
    line.append(Values.text(field.get("field")))
        .append(' ')
        .append(Values.text(field.get("change")))
        .append(becomes.isEmpty() ? "" : " to " + becomes)
        .append(": ")
        .append(Values.text(field.get("reason")));
    List<String> steps = texts(field.get("steps"));
    if (!steps.isEmpty()) {
      line.append("; named by ").append(String.join(", ", steps));
    }
    List<String> columns = texts(field.get("columns"));
    if (!columns.isEmpty()) {
      line.append("; arrives at ").append(String.join(", ", columns));
    }
    return line.append('.').toString();
  }

  private static List<String> texts(@Nullable Object list) {
    return Values.list(list).stream().map(Values::text).toList();
  }
}
