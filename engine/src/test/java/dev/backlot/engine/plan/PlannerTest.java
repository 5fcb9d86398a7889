package dev.backlot.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.engine.plan.PlanInputs.PublishedInput;
import dev.backlot.engine.plan.PlanInputs.SourceInput;
import dev.backlot.engine.plan.PlanInputs.TableInput;
import dev.backlot.model.Problem;
import dev.backlot.model.plan.PlanSchema;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.model.source.SourcePublisher;
import dev.backlot.model.spec.EndpointSpec;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.SecretReference;
import dev.backlot.model.spec.Spec;
import dev.backlot.processors.Processors;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.RowSchema;
import dev.backlot.schema.SystemColumn;
import dev.backlot.schema.evolution.SchemaChanges;
import dev.backlot.sdk.KnownEndpoint;
import dev.backlot.spec.Documents;
import dev.backlot.spec.SpecReader;
import dev.backlot.warehouse.TableColumn;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.TableShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each folder of {@code plans} is a case: {@code pipeline.yaml}; {@code inputs.txt} with lines
 * {@code source <name> key <k,…>: <column[#number] type, …>} (one per schema, oldest first; "?"
 * before the name for a Source that is only discovered) and {@code table <name> owner <pipeline>[
 * gone]: <column type, …>} and {@code endpoint <name> <url>: <schema file | unreachable>}; and what
 * is expected, {@code plan.json} or {@code problems.txt}. With the system property {@code
 * backlot.golden=write} the expectations are written instead.
 */
class PlannerTest {
  private static final Path CASES = Path.of("src/test/resources/plans");
  private static final Path SCHEMAS = Path.of("src/test/resources/graphs");

  static Stream<String> cases() throws IOException {
    try (Stream<Path> folders = Files.list(CASES)) {
      return folders.map(folder -> folder.getFileName().toString()).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void a_pipeline_has_the_plan_or_the_problems_expected(String name) throws IOException {
    Path folder = CASES.resolve(name);
    String document = Files.readString(folder.resolve("pipeline.yaml"));

    String outcome = outcome(document, inputs(Files.readString(folder.resolve("inputs.txt"))));

    boolean planned = outcome.startsWith("{");
    Path expected = folder.resolve(planned ? "plan.json" : "problems.txt");
    if ("write".equals(System.getProperty("backlot.golden"))) {
      Files.writeString(expected, outcome);
    }
    assertThat(outcome).isEqualTo(Files.readString(expected));
    assertThat(Files.exists(folder.resolve(planned ? "problems.txt" : "plan.json"))).isFalse();
  }

  private static String outcome(String document, PlanInputs inputs) throws IOException {
    Documents documents = SpecReader.read("pipeline.yaml", document);
    if (!documents.problems().isEmpty()) {
      return lines(documents.problems());
    }
    Spec spec = documents.specs().get(0);
    Planner planner = new Planner(Processors.load());
    Planned planned = planner.plan((PipelineSpec) spec, inputs);
    if (planned.plan().isEmpty()) {
      return lines(planned.problems());
    }
    String json = PlanJson.write(planned.plan().get());
    assertThat(PlanJson.read(json)).isEqualTo(planned.plan().get());
    assertThat(
            PlanJson.write(
                new Planner(Processors.load()).plan((PipelineSpec) spec, inputs).plan().get()))
        .isEqualTo(json);
    String pretty =
        new com.fasterxml.jackson.databind.ObjectMapper().readTree(json).toPrettyString();
    return pretty.replaceAll("\"(avro|key_schema|value_schema)\" : \".*\"", "\"$1\" : \"…\"")
        + "\n"
        + (planned.waitingFor().isEmpty() ? "" : "waiting for " + planned.waitingFor() + "\n");
  }

  private static String lines(List<Problem> problems) {
    return problems.stream().map(Problem::toString).collect(Collectors.joining("\n", "", "\n"));
  }

  /** Reads inputs as the class says. */
  static PlanInputs inputs(String text) throws IOException {
    Map<String, List<RowSchema>> schemas = new HashMap<>();
    Map<String, Boolean> captured = new HashMap<>();
    Set<String> whole = new HashSet<>();
    Map<TableName, TableInput> tables = new HashMap<>();
    Map<String, PublishedInput> published = new HashMap<>();
    Map<String, KnownEndpoint> endpoints = new HashMap<>();
    for (String line : text.lines().filter(l -> !l.isBlank()).toList()) {
      String[] head = line.substring(0, line.indexOf(": ")).split(" ");
      if (head[0].equals("endpoint")) {
        endpoints.put(head[1], endpoint(head[2], line.substring(line.indexOf(": ") + 2)));
        continue;
      }
      List<Field> fields = fields(line.substring(line.indexOf(": ") + 2));
      if (head[0].equals("source")) {
        String name = head[1].replaceAll("[?+]", "");
        if (head[1].endsWith("+")) {
          whole.add(name);
        }
        captured.put(name, !head[1].startsWith("?"));
        List<String> key = head.length > 3 ? List.of(head[3].split(",")) : List.of();
        schemas
            .computeIfAbsent(name, any -> new ArrayList<>())
            .add(new RowSchema(name, fields, key));
      } else if (head[0].equals("published")) {
        published.put(head[1], published(head, fields));
      } else {
        TableInput table = new TableInput(shape(fields), Optional.of(head[3]), head.length < 5);
        tables.put(TableName.parse(head[1]), table);
      }
    }
    Map<String, SourceInput> sources = new HashMap<>();
    schemas.forEach(
        (name, all) ->
            sources.put(name, source(name, all, captured.get(name), whole.contains(name))));
    return new PlanInputs(
        sources, sources.keySet().stream().sorted().toList(), tables, published, endpoints);
  }

  /** {@code published NAME by PIPELINE[?] epoch N lanes SOURCE=N,… key K[ removed]: fields}. */
  private static PublishedInput published(String[] head, List<Field> fields) {
    String name = head[1];
    int epoch = Integer.parseInt(head[5]);
    List<SourcePublisher.Lane> lanes =
        Arrays.stream(head[7].split(","))
            .map(lane -> lane.split("="))
            .map(lane -> new SourcePublisher.Lane(lane[0], Integer.parseInt(lane[1])))
            .toList();
    RowSchema schema = new RowSchema(name, fields, List.of(head[9].split(",")));
    SourceDescriptor descriptor =
        new SourceDescriptor(
            name,
            "",
            "",
            "",
            epoch,
            "backlot." + name + "." + epoch,
            4,
            schema.keyColumns(),
            AvroSchemas.key(schema).toString(),
            AvroSchemas.envelope(schema).toString(),
            List.of(1),
            List.of(2),
            "",
            new SourcePublisher(head[3].replace("?", ""), lanes, false));
    return new PublishedInput(descriptor, head.length > 10, !head[3].endsWith("?"));
  }

  private static KnownEndpoint endpoint(String url, String schema) throws IOException {
    EndpointSpec.HeaderValue token =
        new EndpointSpec.HeaderValue.Secret(
            "Bearer ", new SecretReference.FromEnvironment("BACKLOT_SECRET_EDGE"));
    EndpointSpec.Config config = new EndpointSpec.Config(url, Map.of("Authorization", token));
    return schema.equals("unreachable")
        ? new KnownEndpoint(config, Optional.empty(), "nothing answers at its address")
        : new KnownEndpoint(config, Optional.of(Files.readString(SCHEMAS.resolve(schema))), "");
  }

  private static List<Field> fields(String columns) {
    return Arrays.stream(columns.split(", "))
        .map(column -> column.split(" ", 2))
        .map(column -> field(column[0].split("#"), column[1]))
        .toList();
  }

  private static Field field(String[] name, String type) {
    return new Field(
        name[0],
        type(type.replace("!", "")),
        !type.endsWith("!"),
        "",
        name.length == 1 ? Map.of() : Map.of(SchemaChanges.NUMBER, name[1]));
  }

  private static FieldType type(String notation) {
    return FieldType.parse(notation);
  }

  private static TableShape shape(List<Field> fields) {
    List<TableColumn> columns = new ArrayList<>();
    fields.forEach(
        field -> columns.add(new TableColumn(columns.size() + 1, field.name(), field.type(), "")));
    for (SystemColumn column : SystemColumn.values()) {
      columns.add(new TableColumn(columns.size() + 1, column.column(), column.type(), ""));
    }
    return new TableShape(0, columns);
  }

  private static SourceInput source(
      String name, List<RowSchema> schemas, boolean captured, boolean whole) {
    List<PlanSchema> values = new ArrayList<>();
    schemas.forEach(
        schema ->
            values.add(
                new PlanSchema(10 + values.size(), AvroSchemas.envelope(schema).toString())));
    RowSchema newest = schemas.get(schemas.size() - 1);
    String key = AvroSchemas.key(newest).toString();
    String[] parts = name.contains(".") ? name.split("\\.") : new String[] {"", "", ""};
    SourceDescriptor descriptor =
        new SourceDescriptor(
            name,
            parts[0],
            parts[1],
            parts[2],
            1,
            "backlot." + name + ".1",
            4,
            newest.keyColumns(),
            key,
            AvroSchemas.envelope(newest).toString(),
            List.of(1),
            values.stream().map(PlanSchema::id).toList(),
            whole ? "2026-05-04T03:02:01.000006Z" : "",
            name.contains(".")
                ? SourcePublisher.NONE
                : new SourcePublisher("upstream", List.of(), name.endsWith("by_time")));
    return new SourceInput(descriptor, List.of(new PlanSchema(1, key)), values, captured);
  }
}
