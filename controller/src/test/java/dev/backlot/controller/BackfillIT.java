package dev.backlot.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backlot.controller.TestPlatform.Answer;
import dev.backlot.controller.TestPlatform.Said;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.BackfillStore;
import dev.backlot.metadata.BackfillStore.Progress;
import dev.backlot.metadata.BackfillStore.Run;
import dev.backlot.metadata.BackfillStore.State;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanColumn;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.plan.PlanStep;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType.Simple;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.LakeSettings;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.TableRequest;
import dev.backlot.warehouse.TableRequest.VersionOrder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Backfills are offered, asked for, seen and ended; the data plane, which does them, is a fake. */
final class BackfillIT {
  private static TestPlatform platform;
  private static LakeCatalog lake;
  private static MetadataDatabase metadata;

  @BeforeAll
  static void start() throws IOException {
    platform = new TestPlatform();
    lake = LakeCatalog.open(LakeSettings.of(platform.config));
    metadata = MetadataDatabase.open(platform.config.metadata());
    platform.apply(
        """
        apiVersion: backlot/v1
        kind: Connection
        name: studio
        owner: production-systems
        type: postgresql
        config: {host: localhost, database: studio, user: backlot, password: {env: BACKLOT_SECRET_S}}
        tables: {include: [public.film]}
        """);
    platform.capture("studio", "film");
  }

  @AfterAll
  static void stop() {
    metadata.close();
    lake.close();
    platform.close();
  }

  private static BackfillStore store() {
    return metadata.backfills();
  }

  /** A paused pipeline, of which a plan says that it copies one column and makes another. */
  private static void pipeline(String name) {
    Answer applied =
        platform.apply(
            """
            apiVersion: backlot/v1
            kind: Pipeline
            name: %1$s
            state: paused
            steps:
              - {id: films, source: studio.public.film}
              - {id: lake, sink: iceberg, from: films, config: {table: studio.%1$s}}
            """
                .formatted(name));
    assertThat(applied.status()).as(applied.body().toString()).isEqualTo(200);
    metadata.pipelines().setDeployed(name, 1, "hash-" + name, Json.write(plan(name)));
    lake.ensure(
        new TableRequest(
            TableName.parse("studio." + name),
            Stream.of("id", "budget", "stars").map(c -> Field.nullable(c, Simple.INT)).toList(),
            List.of("id"),
            VersionOrder.OFFSET,
            name));
  }

  private static PipelinePlan plan(String name) {
    List<PlanColumn> columns =
        Stream.of("id", "budget").map(c -> new PlanColumn(c, "int", true)).toList();
    List<PlanColumn> made =
        Stream.of("id", "budget", "stars").map(c -> new PlanColumn(c, "int", true)).toList();
    PlanSource source =
        new PlanSource(
            "films",
            "studio.public.film",
            "topic",
            1,
            1,
            List.of("id"),
            columns,
            List.of(),
            List.of(),
            "earliest");
    PlanStep step =
        new PlanStep(
            "rich",
            "graphql_enrichment",
            List.of("films"),
            Map.of(),
            made,
            List.of("id"),
            List.of(),
            List.of());
    PlanSink sink =
        new PlanSink(
            "lake",
            "iceberg",
            "rich",
            "studio." + name,
            made,
            made.stream().map(c -> new PlanSink.Target(c.name(), c.type(), c.name())).toList(),
            List.of("id"),
            "",
            "append",
            1000,
            List.of("films"),
            List.of(),
            List.of());
    return new PipelinePlan(
        1, name, false, 1, "stop", List.of(source), List.of(step), List.of(sink), "hash-" + name);
  }

  @Test
  void what_is_offered_is_shown_and_asked_for_and_followed() {
    pipeline("offered");
    store().offer("offered", "studio.offered", List.of("budget"), 1200);

    Answer shown = platform.get("/api/v1/pipelines/offered");
    Said dry = platform.run("backfill", "pipeline", "offered", "--dry-run");
    Said asked = platform.run("backfill", "pipeline", "offered");

    assertThat(shown.at("status", "backfill", 0, "column")).isEqualTo("budget");
    assertThat(shown.at("status", "backfill", 0, "rows_before")).isEqualTo(1200);
    assertThat(platform.run("describe", "pipeline", "offered").out()).contains("rows_before: 1200");
    assertThat(dry.out()).isEqualTo("would fill budget of studio.offered: 0 rows have none\n");
    assertThat(asked.err()).isEmpty();
    assertThat(asked.out()).contains(" of studio.offered requested for budget");
    Run run = store().ofPipeline("offered", 1).get(0);
    assertThat(platform.run("backfill", "pipeline", "offered").out())
        .as("the same is asked for once")
        .isEqualTo(asked.out());
    store().start(run.id());
    assertThat(store().progress(run.id(), new Progress(10, 100, 40, 30))).isTrue();
    Said jobs = platform.run("get", "jobs");
    assertThat(jobs.out()).containsPattern("studio.offered +backfill +running");
    assertThat(
            platform.get("/api/v1/jobs/backfill-" + run.id()).at("status", "report", "rows_filled"))
        .isEqualTo(30);
    store().finish(run, State.DONE, "");
    assertThat(platform.get("/api/v1/backfills/" + run.id()).at("state")).isEqualTo("done");
    assertThat(platform.get("/api/v1/pipelines/offered").body().toString())
        .doesNotContain("rows_before");
    assertThat(platform.run("backfill", "pipeline", "offered").out())
        .isEqualTo("pipeline offered has nothing to backfill\n");
  }

  @Test
  void what_can_not_be_filled_is_refused_with_what_to_do_instead() {
    pipeline("refused");

    Said made =
        platform.run("backfill", "pipeline", "refused", "--column", "stars", "--column", "x");
    Said missing = platform.run("backfill", "pipeline", "nobody");
    Said wrong = platform.run("backfill", "table", "refused");

    assertThat(made.exitCode()).isEqualTo(1);
    assertThat(made.err())
        .contains(
            "Cannot backfill column 'stars' of pipeline 'refused': step 'rich' makes its values")
        .contains("Cannot backfill column 'x' of pipeline 'refused': no deployed table");
    assertThat(missing.err()).contains("[NOT_FOUND]");
    assertThat(wrong.exitCode()).isEqualTo(64);
    assertThat(store().ofPipeline("refused", 1)).isEmpty();
  }

  @Test
  void a_run_that_failed_for_good_is_an_incident_until_it_is_given_up() {
    pipeline("failing");
    long id = store().request("failing", "studio.failing", List.of("budget"));
    store().finish(store().find(id).orElseThrow(), State.FAILED, "The topic is gone.");

    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(platform.run("get", "incidents").out())
                    .containsPattern(
                        "backfill_failed.*studio.failing|studio.failing.*backfill_failed"));
    Said cancelled = platform.run("backfill", "pipeline", "failing", "--cancel");

    assertThat(cancelled.out()).isEqualTo("backfill " + id + " of studio.failing is to end\n");
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(platform.run("get", "incidents").out())
                    .doesNotContain("backfill_failed"));
  }

  @Test
  void a_failed_run_is_settled_by_a_later_one_of_the_same_columns() {
    pipeline("settled");
    long first = store().request("settled", "studio.settled", List.of("budget"));
    store().finish(store().find(first).orElseThrow(), State.FAILED, "no");
    assertThat(store().failed()).extracting(Run::id).contains(first);

    store().request("settled", "studio.settled", List.of("budget", "id"));

    assertThat(store().failed()).extracting(Run::id).doesNotContain(first);
    assertThat(metadata.documents().find(SpecKind.PIPELINE, "settled")).isPresent();
  }
}
