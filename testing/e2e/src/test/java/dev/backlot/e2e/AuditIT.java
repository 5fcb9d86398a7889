package dev.backlot.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.checker.Checker;
import dev.backlot.checker.CommandTarget;
import dev.backlot.checker.Verdict;
import dev.backlot.testing.platform.Platform;
import dev.backlot.testing.platform.Platform.Result;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Faults that are planted in a table, its topic and its publication are found and mended by audits
 * alone, while tables of healthy pipelines beside it, one of them busy and one full of hostile
 * values, stay without differences.
 */
@OnSharedPlatform
class AuditIT {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final String TABLES =
      """
      CREATE TABLE audited (id int PRIMARY KEY, title text, note text, fee numeric(12,2), seen timestamptz);
      CREATE TABLE calm (id int PRIMARY KEY, title text, n bigint);
      INSERT INTO audited SELECT g, 'title ' || g, 'note ' || g, g * 1.5, '2026-01-01 00:00:00+00'::timestamptz + g * interval '1 s' FROM generate_series(1, 3000) g;
      INSERT INTO calm SELECT g, 'calm ' || g, 0 FROM generate_series(1, 2000) g;
      """;

  private final SharedPlatform shared = SharedPlatform.get();
  private final Command command = shared.platform().command();

  @Test
  void plantedFaultsAreFoundAndMendedAndHealthyTablesStayWithoutDifferences() throws Exception {
    execute(TABLES);
    execute(renamed(HostileContentIT.EDGE));
    execute(renamed(HostileContentIT.EDGE_ROWS).formatted("dump"));
    Result applied =
        command.apply(
            shared.connection("audits", "public.audited, public.audited_edge")
                + "---\n"
                // A publication of its own: what is planted in the other must not hit it.
                + shared.connection("calms", "public.calm")
                + pipeline("audits", "audited", "automatic")
                + pipeline("calms", "calm", "never")
                + pipeline("audits", "audited_edge", "never"));
    assertThat(applied.exitCode()).as(applied.out() + applied.err()).isZero();
    awaitProof("audited", Instant.EPOCH);
    execute(renamed(HostileContentIT.EDGE_ROWS).formatted("log"));
    AtomicBoolean busy = new AtomicBoolean(true);
    Thread writer = new Thread(() -> write(busy), "calm-writer");
    writer.start();
    try {
      plant();
      Instant planted = Instant.now();

      Awaitility.await("every fault is found and mended")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofSeconds(1))
          .untilAsserted(
              () -> {
                assertThat(found("audited")).containsAllEntriesOf(expected());
                assertThat(audit("audited").path("state").asText()).isEqualTo("equal");
                assertThat(proven("audited")).isAfter(planted);
              });
      awaitProof("audited_edge", planted);
      awaitProof("calm", planted);
    } finally {
      busy.set(false);
      writer.join();
    }
    assertThat(found("calm")).isEmpty();
    assertThat(found("audited_edge")).isEmpty();
    assertThat(audit("audited_edge").path("rows").asLong()).isEqualTo(6);
    checkEquality();
    checkCommands();
  }

  /** Keys with what is to be found of them; a stale row is doubled as well. */
  private static Map<String, String> expected() {
    Map<String, String> kinds = new TreeMap<>();
    List.of("1", "2", "3").forEach(key -> kinds.put(key, "missing"));
    List.of("4", "5", "6", "7", "8").forEach(key -> kinds.put(key, "different"));
    kinds.put("9", "different,doubled");
    kinds.put("10", "doubled");
    kinds.put("1000000", "unexplained");
    kinds.put("1000001", "extra");
    return kinds;
  }

  private void plant() throws Exception {
    execute("UPDATE audited SET note = 'older' WHERE id = 9");
    execute("UPDATE audited SET note = 'newer' WHERE id = 9");
    execute("UPDATE audited SET note = 'once' WHERE id = 10");
    Awaitility.await("the updates arrive")
        .atMost(PATIENCE)
        .until(() -> command.pipelineStatus("audited").path("caught_up").asBoolean());
    // An event that the transport loses.
    execute("ALTER PUBLICATION backlot_audits SET (publish = 'insert')");
    execute("UPDATE audited SET title = 'lost', fee = 0.5 WHERE id IN (7, 8)");
    execute("ALTER PUBLICATION backlot_audits SET (publish = 'insert, update, delete, truncate')");
    try (PlantedFaults faults =
        new PlantedFaults(
            shared.platform().platform().dataDir(),
            "backlot.audits.public.audited.1",
            "tests.audited")) {
      faults.repeatEvent(9, "older");
      faults.repeatEvent(10, "once");
      faults.rewrite(
          row -> {
            int id = (Integer) row.getField("id");
            if (id == 4 || id == 5) {
              row.setField("title", "altered by hand");
            } else if (id == 6) {
              Object title = row.getField("title");
              row.setField("title", row.getField("note"));
              row.setField("note", title);
            }
            return id > 3;
          });
      faults.insertCopyOf(11, 1000000, 1L << 60);
      faults.insertCopyOf(11, 1000001, 0);
    }
  }

  /** Another test has the same table under its own name. */
  private static String renamed(String sql) {
    return sql.replaceAll("\\b(edge|mood|positive)\\b", "audited_$1");
  }

  private static String pipeline(String connection, String table, String repair) {
    return """
    ---
    apiVersion: backlot/v1
    kind: Pipeline
    name: %1$s
    owner: tests
    audit: {every: 3s, repair: %2$s}
    steps:
      - {id: rows, source: %3$s.public.%1$s}
      - {id: out, sink: iceberg, from: rows, config: {table: tests.%1$s, commit_interval: 500ms}}
    """
        .formatted(table, repair, connection);
  }

  private JsonNode audit(String table) {
    return command.get("/api/v1/tables/tests." + table).at("/status/audit");
  }

  private Instant proven(String table) {
    String time = audit(table).path("proven_equal_as_of").asText();
    return time.isEmpty() ? Instant.EPOCH : Instant.parse(time);
  }

  private void awaitProof(String table, Instant after) {
    Awaitility.await(table + " is proven")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(() -> assertThat(proven(table)).as("%s", audit(table)).isAfter(after));
  }

  /** What any round has found so far: kinds by key. */
  private Map<String, String> found(String table) {
    Map<String, TreeSet<String>> found = new TreeMap<>();
    for (JsonNode round : audit(table).path("rounds")) {
      for (JsonNode source : round.at("/report/sources")) {
        for (JsonNode difference : source.path("differences")) {
          found
              .computeIfAbsent(difference.at("/key/0").asText(), key -> new TreeSet<>())
              .add(difference.path("kind").asText());
        }
      }
    }
    Map<String, String> kinds = new TreeMap<>();
    found.forEach((key, all) -> kinds.put(key, String.join(",", all)));
    return kinds;
  }

  private void write(AtomicBoolean busy) {
    try (Connection connection = shared.source().connect();
        PreparedStatement update =
            connection.prepareStatement("UPDATE calm SET n = n + 1 WHERE id = ?");
        PreparedStatement move =
            connection.prepareStatement("UPDATE calm SET id = -id WHERE id = ?")) {
      for (int i = 0; busy.get(); i++) {
        update.setInt(1, 1 + i * 7 % 1500);
        update.executeUpdate();
        LockSupport.parkNanos(2_000_000);
        if (i % 10 == 0) {
          move.setInt(1, (i / 10 % 2 == 0 ? 1 : -1) * (1501 + i / 20 % 500));
          move.executeUpdate();
        }
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** By code that shares nothing with the audit. */
  private void checkEquality() throws Exception {
    Awaitility.await("all is caught up")
        .atMost(PATIENCE)
        .until(
            () ->
                command.pipelineStatus("audited").path("caught_up").asBoolean()
                    && command.pipelineStatus("calm").path("caught_up").asBoolean());
    try (Connection connection = shared.source().connect()) {
      Checker checker =
          new Checker(
              connection,
              new CommandTarget(Platform.root().resolve("backlot"), shared.platform().url()));
      for (String table : List.of("audited", "calm", "audited_edge")) {
        Verdict verdict =
            checker.compare("public", table, "true", "tests." + table + "_latest", Map.of());
        assertThat(verdict.equal()).as("%s: %s", table, verdict).isTrue();
      }
    }
  }

  private void checkCommands() {
    Result keys = command.run("audit", "tests.audited", "--keys", "4,1000000", "--dry-run");
    assertThat(keys.exitCode()).as(keys.out() + keys.err()).isZero();
    assertThat(keys.out()).contains("audits.public.audited: equal").contains("2 rows compared");
    assertThat(command.ok("get", "tables").out()).contains("PROVEN EQUAL");
    assertThat(command.ok("status").out()).contains("PROVEN_EQUAL_AS_OF");
    assertThat(command.ok("get", "incidents", "--all").out())
        .contains("audit_difference")
        .contains("tests.audited");
  }

  private void execute(String sql) throws Exception {
    try (Connection connection = shared.source().connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
