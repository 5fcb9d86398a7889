package dev.backlot.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.controller.TestPlatform.Answer;
import dev.backlot.controller.web.Json;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType.Simple;
import dev.backlot.schema.FieldType.Text;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.LakeSettings;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.TableRequest;
import dev.backlot.warehouse.TableRequest.VersionOrder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Runs that are capped and cancelled, exports, a user's own queries, what a query can name. */
final class QueryPageIT {
  private static final String FOREVER =
      "SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b";

  private static TestPlatform platform;

  @BeforeAll
  static void start() throws IOException {
    platform = new TestPlatform();
    try (LakeCatalog lake = LakeCatalog.open(LakeSettings.of(platform.config))) {
      lake.ensure(
          new TableRequest(
              new TableName("studio", "movies"),
              List.of(Field.nullable("movie_id", Simple.LONG), Field.nullable("title", Text.PLAIN)),
              List.of("movie_id"),
              VersionOrder.OFFSET,
              "test"));
    }
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  private static List<JsonNode> run(String id, String sql, int rows) {
    String text =
        platform.text("POST", "/api/v1/query/runs", Map.of("id", id, "sql", sql, "rows", rows));
    List<JsonNode> lines = new ArrayList<>();
    text.lines().forEach(line -> lines.add(Json.readTree(line)));
    return lines;
  }

  @Test
  void rows_come_in_batches_up_to_a_cap_that_is_told() {
    List<JsonNode> lines = run("r1", "SELECT range AS n FROM range(5000)", 2500);

    assertThat(lines.get(0).path("columns").path(0).path("name").asText()).isEqualTo("n");
    assertThat(lines.get(1).path("rows")).hasSize(100);
    assertThat(lines.stream().mapToInt(line -> line.path("rows").size()).sum()).isEqualTo(2500);
    JsonNode end = lines.get(lines.size() - 1).path("end");
    assertThat(end.path("outcome").asText()).isEqualTo("done");
    assertThat(end.path("rows").asInt()).isEqualTo(2500);
    assertThat(end.path("more").asBoolean()).isTrue();
    List<JsonNode> exact = run("r2", "SELECT range AS n FROM range(10)", 10);
    assertThat(exact.get(exact.size() - 1).path("end").path("more").asBoolean()).isFalse();
  }

  @Test
  void mistakes_have_a_place_in_the_statement_also_those_found_while_rows_come() {
    Answer wrong =
        platform.post(
            "/api/v1/query/runs",
            Map.of("id", "w", "sql", "SELECT 1,\n nothing FROM studio.movies"));
    List<JsonNode> late =
        run(
            "l",
            "SELECT CASE WHEN range < 4000 THEN 1 ELSE error('late') END FROM range(5000)",
            9999);

    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.at("problems", 0, "place", "line")).isEqualTo(2);
    assertThat(late.get(late.size() - 1).path("problems").path(0).path("message").asText())
        .contains("late");
  }

  @Test
  void whoever_runs_a_query_can_end_it_before_it_has_a_row() throws Exception {
    CompletableFuture<List<JsonNode>> lines =
        CompletableFuture.supplyAsync(() -> run("long", FOREVER, 10));
    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .until(
            () ->
                platform
                    .call("DELETE", "/api/v1/query/runs/long", null)
                    .at("state")
                    .equals("cancelling"));

    List<JsonNode> ended = lines.get(30, TimeUnit.SECONDS);

    assertThat(ended.get(ended.size() - 1).path("end").path("outcome").asText())
        .isEqualTo("cancelled");
    assertThat(platform.call("DELETE", "/api/v1/query/runs/long", null).at("state"))
        .isEqualTo("ended");
  }

  @Test
  void an_export_is_downloaded_once_and_holds_no_formula() {
    Answer export =
        platform.post(
            "/api/v1/query/exports",
            Map.of(
                "sql", "SELECT '=1+1' AS \"@a\", -5 AS b, '-x,y' AS c, '' AS d, NULL AS e",
                "format", "csv",
                "name", "../../etc/Passwd \"x\".."));
    String path = "/api/v1/query/exports/" + export.at("id");

    assertThat(export.at("file")).isEqualTo("etc-passwd-x.csv");
    assertThat(platform.text("GET", path, null))
        .isEqualTo("'@a,b,c,d,e\r\n'=1+1,-5,\"'-x,y\",\"\",\r\n");
    assertThat(platform.get(path).status()).isEqualTo(404);
  }

  @Test
  void queries_are_kept_by_name_and_what_ran_is_remembered_newest_first() {
    platform.post("/api/v1/query/saved", Map.of("name", "mine", "sql", "SELECT 1"));
    Answer again = platform.post("/api/v1/query/saved", Map.of("name", "mine", "sql", "SELECT 2"));
    run("a", "SELECT 11", 5);
    run("b", "SELECT 12", 5);

    Answer saved = platform.get("/api/v1/query/saved");
    Answer recent = platform.get("/api/v1/query/recent");

    assertThat((List<?>) saved.at("items")).hasSize(1);
    assertThat(saved.at("items", 0, "sql")).isEqualTo("SELECT 2");
    assertThat(recent.at("items", 0, "sql")).isEqualTo("SELECT 12");
    assertThat(recent.at("items", 0, "outcome")).isEqualTo("done");
    assertThat(platform.call("DELETE", "/api/v1/query/saved/" + again.at("id"), null).status())
        .isEqualTo(200);
    assertThat((List<?>) platform.get("/api/v1/query/saved").at("items")).isEmpty();
  }

  @Test
  void the_catalog_names_tables_views_columns_and_functions() {
    Answer catalog = platform.get("/api/v1/query/catalog");

    assertThat(catalog.at("relations", 0, "name")).isEqualTo("studio.movies_latest");
    assertThat(catalog.at("relations", 0, "key", 0)).isEqualTo("movie_id");
    assertThat(catalog.at("relations", 1, "columns", 2, "name")).isEqualTo("_op");
    assertThat((List<Object>) (List<?>) catalog.at("functions"))
        .contains("sum", "lower", "date_trunc");
  }
}
