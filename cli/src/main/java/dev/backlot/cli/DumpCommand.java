package dev.backlot.cli;

import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.source.SqlIdentifier;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code dump SOURCE|CONNECTION}. */
@Command(
    name = "dump",
    description = {
      "Reads a Source's table anew, beside its log; or every table of a connection.",
      "Its speed, and what is left of it: backlot get dumps. Pause, resume, cancel and set it:",
      "backlot pause|resume|cancel|set dump ID."
    },
    mixinStandardHelpOptions = true)
final class DumpCommand implements Callable<Integer> {
  private static final Pattern CODED = Pattern.compile("(?s)(.*) \\[([A-Z_]+)]");

  @ParentCommand private Main main;
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "SOURCE",
      description = "A Source; or a connection, for all of its Sources.")
  private String source = "";

  @Option(names = "--where", paramLabel = "PREDICATE", description = "Only these rows.")
  private @Nullable String where;

  @Option(
      names = "--keys",
      paramLabel = "K,…",
      description =
          "Only these keys, and end those that the table does not have; keys of several columns"
              + " as JSON: [[\"a\", 1], …].")
  private @Nullable String keys;

  @Mixin private DumpSettings settings = new DumpSettings();

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description = "Read this many key ranges of a large table at once.")
  private @Nullable Integer parallel;

  @Option(names = "--wait", description = "Wait until it is done.")
  private boolean wait;

  @Override
  public Integer call() throws InterruptedException {
    Map<String, @Nullable Object> request = settings.request();
    if (parallel != null) {
      request.put("parallel", parallel);
    }
    if (where != null) {
      request.put("where", where);
    }
    if (keys != null) {
      request.put("keys", keys(keys, spec));
    }
    List<Problem> problems = new ArrayList<>();
    for (Map<String, @Nullable Object> dump : ask(request)) {
      end(dump).ifPresent(problems::add);
    }
    if (!problems.isEmpty()) {
      throw new ProblemException(problems);
    }
    return 0;
  }

  private List<Map<String, @Nullable Object>> ask(Map<String, @Nullable Object> request) {
    if (!isConnection(source)) {
      return List.of(main.api().post(Kind.SOURCE.path(source) + "/dumps", request));
    }
    Map<String, @Nullable Object> answer =
        main.api().post(Kind.CONNECTION.path(source) + "/dumps", request);
    List<Map<String, @Nullable Object>> dumps = new ArrayList<>();
    Values.list(answer.get("items")).forEach(dump -> dumps.add(Values.map(dump)));
    if (dumps.isEmpty()) {
      main.out.println("connection " + source + " has no sources");
    }
    return dumps;
  }

  /** A connection's name has one part, a Source's three. */
  private static boolean isConnection(String name) {
    try {
      return SqlIdentifier.split(name).size() == 1;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private java.util.Optional<Problem> end(Map<String, @Nullable Object> asked)
      throws InterruptedException {
    Map<String, @Nullable Object> dump = asked;
    String id = Values.text(dump.get("id"));
    String name = Values.text(dump.get("source"));
    while (wait && isOpen(dump)) {
      Thread.sleep(300);
      dump = main.api().get("/api/v1/dumps/" + id);
    }
    String state = Values.text(dump.get("state"));
    if (wait && !state.equals("done")) {
      return java.util.Optional.of(notDone(name, id, state, Values.text(dump.get("reason"))));
    }
    String rows = wait ? ", " + Values.text(dump.get("dumped_rows")) + " rows" : "";
    main.out.println("dump " + id + " of " + name + " " + state + rows);
    main.out.flush();
    return java.util.Optional.empty();
  }

  /** Capture's reasons end in their own code. */
  private static Problem notDone(String name, String id, String state, String reason) {
    Matcher coded = CODED.matcher(reason);
    ProblemCode code = coded.matches() ? Api.code(coded.group(2)) : ProblemCode.CONFLICT;
    String cause = coded.matches() ? coded.group(1) : reason;
    return Problem.of(
        code, "Cannot dump source '" + name + "': dump " + id + " is " + state + ". " + cause);
  }

  private static boolean isOpen(Map<String, @Nullable Object> dump) {
    String state = Values.text(dump.get("state"));
    return state.equals("requested") || state.equals("running") || state.equals("paused");
  }

  /** Reads keys: those of one column with commas between, those of several as JSON. */
  static List<List<String>> keys(String text, CommandLine.Model.CommandSpec spec) {
    List<List<String>> list = new ArrayList<>();
    if (!text.strip().startsWith("[")) {
      for (String key : text.split(",", -1)) {
        list.add(List.of(key));
      }
      return list;
    }
    try {
      Object json = JsonText.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
      for (Object key : Values.list(json)) {
        list.add(
            key instanceof List<?> parts
                ? parts.stream().map(Values::text).toList()
                : List.of(Values.text(key)));
      }
      return list;
    } catch (IOException e) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--keys is not JSON: write [[\"a\", 1], [\"b\", 2]]");
    }
  }

  /** How a dump is read. */
  static final class DumpSettings {
    @Option(
        names = "--chunk-rows",
        paramLabel = "N",
        description = "Read at most this many rows in one transaction.")
    private @Nullable Integer chunkRows;

    @Option(
        names = "--delay",
        paramLabel = "TIME",
        description = "Rest between two chunks, such as 100ms; 0ms for none.")
    private @Nullable String delay;

    Map<String, @Nullable Object> request() {
      Map<String, @Nullable Object> request = new LinkedHashMap<>();
      if (chunkRows != null) {
        request.put("chunk_rows", chunkRows);
      }
      if (delay != null) {
        request.put("delay", delay);
      }
      return request;
    }
  }

  /** The dump that a command is about. */
  abstract static class OnDump implements Callable<Integer> {
    @ParentCommand Main main;
    @CommandLine.Spec CommandLine.Model.CommandSpec spec;

    @Parameters(index = "0", paramLabel = "dump")
    Kind kind = Kind.DUMP;

    @Parameters(index = "1", paramLabel = "ID", description = "The dump's number.")
    String id = "";

    void check() {
      if (kind != Kind.DUMP) {
        throw new CommandLine.ParameterException(
            spec.commandLine(), "only dumps can be told this, not a " + kind.noun());
      }
    }

    int say(Map<String, @Nullable Object> dump) {
      main.out.println(
          "dump "
              + id
              + " of "
              + Values.text(dump.get("source"))
              + " "
              + Values.text(dump.get("state")));
      return 0;
    }
  }

  @Command(
      name = "cancel",
      description = "Ends a dump; what it has written stays.",
      mixinStandardHelpOptions = true)
  static final class Cancel extends OnDump {
    @Override
    public Integer call() {
      check();
      return say(main.api().post(kind.path(id) + "/cancel", Map.of()));
    }
  }

  @Command(
      name = "set",
      description = "Changes how a dump is read, also while it runs.",
      mixinStandardHelpOptions = true)
  static final class Set extends OnDump {
    @Mixin private DumpSettings settings = new DumpSettings();

    @Override
    public Integer call() {
      check();
      Map<String, @Nullable Object> request = settings.request();
      if (request.isEmpty()) {
        throw new CommandLine.ParameterException(
            spec.commandLine(), "say what is to change: --chunk-rows or --delay");
      }
      return say(main.api().post(kind.path(id) + "/set", request));
    }
  }
}
