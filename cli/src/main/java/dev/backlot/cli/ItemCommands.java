package dev.backlot.cli;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.spec.Quantities;
import java.time.Duration;
import java.util.ArrayList;
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

/** Commands on one thing. */
final class ItemCommands {
  private ItemCommands() {}

  /** The thing that a command is about. */
  abstract static class OnItem implements Callable<Integer> {
    @ParentCommand Main main;

    @Parameters(index = "0", paramLabel = "KIND")
    Kind kind = Kind.PIPELINE;

    @Parameters(index = "1", paramLabel = "NAME")
    String name = "";
  }

  @Command(
      name = "describe",
      description = "Shows everything about one thing.",
      mixinStandardHelpOptions = true)
  static final class Describe extends OnItem {
    @Override
    public Integer call() {
      Map<String, @Nullable Object> item = main.api().get(kind.path(name));
      Map<String, @Nullable Object> shown = new LinkedHashMap<>();
      shown.put("kind", item.get("kind"));
      shown.put("name", item.get("name"));
      shown.put(
          "status",
          kind == Kind.SOURCE
              ? ConsumerText.compact(item.get("status"), "consumers", "pipeline")
              : ConsumerText.compact(item.get("status"), "consumes", "source"));
      shown.put("spec", item.get("spec"));
      if (kind == Kind.PIPELINE) {
        add(shown, "plan", kind.path(name) + "/plan", "");
      }
      if (kind == Kind.SOURCE) {
        add(shown, "dumps", kind.path(name) + "/dumps", "dumps");
      }
      if (kind == Kind.PIPELINE || kind == Kind.CONNECTION) {
        List<Map<String, @Nullable Object>> revisions = new ArrayList<>();
        Map<String, @Nullable Object> answer = main.api().get(kind.path(name) + "/revisions");
        for (Object element : Values.list(answer.get("revisions"))) {
          Map<String, @Nullable Object> revision = new LinkedHashMap<>(Values.map(element));
          revision.remove("spec");
          revisions.add(revision);
        }
        shown.put("revisions", revisions);
        add(shown, "events", kind.path(name) + "/events?limit=20", "events");
      }
      Output.YAML.print(shown, main.out);
      return 0;
    }

    private void add(
        Map<String, @Nullable Object> shown, String field, String path, String inside) {
      try {
        Map<String, @Nullable Object> answer = main.api().get(path);
        shown.put(field, inside.isEmpty() ? answer : answer.get(inside));
      } catch (ProblemException e) {
        if (e.problems().get(0).code() != ProblemCode.NOT_FOUND) {
          throw e;
        }
      }
    }
  }

  @Command(
      name = "delete",
      description = {
        "Deletes a connection or pipeline once what it did is cleaned up; or a user or token,",
        "which then can't call any more."
      },
      mixinStandardHelpOptions = true)
  static final class Delete extends OnItem {
    @Option(names = "--orphan", description = "Let go of what can't be cleaned up.")
    private boolean orphan;

    @Override
    public Integer call() {
      main.api().delete(kind.path(name) + (orphan ? "?orphan=true" : ""));
      boolean atOnce = kind == Kind.USER || kind == Kind.TOKEN;
      main.out.println(kind.noun() + " " + name + (atOnce ? " deleted" : " deleting"));
      return 0;
    }
  }

  @Command(
      name = "logs",
      description = "Shows what happened to a connection or pipeline.",
      mixinStandardHelpOptions = true)
  static final class Logs extends OnItem {
    @Option(
        names = {"-n", "--lines"},
        description = "How many of the newest events.")
    private int lines = 100;

    @Override
    public Integer call() {
      Map<String, @Nullable Object> answer =
          main.api().get(kind.path(name) + "/events?limit=" + lines);
      for (Object element : Values.list(answer.get("events"))) {
        Map<String, @Nullable Object> event = Values.map(element);
        String code = Values.text(event.get("code"));
        main.out.println(
            (Values.text(event.get("at"))
                    + "  "
                    + Values.text(event.get("state"))
                    + "  "
                    + Values.text(event.get("message"))
                    + (code.isEmpty() ? "" : " [" + code + "]"))
                .stripTrailing());
      }
      return 0;
    }
  }

  @Command(
      name = "wait",
      description = "Waits until something is in a state.",
      mixinStandardHelpOptions = true)
  static final class Wait extends OnItem {
    private static final int POLL_SECONDS = 20;
    private static final Map<Kind, List<String>> STATES =
        Map.of(
            Kind.PIPELINE,
            List.of(
                "draft",
                "deploying",
                "running",
                "catching_up",
                "paused",
                "blocked",
                "failed",
                "deleting",
                "caught_up",
                "deleted"),
            Kind.CONNECTION,
            List.of("starting", "running", "retrying", "failed", "stopped", "deleting", "deleted"),
            Kind.SOURCE,
            List.of("dumping", "streaming", "stopped", "deleted"),
            Kind.DUMP,
            List.of("requested", "running", "paused", "done", "failed", "cancelled"));

    @CommandLine.Spec CommandLine.Model.CommandSpec spec;

    @Option(
        names = "--for",
        required = true,
        paramLabel = "STATE",
        description = "Such as running, paused, caught_up (pipelines), streaming, deleted.")
    private String state = "";

    @Option(
        names = "--timeout",
        paramLabel = "TIME",
        description = "How long, such as 30s or 5m; 60s unless given.")
    private String timeout = "60s";

    @Override
    public Integer call() {
      String wanted = state.toLowerCase(java.util.Locale.ROOT);
      List<String> known = STATES.getOrDefault(kind, List.of());
      if (!known.isEmpty() && !known.contains(wanted)) {
        throw new CommandLine.ParameterException(
            spec.commandLine(),
            "'"
                + state
                + "' is not a state of a "
                + kind.noun()
                + ". Use "
                + String.join(", ", known));
      }
      Duration patience = patience();
      long deadline = System.nanoTime() + patience.toNanos();
      while (true) {
        double left = Math.max(0, (deadline - System.nanoTime()) / 1e9);
        Map<String, @Nullable Object> answer =
            main.api()
                .get(
                    kind.path(name)
                        + "/wait?for="
                        + Api.segment(wanted)
                        + "&timeout="
                        + Math.min(left, POLL_SECONDS));
        if (Boolean.TRUE.equals(answer.get("reached"))) {
          main.out.println(kind.noun() + " " + name + " " + wanted);
          return 0;
        }
        if (System.nanoTime() >= deadline) {
          throw timedOut(wanted, patience, answer);
        }
      }
    }

    private Duration patience() {
      try {
        return Duration.ofSeconds(Long.parseLong(timeout));
      } catch (NumberFormatException e) {
        return Quantities.parseDuration(timeout)
            .orElseThrow(
                () ->
                    new CommandLine.ParameterException(
                        spec.commandLine(), "'" + timeout + "' is not a time. Use 30s or 5m"));
      }
    }

    private ProblemException timedOut(
        String wanted, Duration patience, Map<String, @Nullable Object> answer) {
      Map<String, @Nullable Object> status =
          Values.map(Values.map(answer.get("item")).get("status"));
      String reason = Values.text(status.get("reason"));
      return new ProblemException(
          ProblemCode.TIMED_OUT,
          "Cannot wait for "
              + kind.noun()
              + " '"
              + name
              + "': it is "
              + Values.text(status.get("state"))
              + ", not "
              + wanted
              + ", after "
              + patience.toSeconds()
              + " s. "
              + (reason.isEmpty() ? "Wait longer with --timeout." : reason));
    }
  }
}
