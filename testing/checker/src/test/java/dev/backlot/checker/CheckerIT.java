package dev.backlot.checker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backlot.embedded.PostgresServer;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Proves that the checker finds planted faults, and finds none where there are none. */
class CheckerIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LARGE = "Φ".repeat(200_000);

  private static PostgresServer server;
  private static Connection source;

  private ArrayNode view;

  @BeforeAll
  static void start() throws Exception {
    server = PostgresServer.temporary().start();
    source = server.connect();
    try (Statement statement = source.createStatement()) {
      statement.execute(
          """
          CREATE TABLE shot (
            scene int, take text, title text, alias text, budget numeric(12,2), weight numeric, ratio float8, ok boolean,
            shot_on date, at timestamptz, raw bytea, tags text[], length interval, notes jsonb, PRIMARY KEY (scene, take))
          """);
      statement.execute(
          "INSERT INTO shot VALUES (1, 'a', 'Dawn', 'D', 10.50, 1.500, 'NaN', true, '0044-03-15 BC',"
              + " '2026-01-02 03:04:05.678+00', '\\xdeadbeef', '{a,NULL,\"b,\\\"c\"}', '1 mon 2 days 00:00:03', '{\"n\": 1}')");
      statement.execute(
          "INSERT INTO shot VALUES (1, 'b', 'Dusk', '"
              + LARGE
              + "', NULL, 'Infinity', 0.1, false, 'infinity',"
              + " '-infinity', '', '{}', '-1 days', 'null')");
      statement.execute("INSERT INTO shot (scene, take, title, alias) VALUES (2, '', 'Noon', '')");
    }
  }

  @AfterAll
  static void stop() throws Exception {
    source.close();
    server.close();
  }

  @BeforeEach
  void healthyView() {
    view = JSON.createArrayNode();
    ObjectNode dawn = row(1, "a", "Dawn", "D");
    dawn.put("budget", new java.math.BigDecimal("10.5")).put("weight", "1.500").put("ratio", "NaN");
    dawn.put("ok", true).put("shot_on", "0044-03-15 BC").put("at", "2026-01-02T03:04:05.678000Z");
    dawn.put("raw", "deadbeef").putArray("tags").add("a").addNull().add("b,\"c");
    dawn.putObject("length").put("months", 1).put("days", 2).put("micros", 3_000_000);
    dawn.put("notes", "{\"n\": 1}");
    ObjectNode dusk = row(1, "b", "Dusk", LARGE);
    dusk.putNull("budget").put("weight", "Infinity").put("ratio", 0.1).put("ok", false);
    dusk.put("shot_on", "infinity").put("at", "-infinity").put("raw", "").putArray("tags");
    dusk.putObject("length").put("months", 0).put("days", -1).put("micros", 0);
    dusk.put("notes", "null");
    ObjectNode noon = row(2, "", "Noon", "");
    List.of("budget", "weight", "ratio", "ok", "shot_on", "at", "raw", "tags", "length", "notes")
        .forEach(noon::putNull);
  }

  private ObjectNode row(int scene, String take, String title, String alias) {
    return view.addObject()
        .put("scene", scene)
        .put("take", take)
        .put("title", title)
        .put("alias", alias);
  }

  private Verdict check() throws Exception {
    Target target = (sql, consumer) -> view.forEach(consumer);
    return new Checker(source, target).compare("public", "shot", "true", "shot_latest", Map.of());
  }

  @Test
  void equalTablesAreEqual() throws Exception {
    assertThat(check()).hasToString("equal: 3 rows in the source, 3 in the target");
  }

  @Test
  void aLostRowIsFound() throws Exception {
    view.remove(2);
    assertThat(check().differences()).containsExactly(new Difference.Missing(List.of("2", "")));
  }

  @Test
  void aDoubledRowIsFound() throws Exception {
    view.add(view.get(0).deepCopy());
    assertThat(check().differences())
        .containsExactly(new Difference.Repeated(List.of("1", "a"), 2));
  }

  @Test
  void aStaleRowIsFound() throws Exception {
    ((ObjectNode) view.get(0)).put("title", "Down");
    assertThat(check().differences())
        .containsExactly(new Difference.Unequal(List.of("1", "a"), "title", "Dawn", "Down"));
  }

  @Test
  void aRowThatShouldBeGoneIsFound() throws Exception {
    row(9, "z", "Gone", "G");
    assertThat(check().differences()).containsExactly(new Difference.Extra(List.of("9", "z")));
  }

  @Test
  void aNulledLargeValueIsFound() throws Exception {
    ((ObjectNode) view.get(1)).putNull("alias");
    assertThat(check().differences())
        .singleElement()
        .isInstanceOfSatisfying(
            Difference.Unequal.class,
            unequal -> {
              assertThat(unequal.column()).isEqualTo("alias");
              assertThat(unequal.target()).isEqualTo(Canonical.NULL);
            });
  }

  @Test
  void swappedColumnsAreFound() throws Exception {
    for (JsonNode row : view) {
      ObjectNode swapped = (ObjectNode) row;
      JsonNode title = swapped.get("title");
      swapped.set("title", swapped.get("alias"));
      swapped.set("alias", title);
    }
    assertThat(check().differences()).hasSize(6);
  }

  @Test
  void anEmptyTextIsNotNull() throws Exception {
    ((ObjectNode) view.get(2)).putNull("alias");
    assertThat(check().differences()).hasSize(1);
  }

  @Test
  void aMissingColumnIsFound() throws Exception {
    view.forEach(row -> ((ObjectNode) row).remove("notes"));
    assertThat(check().differences()).hasSize(3);
  }

  @Test
  void anEventThatStandsTwiceIsFound() throws Exception {
    Target target =
        (sql, consumer) ->
            consumer.accept(
                JSON.createObjectNode()
                    .put("_source", "s")
                    .put("_epoch", 1)
                    .put("_partition", 2)
                    .put("_offset", 30)
                    .put("times", 2));
    assertThat(new Checker(source, target).duplicates("shot"))
        .containsExactly(new Difference.Duplicate("s", 1, 2, 30, 2));
  }
}
