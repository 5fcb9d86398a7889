package dev.backlot.cli;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.time.DateTimeException;
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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code get KIND [NAME]}. */
@Command(
    name = "get",
    description = "Lists things of a kind, or shows one.",
    mixinStandardHelpOptions = true)
final class GetCommand implements Callable<Integer> {
  @ParentCommand private Main main;

  @Parameters(
      index = "0",
      paramLabel = "KIND",
      description =
          "connection, endpoint, source, dump, pipeline, table, job, schema, deadletter, incident, route,"
              + " user or token.")
  private Kind kind = Kind.PIPELINE;

  @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "Only this one.")
  private String name = "";

  @Option(
      names = {"-o", "--output"},
      description = "table, json or yaml.")
  private Output output = Output.TABLE;

  @Option(
      names = "--pipeline",
      paramLabel = "NAME",
      description = "Only the dead letters of this pipeline.")
  private String pipeline = "";

  @Option(names = "--all", description = "Incidents that are over, too.")
  private boolean all;

  @Option(
      names = {"-w", "--watch"},
      description = "Print what changes, until Ctrl-C.")
  private boolean watch;

  @Override
  public Integer call() throws InterruptedException {
    if (output == Output.CSV) {
      throw new ProblemException(
          ProblemCode.USAGE, "Cannot print as csv: get prints table, json or yaml. Choose one.");
    }
    if (!watch) {
      print(items(output != Output.TABLE));
      return 0;
    }
    Map<String, List<String>> shown = new LinkedHashMap<>();
    while (!Thread.currentThread().isInterrupted()) {
      List<Map<String, @Nullable Object>> changed = new ArrayList<>();
      for (Map<String, @Nullable Object> item : items(false)) {
        List<String> row = row(item, false);
        if (!row.equals(shown.put(Values.text(item.get("name")), row))) {
          changed.add(item);
        }
      }
      if (!changed.isEmpty()) {
        print(changed);
        main.out.flush();
      }
      Thread.sleep(1000);
    }
    return 0;
  }

  private List<Map<String, @Nullable Object>> items(boolean proof) {
    String query = "?proof=" + proof;
    if (!name.isEmpty()) {
      return List.of(main.api().get(kind.path(name) + query));
    }
    if (!pipeline.isEmpty() && kind != Kind.DEADLETTER) {
      throw new ProblemException(
          ProblemCode.USAGE,
          "Cannot list " + kind.noun() + "s by pipeline: only dead letters. Leave it out.");
    }
    String path =
        pipeline.isEmpty()
            ? kind.path() + query
            : Kind.PIPELINE.path(pipeline) + "/deadletters?limit=10000";
    List<Map<String, @Nullable Object>> items = new ArrayList<>();
    Values.list(main.api().get(path).get("items")).forEach(item -> items.add(Values.map(item)));
    if (kind == Kind.INCIDENT && !all) {
      items.removeIf(
          item -> Values.text(Values.map(item.get("status")).get("state")).equals("resolved"));
    }
    return items;
  }

  private void print(List<Map<String, @Nullable Object>> items) {
    if (output != Output.TABLE) {
      output.print(Map.of("items", items), main.out);
      return;
    }
    if (items.isEmpty()) {
      String open = kind == Kind.INCIDENT && !all ? "open " : "";
      main.out.println("There are no " + open + kind.noun() + "s.");
      return;
    }
    TablePrinter table = new TablePrinter(header());
    items.forEach(item -> table.add(row(item, true)));
    table.print(main.out);
  }

  private List<String> header() {
    return switch (kind) {
      case PIPELINE ->
          List.of("NAME", "STATE", "REVISION", "LAG", "HEARTBEAT", "OWNER", "SINCE", "REASON");
      case CONNECTION ->
          List.of("NAME", "STATE", "TYPE", "SOURCES", "WORKER", "OWNER", "SINCE", "REASON");
      case SOURCE -> List.of("NAME", "STATE", "KEY", "EPOCH", "OWNER", "SINCE", "REASON");
      case DUMP ->
          List.of("ID", "STATE", "SOURCE", "ROWS", "OF ABOUT", "RATE", "LEFT", "SINCE", "REASON");
      case TABLE ->
          List.of(
              "NAME",
              "STATE",
              "PIPELINE",
              "VERSIONS",
              "FILES",
              "COMMITTED",
              "AUDIT",
              "PROVEN EQUAL",
              "VIEW");
      case JOB -> List.of("NAME", "KIND", "STATE", "ID", "STARTED", "REASON");
      case SCHEMA -> List.of("SUBJECT", "ID", "VERSION", "LEVEL", "MODE");
      case ENDPOINT -> List.of("NAME", "STATE", "REASON");
      case AUDIT -> List.of("NAME", "STATE", "PROVEN EQUAL", "ROWS", "OWNER", "SINCE", "REASON");
      case DEADLETTER ->
          List.of("ID", "STATE", "PIPELINE", "STEP", "SOURCE", "KEY", "ATTEMPT", "SINCE", "REASON");
      case INCIDENT ->
          List.of("ID", "STATE", "SEVERITY", "KIND", "SUBJECT", "OWNER", "SINCE", "REASON");
      case PROCESSOR -> List.of("NAME", "TITLE", "CATEGORY", "SUMMARY");
      case ROUTE -> List.of("NAME", "STATE", "TYPE", "OWNER", "SINCE", "REASON");
      case USER -> List.of("NAME", "STATE", "ROLES", "TEAMS", "CLEARANCES", "SIGNED IN", "BY");
      case TOKEN -> List.of("NAME", "STATE", "OF", "ROLES", "TEAMS", "EXPIRES", "USED", "BY");
    };
  }

  private List<String> row(Map<String, @Nullable Object> item, boolean ages) {
    Map<String, @Nullable Object> spec = Values.map(item.get("spec"));
    Map<String, @Nullable Object> status = Values.map(item.get("status"));
    String itemName = Values.text(item.get("name"));
    String state = Values.text(status.get("state"));
    String reason = Values.text(status.get("reason"));
    String since = ages ? age(Values.text(status.get("since"))) : "";
    String owner = Values.text(spec.get("owner"));
    String revision = Values.text(status.get("revision"));
    return switch (kind) {
      case PIPELINE ->
          List.of(
              itemName,
              state,
              revision,
              ages ? seconds(status.get("lag_seconds")) : "",
              ages ? seconds(status.get("heartbeat_seconds")) : "",
              owner,
              since,
              reason);
      case CONNECTION ->
          List.of(
              itemName,
              state,
              Values.text(spec.get("type")),
              Values.text(status.get("sources")),
              worker(Values.map(status.get("worker"))),
              owner,
              since,
              reason);
      case SOURCE ->
          List.of(
              itemName,
              state,
              String.join(", ", Values.list(spec.get("key")).stream().map(Values::text).toList()),
              Values.text(spec.get("epoch")),
              owner,
              since,
              reason);
      case DUMP ->
          List.of(
              itemName,
              state,
              Values.text(spec.get("source")),
              Values.text(status.get("read_rows")),
              status.containsKey("estimated_rows")
                  ? Values.text(status.get("estimated_rows"))
                  : "unknown",
              ages && status.containsKey("rows_per_second")
                  ? Values.text(status.get("rows_per_second")) + "/s"
                  : "",
              ages && status.get("seconds_left") instanceof Number left
                  ? span(left.longValue())
                  : "",
              since,
              reason);
      case TABLE ->
          List.of(
              itemName,
              state,
              Values.text(spec.get("pipeline")),
              Values.text(status.get("rows")),
              Values.text(status.get("files")),
              since,
              Values.text(Values.map(status.get("audit")).get("state")),
              Values.text(Values.map(status.get("audit")).get("proven_equal_as_of")),
              Values.text(spec.get("view")));
      case JOB ->
          List.of(
              itemName,
              Values.text(spec.get("type")),
              state,
              Values.text(status.get("id")),
              since,
              reason);
      case SCHEMA ->
          List.of(
              itemName,
              Values.text(status.get("id")),
              revision,
              Values.text(spec.get("level")),
              Values.text(spec.get("mode")));
      case ENDPOINT -> List.of(itemName, state, reason);
      case AUDIT ->
          List.of(
              itemName,
              state,
              Values.text(status.get("proven_equal_as_of")),
              Values.text(status.get("target_rows")),
              owner,
              since,
              reason);
      case DEADLETTER ->
          List.of(
              itemName,
              state,
              Values.text(spec.get("pipeline")),
              Values.text(spec.get("step")),
              Values.text(spec.get("source")),
              Values.text(spec.get("key")),
              Values.text(spec.get("attempt")),
              since,
              reason);
      case INCIDENT ->
          List.of(
              itemName,
              state,
              Values.text(status.get("severity")),
              Values.text(spec.get("kind")),
              subject(Values.map(spec.get("subject"))),
              owner,
              since,
              reason);
      case PROCESSOR ->
          List.of(
              itemName,
              Values.text(spec.get("title")),
              Values.text(spec.get("category")),
              Values.text(spec.get("summary")));
      case ROUTE -> List.of(itemName, state, Values.text(spec.get("type")), owner, since, reason);
      case USER ->
          List.of(
              itemName,
              state,
              words(spec.get("roles")),
              words(spec.get("teams")),
              words(spec.get("clearances")),
              ages ? age(Values.text(status.get("signed_in_at"))) : "",
              Values.text(status.get("issuer")));
      case TOKEN ->
          List.of(
              itemName,
              state,
              Values.text(spec.get("account")),
              words(spec.get("roles")),
              words(spec.get("teams")),
              Values.text(spec.get("expires_at")),
              ages ? age(Values.text(status.get("used_at"))) : "",
              Values.text(status.get("created_by")));
    };
  }

  private static String words(@Nullable Object list) {
    return String.join(", ", Values.list(list).stream().map(Values::text).toList());
  }

  private static String worker(Map<String, @Nullable Object> worker) {
    return worker.isEmpty()
        ? ""
        : Values.text(worker.get("host")) + "/" + Values.text(worker.get("pid"));
  }

  private static String subject(Map<String, @Nullable Object> subject) {
    return Values.text(subject.get("kind")) + " " + Values.text(subject.get("name"));
  }

  private static String seconds(@Nullable Object lag) {
    return lag instanceof Number number
        ? String.format(java.util.Locale.ROOT, "%.1fs", number.doubleValue())
        : "";
  }

  /** Returns how long ago a time was, in its largest unit. */
  static String age(String time) {
    try {
      Duration age = Duration.between(Instant.parse(time), Instant.now());
      return span(Math.max(0, age.toSeconds()));
    } catch (DateTimeException e) {
      return "";
    }
  }

  private static String span(long seconds) {
    if (seconds < 120) {
      return seconds + "s";
    }
    if (seconds < 7200) {
      return seconds / 60 + "m";
    }
    return seconds < 172_800 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
  }
}
