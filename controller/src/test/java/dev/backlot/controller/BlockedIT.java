package dev.backlot.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.controller.TestPlatform.Answer;
import dev.backlot.controller.TestPlatform.Said;
import dev.backlot.controller.web.Json;
import dev.backlot.embedded.KafkaServer;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.plan.PlanColumn;
import dev.backlot.model.plan.PlanSchema;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.plan.PlanUse;
import dev.backlot.registry.SchemaStore;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.RowSchema;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What an owner is told of a change that a pipeline can't follow, and what his choices come to. */
final class BlockedIT {
  private static KafkaServer kafka;
  private static TestPlatform platform;
  private static SchemaStore schemas;

  @BeforeAll
  static void start() throws IOException {
    kafka = KafkaServer.temporary().start();
    platform = new TestPlatform(kafka.bootstrapServers());
    schemas = new SchemaStore(Map.of("bootstrap.servers", kafka.bootstrapServers()), (short) 1);
  }

  @AfterAll
  static void stop() {
    schemas.close();
    platform.close();
    kafka.close();
  }

  private static RowSchema schema(String name, String... fields) {
    List<Field> all = new ArrayList<>(List.of(Field.required("id", FieldType.Simple.LONG)));
    for (String field : fields) {
      all.add(Field.nullable(field, FieldType.Text.PLAIN));
    }
    return new RowSchema(name, all, List.of("id"));
  }

  private static int register(RowSchema schema) {
    return schemas.register(schema.name() + "-value", AvroSchemas.envelope(schema));
  }

  /** Says what capture would say of a Source. */
  private static void capture(String connection, RowSchema newest, List<Integer> ids) {
    var source =
        FakeDataPlane.source(newest.name(), connection, "movie")
            .withValueSchemas(AvroSchemas.envelope(newest).toString(), ids);
    platform.dataPlane.discovered.put(connection, List.of(source));
    try (MetadataDatabase metadata = MetadataDatabase.open(platform.config.metadata())) {
      metadata.sources().put(source, SourceStore.State.STREAMING, "");
    }
  }

  private static PlanSource read(RowSchema schema, int id, String fill, String... consumed) {
    return read(schema, id, fill, false, consumed);
  }

  private static PlanSource read(
      RowSchema schema, int id, String fill, boolean open, String... consumed) {
    List<PlanColumn> columns = new ArrayList<>();
    List<PlanUse> uses = new ArrayList<>();
    for (String name : consumed) {
      columns.add(new PlanColumn(name, "text", true));
      uses.add(new PlanUse(name, "consumed", List.of("out"), List.of("studio.t." + name), fill));
    }
    return new PlanSource(
        "movies",
        schema.name(),
        "backlot." + schema.name() + ".1",
        1,
        4,
        List.of("id"),
        columns,
        uses,
        open,
        List.of(),
        List.of(new PlanSchema(id, AvroSchemas.envelope(schema).toString())),
        "earliest",
        List.of(),
        "",
        false);
  }

  private static String documents(String name) {
    return """
        apiVersion: backlot/v1
        kind: Connection
        name: %s
        type: postgresql
        config: {host: localhost, database: d, user: u, password: {env: BACKLOT_SECRET_X}}
        tables: {include: [public.movie]}
        ---
        apiVersion: backlot/v1
        kind: Pipeline
        name: %s_report
        owner: reports
        steps:
          - {id: movies, source: %s.public.movie}
          - {id: out, sink: iceberg, from: movies, consumes: [title, region], config: {table: %s.report}}
        """
        .formatted(name, name, name, name);
  }

  private static JsonNode pipeline(String name) {
    return Json.readTree(Json.write(platform.get("/api/v1/pipelines/" + name + "_report").body()));
  }

  private static void await(String what, Runnable check) {
    Awaitility.await(what).atMost(Duration.ofSeconds(40)).untilAsserted(check::run);
  }

  private static void awaitState(String name, String state, String code) {
    await(
        name + " is " + state,
        () -> {
          JsonNode status = pipeline(name).path("status");
          assertThat(status.path("state").asText()).isEqualTo(state);
          assertThat(status.path("code").asText()).isEqualTo(code);
        });
  }

  private static Answer resolve(String name, Object... pairs) {
    Map<String, Object> body = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      body.put((String) pairs[i], pairs[i + 1]);
    }
    return platform.post("/api/v1/pipelines/" + name + "_report/resolve", body);
  }

  @Test
  void the_owner_of_a_blocked_pipeline_is_told_and_chooses() {
    RowSchema before = schema("mapped.public.movie", "title", "region", "territory");
    RowSchema after = schema("mapped.public.movie", "title", "territory");
    int first = register(before);
    int second = register(after);
    capture("mapped", before, List.of(first));
    platform.dataPlane.planSources.put(
        "mapped_report",
        body ->
            List.of(
                read(
                    before,
                    first,
                    body.toString().contains("\"missing\"") ? "field:territory" : "",
                    "title",
                    "region")));
    platform.dataPlane.sample.addAll(
        List.of(
            Map.of("id", 2, "title", "b", "territory", "EU"),
            Map.of("id", 1, "title", "a", "region", "EMEA", "territory", "UK")));
    platform.dataPlane.parked.put(
        "mapped_report",
        List.of(
            Map.of(
                "source", "mapped.public.movie",
                "topic", "backlot.mapped.public.movie.1",
                "partition", 2,
                "offset", 17,
                "schema_id", second,
                "written_at", "2026-01-31T12:00:00Z",
                "kept_until", "2026-02-07T12:00:00Z")));
    assertThat(platform.apply(documents("mapped")).status()).isEqualTo(200);
    awaitState("mapped", "running", "");
    assertThat(resolve("mapped", "field", "region", "choice", "accept").body().toString())
        .contains("NOT_ALLOWED_NOW", "no change of this field blocks the pipeline");

    capture("mapped", after, List.of(first, second));
    awaitState("mapped", "blocked", "SCHEMA_INCOMPATIBLE");

    await(
        "what waits",
        () ->
            assertThat(pipeline("mapped").at("/status/blocked/0/waiting/0/offset").asInt())
                .isEqualTo(17));
    JsonNode field = pipeline("mapped").at("/status/blocked/0/fields/0");
    assertThat(field.path("field").asText()).isEqualTo("region");
    assertThat(field.path("steps").get(0).asText()).isEqualTo("out");
    assertThat(field.at("/choices/0/fields").toString()).isEqualTo("[\"title\",\"territory\"]");
    await("an incident", () -> assertThat(incidents("mapped_report")).contains("\"offset\":17"));
    assertThat(incidents("mapped_report"))
        .contains(
            "backlot resolve pipeline mapped_report --field region --stop-consuming",
            "kept at least until 2026-02-07T12:00:00Z");

    Said dry =
        platform.run(
            "resolve",
            "pipeline",
            "mapped_report",
            "--field",
            "region",
            "--map",
            "territory",
            "--dry-run");
    assertThat(dry.err()).isEmpty();
    assertThat(dry.out())
        .contains("+ steps.movies.config", "KEY", "EMEA    region", "EU      territory");
    assertThat(pipeline("mapped").at("/status/revision").asInt()).isEqualTo(1);
    assertThat(
            resolve("mapped", "field", "region", "choice", "map", "from", "id").body().toString())
        .contains("PIPELINE_FIELD_CONFLICT");
    assertThat(resolve("mapped", "field", "region", "choice", "guess").status()).isEqualTo(400);

    Said done =
        platform.run(
            "resolve", "pipeline", "mapped_report", "--field", "region", "--map", "territory");
    assertThat(done.err()).isEmpty();
    assertThat(done.out()).contains("pipeline mapped_report resolved (revision 2)");
    awaitState("mapped", "running", "");
    assertThat(platform.get("/api/v1/pipelines/mapped_report/revisions").toString())
        .contains("resolve: field 'region' of mapped.public.movie: 'territory' is read instead");
  }

  @Test
  void consumers_are_told_of_a_source_and_of_a_pipeline() {
    RowSchema schema = schema("told.public.movie", "title", "region");
    int id = register(schema);
    capture("told", schema, List.of(id));
    platform.dataPlane.planSources.put(
        "told_report", body -> List.of(read(schema, id, "", "title", "region")));
    assertThat(platform.apply(documents("told")).status()).isEqualTo(200);
    awaitState("told", "running", "");

    JsonNode consumer =
        Json.readTree(Json.write(platform.get("/api/v1/sources/told.public.movie").body()))
            .at("/status/consumers/0");
    assertThat(consumer.path("pipeline").asText()).isEqualTo("told_report");
    assertThat(consumer.path("opted_in").asBoolean(true)).isFalse();
    assertThat(consumer.at("/fields/1").toString())
        .isEqualTo(
            "{\"field\":\"region\",\"type\":\"text\",\"use\":\"consumed\",\"steps\":[\"out\"],"
                + "\"columns\":[\"studio.t.region\"]}");
    assertThat(platform.run("describe", "source", "told.public.movie").out())
        .contains("told_report:", "- region consumed by out -> studio.t.region");
    assertThat(platform.run("describe", "pipeline", "told_report").out())
        .contains("told.public.movie:", "- title consumed by out -> studio.t.title");
  }

  @Test
  void an_upgrade_that_can_t_be_done_reaches_the_owner() {
    RowSchema before = schema("held.public.movie", "title", "region");
    RowSchema after = schema("held.public.movie", "title", "region", "rating");
    int first = register(before);
    int second = register(after);
    capture("held", before, List.of(first));
    platform.dataPlane.planSources.put(
        "held_report",
        body -> {
          boolean old = body.path("up_to").path("held.public.movie").asInt(first) == first;
          PlanSource read =
              old
                  ? read(before, first, "", true, "title")
                  : read(after, second, "", true, "title", "rating");
          return List.of(read);
        });
    assertThat(platform.apply(documents("held")).status()).isEqualTo(200);
    awaitState("held", "running", "");
    platform.dataPlane.onlyPlan.put(
        "held_report", pipeline("held").at("/status/plan_hash").asText());

    capture("held", after, List.of(first, second));

    await(
        "an incident",
        () ->
            assertThat(incidents("held_report"))
                .contains("\"kind\":\"upgrade_failed\"", "\"severity\":\"warning\""));
    JsonNode upgrade = pipeline("held").at("/status/upgrades/0");
    assertThat(upgrade.path("state").asText()).isEqualTo("undone");
    assertThat(upgrade.path("cause").asText()).isEqualTo("held.public.movie: rating added");
  }

  private static String incidents(String pipeline) {
    List<String> found = new ArrayList<>();
    Json.readTree(Json.write(platform.get("/api/v1/incidents").body()))
        .path("items")
        .forEach(item -> found.add(item.toString()));
    return String.join("\n", found.stream().filter(item -> item.contains(pipeline)).toList());
  }
}
