package dev.backlot.cli;

import dev.backlot.spec.CanonicalJson;
import dev.backlot.spec.Documents;
import dev.backlot.spec.SpecReader;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Commands on sets of documents. */
final class DocumentCommands {
  private DocumentCommands() {}

  /** The files that a command reads. */
  static final class Files {
    @Option(
        names = {"-f", "--file"},
        required = true,
        arity = "1..*",
        paramLabel = "FILE|DIR",
        description = "Documents; - reads the standard input.")
    private List<String> names = List.of();

    Map<String, String> read(Main main) {
      return SpecFiles.read(names, main.in);
    }

    Map<String, Object> request(Main main, boolean prune) {
      List<Map<String, String>> files = new ArrayList<>();
      read(main)
          .forEach(
              (name, text) -> {
                Map<String, String> file = new LinkedHashMap<>();
                file.put("name", name);
                file.put("text", text);
                files.add(file);
              });
      return Map.of("files", files, "prune", prune);
    }
  }

  @Command(
      name = "validate",
      description = "Checks documents offline.",
      mixinStandardHelpOptions = true)
  static final class Validate implements Callable<Integer> {
    @ParentCommand private Main main;
    @Mixin private Files files;

    @Override
    public Integer call() {
      Documents documents = SpecReader.readAll(files.read(main));
      int count = documents.orThrow().size();
      main.out.println(count + (count == 1 ? " document is valid." : " documents are valid."));
      return 0;
    }
  }

  @Command(
      name = "apply",
      description = "Makes documents hold: all of them or, on a problem, none.",
      mixinStandardHelpOptions = true)
  static final class Apply implements Callable<Integer> {
    @ParentCommand private Main main;
    @Mixin private Files files;

    @Option(names = "--prune", description = "Delete what is not in the files.")
    private boolean prune;

    @Override
    public Integer call() {
      Map<String, @Nullable Object> answer =
          main.api().post("/api/v1/apply", files.request(main, prune));
      for (Object element : Values.list(answer.get("documents"))) {
        Map<String, @Nullable Object> document = Values.map(element);
        String action = Values.text(document.get("action"));
        String done =
            switch (action) {
              case "create" -> "created";
              case "update" -> "updated";
              case "delete" -> "deleting";
              default -> action;
            };
        String revision = Values.text(document.get("revision"));
        main.out.println(
            subject(document)
                + " "
                + done
                + (revision.isEmpty() ? "" : " (revision " + revision + ")"));
      }
      return 0;
    }
  }

  @Command(
      name = "diff",
      description = "Shows how documents differ from what stands.",
      mixinStandardHelpOptions = true)
  static final class Diff implements Callable<Integer> {
    @ParentCommand private Main main;
    @Mixin private Files files;

    @Option(names = "--prune", description = "Delete what is not in the files.")
    private boolean prune;

    @Override
    public Integer call() {
      Map<String, @Nullable Object> answer =
          main.api().post("/api/v1/diff", files.request(main, prune));
      for (Object element : Values.list(answer.get("documents"))) {
        Map<String, @Nullable Object> document = Values.map(element);
        String action = Values.text(document.get("action"));
        if (action.equals("unchanged")) {
          continue;
        }
        main.out.println(sign(action) + " " + subject(document));
        if (action.equals("update")) {
          Values.list(document.get("changes"))
              .forEach(change -> printChange(Values.map(change), main.out));
        }
      }
      if (!Boolean.TRUE.equals(answer.get("changes"))) {
        main.out.println("Nothing differs.");
      }
      return 0;
    }
  }

  /** Prints one difference between two documents. */
  static void printChange(Map<String, @Nullable Object> change, PrintStream out) {
    String path = Values.text(change.get("path"));
    if (change.containsKey("before")) {
      out.println("    - " + path + ": " + CanonicalJson.write(change.get("before")));
    }
    if (change.containsKey("after")) {
      out.println("    + " + path + ": " + CanonicalJson.write(change.get("after")));
    }
  }

  static String sign(String action) {
    return switch (action) {
      case "create" -> "+";
      case "update" -> "~";
      case "delete" -> "-";
      default -> " ";
    };
  }

  static String subject(Map<String, @Nullable Object> document) {
    return Values.text(document.get("kind")).toLowerCase(java.util.Locale.ROOT)
        + " "
        + Values.text(document.get("name"));
  }
}
