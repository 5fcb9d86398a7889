package dev.backlot.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backlot.testing.platform.Platform;
import dev.backlot.testing.platform.Platform.Result;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Each process tells a scraper what it does, in numbers that move. */
@OnSharedPlatform
class MetricsIT {
  private static final String HOSTILE = "Me\"asu\\re\nd";

  private final SharedPlatform shared = SharedPlatform.get();

  @Test
  void numbersMoveWithWhatHappensAndEveryMetricIsDescribed() throws Exception {
    Command command = shared.platform().command();
    String quoted = '"' + HOSTILE.replace("\"", "\"\"") + '"';
    execute("CREATE TABLE measured (id int PRIMARY KEY, title text)");
    execute("INSERT INTO measured SELECT g, 'title' FROM generate_series(1, 1000) g");
    execute(
        "CREATE TABLE " + quoted + " (id int PRIMARY KEY); INSERT INTO " + quoted + " VALUES (1)");
    Result applied =
        command.apply(
            shared.connection("measured", "public.measured, 'public.*asu*'")
                + """
                ---
                apiVersion: backlot/v1
                kind: Pipeline
                name: measured
                owner: tests
                on_error: dead_letter
                audit: {every: 10s}
                steps:
                  - {id: rows, source: measured.public.measured}
                  - {id: out, sink: iceberg, from: rows, config: {table: measured.rows, commit_interval: 500ms}}
                """);
    assertThat(applied.exitCode()).as(applied.out() + applied.err()).isZero();
    awaitCaughtUp(command);

    Exposition before = dataPlane();
    execute("UPDATE measured SET title = 'new'");
    awaitCaughtUp(command);

    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              Exposition after = dataPlane();
              assertMoved(
                  before, after, 1000, "backlot_capture_records_total", "connection", "measured");
              assertMoved(
                  before, after, 10_000, "backlot_capture_bytes_total", "connection", "measured");
              assertMoved(
                  before,
                  after,
                  1,
                  "backlot_capture_acknowledge_seconds_count",
                  "connection",
                  "measured");
              assertMoved(
                  before,
                  after,
                  1000,
                  "backlot_step_num_records_in_total",
                  "pipeline",
                  "measured",
                  "step",
                  "write measured.rows");
              assertMoved(before, after, 1, "backlot_step_commits_total", "pipeline", "measured");
              assertMoved(
                  before,
                  after,
                  1,
                  "backlot_job_checkpoints_completed_total",
                  "pipeline",
                  "measured");
            });
    Exposition plane = dataPlane();
    assertThat(plane.sum("backlot_capture_dumped_rows_total", "source", "measured.public.measured"))
        .isEqualTo(1000);
    assertThat(plane.samples())
        .anyMatch(
            sample ->
                sample.name().equals("backlot_capture_dumped_rows_total")
                    && sample.labels().get("source").contains("Me\"\"asu\\re\nd"));
    assertThat(plane.sum("backlot_capture_running", "connection", "measured")).isEqualTo(1);
    assertThat(plane.sum("backlot_capture_wal_retained_bytes", "connection", "measured"))
        .isPositive();
    assertThat(plane.sum("backlot_capture_log_lag_bytes", "connection", "measured"))
        .isNotNegative();
    assertThat(plane.sum("backlot_job_last_checkpoint_seconds", "pipeline", "measured"))
        .isNotNegative();
    assertThat(plane.sum("backlot_step_rows_below_mark_total", "pipeline", "measured"))
        .isNotNegative();
    // The steps had the update within the test's time, by its commit in the source.
    for (String step : List.of("pass measured.public.measured", "shape measured.rows")) {
      assertThat(
              plane.sum(
                  "backlot_step_latency_seconds",
                  "pipeline",
                  "measured",
                  "step",
                  step,
                  "quantile",
                  "0.5",
                  "subtask",
                  "0"))
          .as(step)
          .isBetween(0.0, 60.0);
    }
    assertThat(plane.sum("jvm_memory_used_bytes", "area", "heap")).isPositive();

    // What the controller knows of a pipeline's progress is some seconds old.
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              Exposition page = controller();
              assertThat(page.sum("backlot_pipeline_lag_records", "pipeline", "measured")).isZero();
              assertThat(page.sum("backlot_pipeline_caught_up", "pipeline", "measured"))
                  .isEqualTo(1);
              assertThat(
                      page.sum(
                          "backlot_pipeline_state", "pipeline", "measured", "state", "running"))
                  .isEqualTo(1);
            });
    Exposition controller = controller();
    assertThat(controller.sum("backlot_pipeline_state", "pipeline", "measured")).isEqualTo(1);
    assertThat(controller.sum("backlot_reconciler_round_seconds_count")).isPositive();
    assertThat(controller.sum("backlot_reconciler_leading")).isEqualTo(1);
    assertThat(
            controller.sum(
                "backlot_http_request_seconds_count", "method", "POST", "route", "/api/v1/apply"))
        .isPositive();
    assertHeartbeatsAreMeasured(command);
    assertDescribed(dataPlane(), controller());
    assertDashboardsAskForWhatThereIs();
    command.ok("delete", "pipeline", "measured");
  }

  /** From commit to table, on pages, in the status and in the history. */
  private void assertHeartbeatsAreMeasured(Command command) {
    Awaitility.await("heartbeats")
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              Exposition plane = dataPlane();
              for (String stage : List.of("topic", "table", "total")) {
                assertThat(
                        plane.sum(
                            "backlot_heartbeat_latency_seconds_count",
                            "pipeline",
                            "measured",
                            "table",
                            "measured.rows",
                            "stage",
                            stage))
                    .as(stage)
                    .isPositive();
              }
              assertThat(plane.sum("backlot_heartbeat_age_seconds", "pipeline", "measured"))
                  .isBetween(0.0, 60.0);
              JsonNode status = command.pipelineStatus("measured");
              assertThat(status.path("heartbeat_seconds").asDouble()).isBetween(0.001, 30.0);
              JsonNode window = status.path("heartbeats").path(0).path("windows").path(0);
              assertThat(window.path("count").asInt()).isPositive();
              assertThat(window.path("total").path("p99").asDouble())
                  .isGreaterThanOrEqualTo(window.path("topic").path("p50").asDouble());
              JsonNode history =
                  get("/api/v1/history?subject=pipeline:measured&series=heartbeat_seconds");
              assertThat(history.path("series").path("heartbeat_seconds").size()).isPositive();
            });
    assertThat(command.pipelineStatus("measured").path("state").asText()).isEqualTo("running");
    assertThat(command.pipelineStatus("measured").path("lag_records").asLong()).isZero();
  }

  /** Every metric that a dashboard names is on a page of this platform. */
  private void assertDashboardsAskForWhatThereIs() throws IOException {
    Map<String, Set<String>> asked = new TreeMap<>();
    try (Stream<Path> files = Files.list(Platform.root().resolve("docs/grafana"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".json")).toList()) {
        JsonNode dashboard = new ObjectMapper().readTree(file.toFile());
        assertThat(dashboard.path("uid").asText()).startsWith("backlot-");
        for (JsonNode expression : dashboard.findValues("expr")) {
          names(expression.asText(), asked, file);
        }
        for (JsonNode query : dashboard.findValues("definition")) {
          names(query.asText(), asked, file);
        }
      }
    }
    assertThat(asked).hasSizeGreaterThan(40);
    Awaitility.await("metrics of dashboards")
        .atMost(Duration.ofSeconds(90))
        .untilAsserted(
            () -> {
              Set<String> shown = new TreeSet<>();
              for (Exposition page : List.of(dataPlane(), controller())) {
                page.samples().forEach(sample -> shown.add(sample.name()));
              }
              Map<String, Set<String>> missing = new TreeMap<>(asked);
              missing.keySet().removeAll(shown);
              assertThat(missing).isEmpty();
            });
  }

  private static void names(String promQl, Map<String, Set<String>> into, Path file) {
    Matcher name = Pattern.compile("\\b(?:backlot|jvm|process)_[a-z0-9_]+").matcher(promQl);
    while (name.find()) {
      into.computeIfAbsent(name.group(), any -> new TreeSet<>()).add(file.getFileName().toString());
    }
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    return new ObjectMapper()
        .readTree(
            HttpClient.newHttpClient()
                .send(
                    Platform.request(shared.platform().url() + path).build(),
                    HttpResponse.BodyHandlers.ofString())
                .body());
  }

  private static void assertMoved(
      Exposition before, Exposition after, double atLeast, String name, String... labels) {
    assertThat(after.sum(name, labels) - before.sum(name, labels))
        .as(name)
        .isGreaterThanOrEqualTo(atLeast);
  }

  /** docs/metrics.md has a line for each of our metrics, and each has a HELP and a TYPE. */
  private static void assertDescribed(Exposition... pages) throws IOException {
    String described = Files.readString(Platform.root().resolve("docs/metrics.md"));
    Set<String> missing = new TreeSet<>();
    for (Exposition page : pages) {
      assertThat(page.helps().keySet()).containsAll(page.types().keySet());
      for (String name : page.types().keySet()) {
        if (name.matches("backlot_(?!step_).*") && !described.contains("`" + name + "`")) {
          missing.add(name);
        }
      }
    }
    assertThat(missing).as("metrics without a line in docs/metrics.md").isEmpty();
  }

  private Exposition controller() {
    return scrape(shared.platform().url() + "/metrics", "text/plain");
  }

  private Exposition dataPlane() {
    int engine = shared.platform().platform().port() + 4;
    return scrape("http://localhost:" + engine + "/metrics", "text/plain;version=0.0.4");
  }

  private static Exposition scrape(String url, String accept) {
    try {
      HttpResponse<String> response =
          HttpClient.newHttpClient()
              .send(
                  Platform.request(url).header("Accept", accept).build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.headers().firstValue("Content-Type").orElse(""))
          .startsWith("text/plain")
          .contains("version=0.0.4");
      return Exposition.parse(response.body());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitCaughtUp(Command command) {
    Awaitility.await("caught up")
        .atMost(Duration.ofSeconds(90))
        .until(() -> command.pipelineStatus("measured").path("caught_up").asBoolean());
  }

  private void execute(String sql) throws Exception {
    try (Connection connection = shared.source().connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
