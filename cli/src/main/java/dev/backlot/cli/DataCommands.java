package dev.backlot.cli;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Commands that read or move data. */
final class DataCommands {
  private DataCommands() {}

  @Command(
      name = "dump",
      description = "Reads a Source's table anew, beside its log.",
      mixinStandardHelpOptions = true)
  static final class Dump implements Callable<Integer> {
    private static final Pattern CODED = Pattern.compile("(?s)(.*) \\[([A-Z_]+)]");

    @ParentCommand private Main main;
    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    @Parameters(index = "0", paramLabel = "SOURCE")
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

    @Option(names = "--wait", description = "Wait until it is done.")
    private boolean wait;

    @Override
    public Integer call() throws InterruptedException {
      Map<String, @Nullable Object> request = new LinkedHashMap<>();
      if (where != null) {
        request.put("where", where);
      }
      if (keys != null) {
        request.put("keys", keys(keys, spec));
      }
      Map<String, @Nullable Object> dump =
          main.api().post(Kind.SOURCE.path(source) + "/dumps", request);
      String id = Values.text(dump.get("id"));
      while (wait && isOpen(dump)) {
        Thread.sleep(300);
        dump = main.api().get("/api/v1/dumps/" + id);
      }
      String state = Values.text(dump.get("state"));
      if (wait && !state.equals("done")) {
        throw notDone(id, state, Values.text(dump.get("reason")));
      }
      String rows = wait ? ", " + Values.text(dump.get("dumped_rows")) + " rows" : "";
      main.out.println("dump " + id + " of " + source + " " + state + rows);
      return 0;
    }

    /** Capture's reasons end in their own code. */
    private ProblemException notDone(String id, String state, String reason) {
      Matcher coded = CODED.matcher(reason);
      ProblemCode code = coded.matches() ? Api.code(coded.group(2)) : ProblemCode.CONFLICT;
      String cause = coded.matches() ? coded.group(1) : reason;
      return new ProblemException(
          code, "Cannot dump source '" + source + "': dump " + id + " is " + state + ". " + cause);
    }

    private static boolean isOpen(Map<String, @Nullable Object> dump) {
      String state = Values.text(dump.get("state"));
      return state.equals("requested") || state.equals("running");
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
        Object json =
            JsonText.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
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
  }

  @Command(
      name = "sample",
      description = "Shows the newest rows of a Source or table.",
      mixinStandardHelpOptions = true)
  static final class Sample implements Callable<Integer> {
    @ParentCommand private Main main;

    @Parameters(index = "0", paramLabel = "SOURCE|TABLE")
    private String name = "";

    @Option(
        names = {"-n", "--rows"},
        description = "How many rows; 20 unless given.")
    private int rows = 20;

    @Option(
        names = {"-o", "--output"},
        description = "table or json.")
    private Output output = Output.TABLE;

    @Override
    public Integer call() {
      Kind kind = partCount(name) >= 3 ? Kind.SOURCE : Kind.TABLE;
      Map<String, @Nullable Object> answer =
          main.api().get(kind.path(name) + "/sample?limit=" + rows);
      if (output == Output.TABLE) {
        printRows(answer, main);
      } else {
        output.print(answer.get("rows"), main.out);
      }
      return 0;
    }

    /** A Source's name has three parts, {@code lake.namespace.table} has too but begins so. */
    private static int partCount(String name) {
      if (name.startsWith("lake.")) {
        return 2;
      }
      try {
        return dev.backlot.model.source.SqlIdentifier.split(name).size();
      } catch (IllegalArgumentException e) {
        return 2;
      }
    }
  }

  @Command(
      name = "query",
      description = "Runs SQL over the tables and their _latest views.",
      mixinStandardHelpOptions = true)
  static final class Query implements Callable<Integer> {
    @ParentCommand private Main main;

    @Parameters(index = "0", paramLabel = "SQL", description = "A SELECT; - reads it.")
    private String sql = "";

    @Option(
        names = {"-o", "--output"},
        description = "table, json or csv.")
    private Output output = Output.TABLE;

    @Override
    public Integer call() throws IOException {
      String text =
          sql.equals("-") ? new String(main.in.readAllBytes(), StandardCharsets.UTF_8) : sql;
      Map<String, Object> request = new LinkedHashMap<>();
      request.put("sql", text);
      switch (output) {
        case JSON -> {
          request.put("format", "rows");
          main.api().copy("/api/v1/query", request, main.out);
          main.out.println();
        }
        case CSV -> {
          request.put("format", "csv");
          main.api().copy("/api/v1/query", request, main.out);
        }
        case YAML ->
            Output.YAML.print(main.api().post("/api/v1/query", request).get("rows"), main.out);
        case TABLE -> printRows(main.api().post("/api/v1/query", request), main);
      }
      return 0;
    }
  }

  private static void printRows(Map<String, @Nullable Object> answer, Main main) {
    List<?> rows = Values.list(answer.get("rows"));
    Set<String> columns = new LinkedHashSet<>();
    for (Object column : Values.list(answer.get("columns"))) {
      columns.add(
          column instanceof Map<?, ?> map ? Values.text(map.get("name")) : Values.text(column));
    }
    if (columns.isEmpty()) {
      rows.forEach(row -> columns.addAll(Values.map(row).keySet()));
    }
    if (!columns.isEmpty()) {
      TablePrinter table = new TablePrinter(List.copyOf(columns));
      for (Object element : rows) {
        Map<String, @Nullable Object> row = Values.map(element);
        table.add(columns.stream().map(column -> cell(row.get(column))).toList());
      }
      table.print(main.out);
    }
    main.out.println(rows.size() == 1 ? "(1 row)" : "(" + rows.size() + " rows)");
  }

  private static String cell(@Nullable Object value) {
    if (value == null) {
      return "NULL";
    }
    return value instanceof Map<?, ?> || value instanceof List<?>
        ? dev.backlot.spec.CanonicalJson.write(value)
        : Values.text(value);
  }
}
