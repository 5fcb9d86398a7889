package dev.backlot.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Commands that find things and follow fields. */
final class CatalogCommands {
  private CatalogCommands() {}

  @Command(
      name = "search",
      description =
          "Finds Sources, tables, pipelines and connections by names, fields, descriptions, owners and"
              + " tags.",
      mixinStandardHelpOptions = true)
  static final class Search implements Callable<Integer> {
    @ParentCommand private Main main;

    @Parameters(arity = "0..*", paramLabel = "WORD", description = "All of them must match.")
    private List<String> words = new ArrayList<>();

    @Option(names = "--kind", description = "source, table, pipeline or connection.")
    private List<String> kinds = new ArrayList<>();

    @Option(names = "--owner", description = "Only what belongs to this team.")
    private List<String> owners = new ArrayList<>();

    @Option(names = "--tag", description = "Only what has fields with this tag.")
    private List<String> tags = new ArrayList<>();

    @Option(
        names = {"-n", "--limit"},
        description = "How many; 20 unless given.")
    private int limit = 20;

    @Option(
        names = {"-o", "--output"},
        description = "table, json or yaml.")
    private Output output = Output.TABLE;

    @Override
    public Integer call() {
      StringBuilder path = new StringBuilder("/api/v1/search?limit=" + limit);
      path.append("&q=").append(Api.segment(String.join(" ", words)));
      Map.of("kind", kinds, "owner", owners, "tag", tags)
          .forEach(
              (name, values) ->
                  values.forEach(
                      value ->
                          path.append('&').append(name).append('=').append(Api.segment(value))));
      Map<String, @Nullable Object> answer = main.api().get(path.toString());
      if (output != Output.TABLE) {
        output.print(answer, main.out);
        return 0;
      }
      TablePrinter table = new TablePrinter(List.of("KIND", "NAME", "OWNER", "TAGS", "FOUND IN"));
      for (Object element : Values.list(answer.get("items"))) {
        Map<String, @Nullable Object> item = Values.map(element);
        table.add(
            List.of(
                Values.text(item.get("kind")),
                Values.text(item.get("name")),
                Values.text(item.get("owner")),
                String.join(
                    ", ", Values.list(item.get("tags")).stream().map(String::valueOf).toList()),
                found(item)));
      }
      table.print(main.out);
      int total = Values.whole(answer.get("total"));
      if (total > limit) {
        main.out.println(limit + " of " + total + "; --limit shows more.");
      }
      return 0;
    }

    private static String found(Map<String, @Nullable Object> item) {
      List<String> said = new ArrayList<>();
      for (Object element : Values.list(item.get("highlights"))) {
        Map<String, @Nullable Object> highlight = Values.map(element);
        String where = Values.text(highlight.get("where"));
        if (!where.equals("name")) {
          String field = Values.text(highlight.get("field"));
          said.add((field.isEmpty() ? where : field) + ": " + Values.text(highlight.get("text")));
        }
      }
      return said.isEmpty() ? Values.text(item.get("description")) : said.get(0);
    }
  }

  @Command(
      name = "lineage",
      description = {
        "Shows where a field comes from and where it goes: source:NAME[.FIELD], table:NAME[.COLUMN],",
        "step:PIPELINE/STEP[.FIELD] or pipeline:NAME."
      },
      mixinStandardHelpOptions = true)
  static final class Lineage implements Callable<Integer> {
    @ParentCommand private Main main;

    @Parameters(index = "0", paramLabel = "FIELD")
    private String field = "";

    @Option(names = "--depth", description = "How many Sources and tables away; 1 unless given.")
    private int depth = 1;

    @Option(
        names = {"-o", "--output"},
        description = "table, json or yaml.")
    private Output output = Output.TABLE;

    @Override
    public Integer call() {
      Map<String, @Nullable Object> answer =
          main.api()
              .get("/api/v1/lineage?depth=" + depth + "&limit=500&field=" + Api.segment(field));
      if (output != Output.TABLE) {
        output.print(answer, main.out);
        return 0;
      }
      Map<String, Map<String, @Nullable Object>> nodes = new HashMap<>();
      for (Object element : Values.list(answer.get("nodes"))) {
        Map<String, @Nullable Object> node = Values.map(element);
        nodes.put(Values.text(node.get("id")), node);
      }
      TablePrinter table = new TablePrinter(List.of("FROM", "HOW", "TO", "TAGS"));
      for (Object element : Values.list(answer.get("edges"))) {
        Map<String, @Nullable Object> edge = Values.map(element);
        Map<String, @Nullable Object> to =
            nodes.getOrDefault(Values.text(edge.get("to")), Map.of());
        table.add(
            List.of(
                Values.text(edge.get("from")),
                Values.text(edge.get("how")),
                Values.text(edge.get("to")),
                String.join(
                    ", ", Values.list(to.get("tags")).stream().map(String::valueOf).toList())));
      }
      table.print(main.out);
      main.out.println(
          "Comes from "
              + counted(answer.get("upstream"))
              + ", goes to "
              + counted(answer.get("downstream"))
              + " fields of Sources and tables.");
      return 0;
    }

    private static String counted(@Nullable Object count) {
      Map<String, @Nullable Object> map = Values.map(count);
      return Values.text(map.get("shown")) + " of " + Values.text(map.get("total"));
    }
  }
}
