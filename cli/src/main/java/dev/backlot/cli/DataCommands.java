package dev.backlot.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Commands that read or move data. */
final class DataCommands {
  private DataCommands() {}

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
    static int partCount(String name) {
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
