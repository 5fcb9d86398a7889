package dev.backlot.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.checker.Checker;
import dev.backlot.checker.CommandTarget;
import dev.backlot.checker.Verdict;
import dev.backlot.testing.platform.Platform;
import dev.backlot.testing.platform.Platform.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A platform whose tables are in another platform's REST catalog, by configuration alone. */
@OnSharedPlatform
class ExternalCatalogIT {
  private final SharedPlatform shared = SharedPlatform.get();

  @Test
  void aPipelineRunsFromDatabaseToAnExternalRestCatalog() throws Exception {
    execute(
        "CREATE TABLE elsewhere (id int PRIMARY KEY, title text);"
            + "INSERT INTO elsewhere SELECT g, 'title ' || g FROM generate_series(1, 500) g");
    Path file = Files.createTempFile("external-", ".yaml");
    Files.writeString(
        file,
        """
        warehouse: {uri: "file://%s/warehouse"}
        lake: {type: rest, uri: "%s/iceberg", token: {env: BACKLOT_SECRET_CATALOG}}
        memory: {data_plane: 768m}
        """
            .formatted(shared.platform().platform().dataDir(), shared.platform().url()));
    Map<String, String> variables =
        Map.of(
            "BACKLOT_SECRET_SOURCE",
            shared.source().password(),
            "BACKLOT_SECRET_CATALOG",
            shared.platform().platform().token());
    try (Installation platform = Installation.up(variables, List.of("--config", file.toString()))) {
      Command command = platform.command();
      Result applied =
          command.apply(
              shared.connection("elsewhere", "public.elsewhere")
                  + """
                  ---
                  apiVersion: backlot/v1
                  kind: Pipeline
                  name: elsewhere
                  owner: tests
                  steps:
                    - {id: rows, source: elsewhere.public.elsewhere}
                    - {id: out, sink: iceberg, from: rows, config: {table: elsewhere.rows, commit_interval: 500ms}}
                  """);
      assertThat(applied.exitCode()).as(applied.out() + applied.err()).isZero();
      awaitCaughtUp(command);

      // The catalog goes away while changes are in flight.
      shared.platform().platform().kill("controller");
      execute(
          "UPDATE elsewhere SET title = 'new' WHERE id % 2 = 0; DELETE FROM elsewhere WHERE id > 450");
      awaitCaughtUp(command);
      Awaitility.await("the catalog is back")
          .atMost(Duration.ofSeconds(90))
          .until(shared.platform().platform()::healthy);

      try (Connection connection = shared.source().connect()) {
        Checker checker =
            new Checker(
                connection, new CommandTarget(Platform.root().resolve("backlot"), platform.url()));
        Verdict verdict =
            checker.compare("public", "elsewhere", "true", "elsewhere.rows_latest", Map.of());
        assertThat(verdict.equal()).as("%s", verdict).isTrue();
        assertThat(verdict.sourceRows()).isEqualTo(450);
      }
      assertThat(
              command.number(
                  "SELECT count(*) - count(DISTINCT (_source, _epoch, _partition, _offset)) AS n"
                      + " FROM elsewhere.rows"))
          .isZero();
      assertThat(shared.platform().command().number("SELECT count(*) FROM elsewhere.rows_latest"))
          .isEqualTo(450);
      command.ok("delete", "pipeline", "elsewhere");
    } finally {
      Files.delete(file);
    }
  }

  private static void awaitCaughtUp(Command command) {
    Awaitility.await("caught up")
        .atMost(Duration.ofSeconds(90))
        .until(() -> command.pipelineStatus("elsewhere").path("caught_up").asBoolean());
  }

  private void execute(String sql) throws Exception {
    try (Connection connection = shared.source().connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
