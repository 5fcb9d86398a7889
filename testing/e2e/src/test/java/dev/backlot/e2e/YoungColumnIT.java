package dev.backlot.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.checker.Checker;
import dev.backlot.checker.CommandTarget;
import dev.backlot.checker.Verdict;
import dev.backlot.testing.platform.Platform;
import dev.backlot.testing.platform.Platform.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A pipeline takes columns of rows that it has written already; another one is not disturbed. */
@OnSharedPlatform
class YoungColumnIT {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final int ROWS = 5000;
  private static final List<String> COLUMNS =
      List.of(
          ("t v c b i2 i4 i8 f4 f8 n n38 n5 cash by d ts tz tm ttz iv u j jb m p ta ia na mda ip r pt"
                  + " x bi ts_v")
              .split(" "));

  private final SharedPlatform shared = SharedPlatform.get();
  private final Command command = shared.platform().command();

  @Test
  void tickedColumnsAreOfferedAndFilledAndADefaultReachesWhoeverTakesAllColumns() throws Exception {
    execute(
        renamed(HostileContentIT.EDGE),
        renamed(HostileContentIT.EDGE_ROWS).formatted("dump"),
        "INSERT INTO ticket (id, t, i4, n) SELECT g, 'title ' || g, g, g / 7.0 FROM generate_series(1, "
            + ROWS
            + ") g");
    apply(
        shared.connection("tickets", "public.ticket")
            + pipeline("ticket", "fields: [t]")
            + pipeline("ticket_bystander", "fields: [t]")
            + everything());
    for (String pipeline : new String[] {"ticket", "ticket_bystander", "ticket_all"}) {
      awaitCaughtUp(pipeline);
    }
    String ticked = pipeline("ticket", "fields: [" + String.join(", ", COLUMNS) + "]");
    assertThat(plan(ticked))
        .contains("rows written before will have no v, c, b, ")
        .contains(" in tests.ticket until")
        .contains("`./backlot backfill pipeline ticket`")
        .doesNotContain("rebuild needed");
    apply(ticked);
    Awaitility.await("it is offered")
        .atMost(PATIENCE)
        .until(
            () -> command.pipelineStatus("ticket").path("backfill").size() == COLUMNS.size() - 1);
    awaitCaughtUp("ticket");
    JsonNode bystander = command.pipelineStatus("ticket_bystander").path("jobs");
    JsonNode job = command.pipelineStatus("ticket").path("jobs");
    AtomicBoolean busy = new AtomicBoolean(true);
    Thread writer = new Thread(() -> write(busy), "ticket-writer");
    writer.start();
    Result filled;
    try {
      filled = command.ok("backfill", "pipeline", "ticket", "--wait");
    } finally {
      busy.set(false);
      writer.join();
    }

    assertThat(filled.out()).containsPattern("of tests.ticket done: [1-9][0-9]* rows filled");
    awaitCaughtUp("ticket");
    check("ticket");
    assertThat(command.pipelineStatus("ticket").path("jobs")).isEqualTo(job);
    assertThat(command.pipelineStatus("ticket_bystander").path("jobs")).isEqualTo(bystander);
    assertThat(command.pipelineStatus("ticket").has("backfill")).isFalse();
    assertThat(
            command.number(
                "SELECT count(*) - count(DISTINCT (_epoch, _partition, _offset)) FROM tests.ticket"))
        .as("duplicates")
        .isZero();
    assertThat(command.ok("get", "jobs").out()).containsPattern("tests.ticket +backfill +done");

    execute("ALTER TABLE ticket ADD COLUMN grade text DEFAULT 'B'");
    Awaitility.await("the default is in every row")
        .atMost(PATIENCE)
        .until(
            () ->
                command.number("SELECT count(*) FROM tests.ticket_all_latest WHERE grade = 'B'")
                    == command.number("SELECT count(*) FROM tests.ticket_all_latest"));
    awaitCaughtUp("ticket_all");
    check("ticket_all");
  }

  /** Other tests have the same table under its own name. */
  private static String renamed(String sql) {
    return sql.replaceAll("\\bedge\\b", "ticket").replaceAll("\\b(mood|positive)\\b", "ticket_$1");
  }

  private static String pipeline(String name, String fields) {
    return """
    ---
    apiVersion: backlot/v1
    kind: Pipeline
    name: %s
    owner: tests
    steps:
      - {id: rows, source: tickets.public.ticket}
      - {id: slim, processor: projection, from: rows, config: {%s}}
      - {id: out, sink: iceberg, from: slim, config: {table: tests.%1$s, commit_interval: 500ms}}
    """
        .formatted(name, fields);
  }

  private static String everything() {
    return """
    ---
    apiVersion: backlot/v1
    kind: Pipeline
    name: ticket_all
    owner: tests
    steps:
      - {id: rows, source: tickets.public.ticket}
      - {id: out, sink: iceberg, from: rows, config: {table: tests.ticket_all, commit_interval: 500ms}}
    """;
  }

  private void apply(String yaml) {
    Result applied = command.apply(yaml);
    assertThat(applied.exitCode()).as(applied.out() + applied.err()).isZero();
  }

  private String plan(String yaml) throws Exception {
    Path file = Files.createTempFile("spec-", ".yaml");
    Files.writeString(file, yaml);
    try {
      return command.ok("plan", "-f", file.toString()).out();
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private void awaitCaughtUp(String pipeline) {
    Awaitility.await(pipeline + " has caught up")
        .atMost(PATIENCE)
        .until(() -> command.pipelineStatus(pipeline).path("caught_up").asBoolean());
  }

  private void check(String table) throws Exception {
    try (Connection connection = shared.source().connect()) {
      Verdict verdict =
          new Checker(
                  connection,
                  new CommandTarget(Platform.root().resolve("backlot"), shared.platform().url()))
              .compare("public", "ticket", "true", "tests." + table + "_latest", Map.of());
      assertThat(verdict.equal()).as("%s: %s", table, verdict).isTrue();
    }
  }

  private void write(AtomicBoolean busy) {
    try (Connection connection = shared.source().connect();
        Statement statement = connection.createStatement()) {
      for (int i = 0; busy.get(); i++) {
        statement.execute(
            "UPDATE ticket SET i4 = i4 + 1 WHERE id = '" + (1 + i * 7 % (ROWS / 2)) + "'");
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void execute(String... statements) throws SQLException {
    try (Connection connection = shared.source().connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
