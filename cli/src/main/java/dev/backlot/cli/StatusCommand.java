package dev.backlot.cli;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code status}: the platform at a glance. */
@Command(
    name = "status",
    description = "Shows services, connections, Sources, pipelines and tables at a glance.",
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  @ParentCommand private Main main;

  @Option(
      names = {"-o", "--output"},
      description = "table, json or yaml.")
  private Output output = Output.TABLE;

  @Override
  public Integer call() {
    Map<String, @Nullable Object> status = main.api().get("/api/v1/status");
    if (output != Output.TABLE) {
      output.print(status, main.out);
      return 0;
    }
    print("SERVICE", status.get("services"), List.of("state", "detail"));
    print("CONNECTION", status.get("connections"), List.of("state", "worker", "reason"));
    print("SOURCE", status.get("sources"), List.of("state", "messages", "rate", "reason"));
    print(
        "PIPELINE",
        status.get("pipelines"),
        List.of("state", "rate", "lag_seconds", "lag_records", "reason"));
    print(
        "TABLE",
        status.get("tables"),
        List.of("pipeline", "row_count", "age_seconds", "audit", "proven_equal_as_of"));
    printIncidents(Values.list(status.get("incidents")));
    return 0;
  }

  private void printIncidents(List<?> incidents) {
    long unattended =
        incidents.stream()
            .filter(incident -> Values.text(Values.map(incident).get("state")).equals("open"))
            .count();
    if (incidents.isEmpty()) {
      main.out.println("No open incidents.");
      return;
    }
    main.out.println(
        incidents.size()
            + (incidents.size() == 1 ? " open incident, " : " open incidents, ")
            + unattended
            + " of them looked after by nobody. See `backlot get incidents`.");
  }

  private void print(String noun, @Nullable Object items, List<String> fields) {
    if (Values.list(items).isEmpty()) {
      return;
    }
    List<String> header = new java.util.ArrayList<>(List.of(noun));
    fields.forEach(field -> header.add(field.toUpperCase(java.util.Locale.ROOT)));
    TablePrinter table = new TablePrinter(header);
    for (Object element : Values.list(items)) {
      Map<String, @Nullable Object> item = Values.map(element);
      List<String> row = new java.util.ArrayList<>(List.of(Values.text(item.get("name"))));
      fields.forEach(field -> row.add(Values.text(item.get(field))));
      table.add(row);
    }
    table.print(main.out);
    main.out.println();
  }
}
