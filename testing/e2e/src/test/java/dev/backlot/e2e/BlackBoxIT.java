package dev.backlot.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Two queries that have no position in common are compared until what differs has persisted. */
@OnSharedPlatform
class BlackBoxIT {
  private final SharedPlatform shared = SharedPlatform.get();
  private final Command command = shared.platform().command();

  private void execute(String sql) throws Exception {
    try (Connection connection = shared.source().connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private JsonNode audit(String name) {
    return command.get("/api/v1/audits/" + name).path("status");
  }

  private void awaitState(String name, String state) {
    await(name + " is " + state)
        .atMost(Duration.ofSeconds(150))
        .untilAsserted(() -> assertThat(audit(name).path("state").asText()).isEqualTo(state));
  }

  @Test
  void what_persists_is_told_by_key_repaired_from_its_source_and_over_when_it_is_equal()
      throws Exception {
    execute(
        """
        CREATE TABLE box_film (id int PRIMARY KEY, title text, price numeric(8,2));
        INSERT INTO box_film SELECT n, 'film ' || n, n * 1.5 FROM generate_series(1, 3000) n;
        CREATE TABLE box_copy AS SELECT * FROM box_film;
        DELETE FROM box_copy WHERE id = 17;
        UPDATE box_copy SET price = 0 WHERE id = 2500;
        INSERT INTO box_copy VALUES (9001, 'nobody''s', 1);
        """);
    dev.backlot.testing.platform.Platform.Result applied =
        command.apply(
            shared.connection("boxed", "public.box_film")
                + """
                ---
                apiVersion: backlot/v1
                kind: Pipeline
                name: boxed_films
                steps:
                  - {id: films, source: boxed.public.box_film}
                  - {id: out, sink: iceberg, from: films, config: {table: boxed.film, commit_interval: 500ms}}
                ---
                apiVersion: backlot/v1
                kind: Audit
                name: box_copies
                owner: tests
                source: {connection: boxed, query: "SELECT id, title, price FROM public.box_film"}
                target: {connection: boxed, query: "SELECT id, title, price FROM public.box_copy"}
                key: [id]
                every: 2s
                looks: 2
                sla: 1s
                repair: {source: boxed.public.box_film, policy: automatic}
                ---
                apiVersion: backlot/v1
                kind: Audit
                name: box_lake
                owner: tests
                source: {connection: boxed, query: "SELECT id, title, price FROM public.box_film -- all"}
                target: {query: "SELECT id, title, price FROM boxed.film_latest"}
                key: [id]
                every: 2s
                sla: 1s
                """);
    assertThat(applied.exitCode()).as(applied.out() + applied.err()).isZero();
    assertThat(
            command
                .apply(
                    """
                    apiVersion: backlot/v1
                    kind: Audit
                    name: box_nowhere
                    source: {connection: boxes, query: SELECT 1 AS id}
                    target: {query: SELECT 1 AS id}
                    key: [id]
                    """)
                .err())
        .contains("there is no connection 'boxes'", "boxed");

    awaitState("box_copies", "different");
    JsonNode found = audit("box_copies");
    assertThat(found.path("rows_that_differ").asInt()).isEqualTo(3);
    assertThat(found.path("differences").findValuesAsText("kind"))
        .containsExactlyInAnyOrder("missing", "different", "extra");
    assertThat(found.path("proven_equal_as_of").asText()).isEmpty();
    JsonNode different = different(found);
    assertThat(different.path("key").get(0).asText()).isEqualTo("2500");
    assertThat(different.at("/source/price").asText()).isEqualTo("3750");
    assertThat(different.at("/target/price").asText()).isEqualTo("0");
    await("a repair")
        .atMost(Duration.ofSeconds(150))
        .until(() -> !audit("box_copies").path("repairs").isEmpty());
    await("an incident").atMost(Duration.ofSeconds(150)).until(() -> incidents("open") == 1);

    awaitState("box_lake", "equal");
    assertThat(audit("box_lake").path("target_rows").asInt()).isEqualTo(3000);
    assertThat(command.ok("audit", "box_lake").out()).contains("3000 rows compared");
    assertThat(command.run("audit", "box_copies").exitCode()).isEqualTo(1);

    execute(
        """
        DELETE FROM box_copy WHERE id IN (2500, 9001);
        INSERT INTO box_copy SELECT * FROM box_film WHERE id IN (17, 2500);
        """);
    awaitState("box_copies", "equal");
    assertThat(audit("box_copies").path("proven_equal_as_of").asText()).isNotEmpty();
    await("no incident").atMost(Duration.ofSeconds(150)).until(() -> incidents("open") == 0);
    command.ok("delete", "audit", "box_copies");
    command.ok("delete", "audit", "box_lake");
  }

  private static JsonNode different(JsonNode status) {
    for (JsonNode difference : status.path("differences")) {
      if (difference.path("kind").asText().equals("different")) {
        return difference;
      }
    }
    throw new AssertionError("no difference in " + status);
  }

  private long incidents(String state) {
    long count = 0;
    for (JsonNode item : command.get("/api/v1/incidents").path("items")) {
      count +=
          item.toString().contains("box_copies") && item.at("/status/state").asText().equals(state)
              ? 1
              : 0;
    }
    return count;
  }
}
