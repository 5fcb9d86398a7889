package dev.backlot.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.embedded.PostgresServer;
import dev.backlot.testing.platform.Platform.Result;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Bad input is refused with code, place and next step, all problems at once, and nothing is half
 * created.
 */
@OnSharedPlatform
class BadInputIT {
  private static final SharedPlatform SHARED = SharedPlatform.get();
  private static final Command COMMAND = SHARED.platform().command();

  @BeforeAll
  static void createTable() throws Exception {
    try (Connection connection = SHARED.source().connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE prop (id int PRIMARY KEY, name text, weight numeric(6,2))");
      statement.execute("CREATE TABLE diary (entry text)");
    }
  }

  private static String pipeline(String steps) {
    return """
    ---
    apiVersion: backlot/v1
    kind: Pipeline
    name: props
    owner: tests
    steps:
    """
        + steps.indent(2);
  }

  /** Applies, and wants a refusal that names every expected fragment and leaves nothing behind. */
  private static void assertRefused(String yaml, String... fragments) {
    Result result = COMMAND.apply(yaml);
    String said = result.out() + result.err();
    assertThat(result.exitCode()).as(said).isEqualTo(1);
    assertThat(said).contains(fragments);
    assertThat(said).contains("Cannot ").doesNotContain("Exception").doesNotContain("\tat ");
    assertThat(COMMAND.ok("get", "pipelines", "-o", "json").out()).doesNotContain("\"props\"");
    assertThat(COMMAND.ok("get", "connections", "-o", "json").out()).doesNotContain("\"bad\"");
    assertThat(COMMAND.ok("get", "sources", "-o", "json").out()).doesNotContain("bad.public");
  }

  @Test
  void everyProblemOfAPipelineIsToldAtOnceWithItsPlace() {
    assertRefused(
        SHARED.connection("bad", "public.prop")
            + pipeline(
                """
                - {id: prop, source: bad.public.prop}
                - {id: heavy, processor: filter, from: prop, config: {where: "weight > 'much'"}}
                - {id: named, processor: filter, from: prop, config: {where: "nmae = 'x'"}}
                - {id: less, processor: projection, from: prop, config: {fields: [id, colour]}}
                - {id: out, sink: iceberg, from: heavy, config: {table: bad.prop}}
                - {id: out2, sink: iceberg, from: nowhere, config: {table: bad.prop2}}
                - {id: out3, sink: iceberg, from: named, config: {table: bad.prop3}}
                - {id: out4, sink: iceberg, from: less, config: {table: bad.prop4}}
                """),
        "EXPRESSION_TYPE",
        "Did you mean name?",
        "colour",
        "nowhere",
        ".yaml:");
  }

  @Test
  void aMissingSourceAndAMissingTableAreNamed() {
    assertRefused(
        SHARED.connection("bad", "public.porp")
            + pipeline(
                """
                - {id: prop, source: bad.public.nothing}
                - {id: out, sink: iceberg, from: prop, config: {table: bad.prop}}
                """),
        "CONNECTION_TABLE_MISSING",
        "porp");
    assertRefused(
        pipeline(
            """
            - {id: prop, source: bad.public.nothing}
            - {id: out, sink: iceberg, from: prop, config: {table: bad.prop}}
            """),
        "PIPELINE_UNKNOWN_SOURCE",
        "connection 'bad'");
  }

  @Test
  void aSpecOfTheWrongShapeIsRefused() {
    assertRefused("kind: [", "SPEC_NOT_YAML");
    assertRefused("just text", "SPEC_WRONG_SHAPE");
    assertRefused(
        """
        apiVersion: backlot/v1
        kind: Connection
        name: bad
        type: postgresql
        config: {hots: localhost, port: many, database: d, user: u, password: open}
        tables: {include: public.prop}
        """,
        "hots",
        "port",
        "SPEC_LITERAL_SECRET",
        "include");
  }

  @Test
  void anUnreachableDatabaseIsToldFromAWrongPassword() {
    String good = SHARED.connection("bad", "public.prop");
    assertRefused(
        good.replace("port: " + SHARED.source().port(), "port: 9"), "CONNECTION_UNREACHABLE");
    assertRefused(
        good.replace("BACKLOT_SECRET_SOURCE", "BACKLOT_SECRET_WRONG"), "CONNECTION_LOGIN_REFUSED");
    assertRefused(
        good.replace("BACKLOT_SECRET_SOURCE", "BACKLOT_SECRET_UNSET"),
        "CONNECTION_SECRET_MISSING",
        "BACKLOT_SECRET_UNSET");
  }

  @Test
  void aDatabaseWithoutLogicalLogIsRefusedWithTheFix() {
    try (PostgresServer replica =
        PostgresServer.temporary()
            .setting("wal_level", "replica")
            .password(SHARED.source().password())
            .start()) {
      assertRefused(
          SHARED
              .connection("bad", "public.*")
              .replace("port: " + SHARED.source().port(), "port: " + replica.port()),
          "CONNECTION_WAL_LEVEL",
          "ALTER SYSTEM SET wal_level");
    }
  }

  @Test
  void aKeylessTableIsRefusedByDefaultWithTheFix() {
    assertRefused(
        SHARED.connection("bad", "public.diary"), "CONNECTION_TABLE_KEYLESS", "ALTER TABLE");
  }

  @Test
  void commandsTellUsageFromProblems() {
    assertThat(COMMAND.run("get", "unicorns").exitCode()).isEqualTo(64);
    assertThat(COMMAND.run("no-such-command").exitCode()).isEqualTo(64);
    assertThat(COMMAND.run("get", "pipeline", "no_such").exitCode()).isEqualTo(1);
    assertThat(COMMAND.run("query", "SELECT * FROM no.such").exitCode()).isEqualTo(1);
    assertThat(COMMAND.run("query", "SELEC 1").exitCode()).isEqualTo(1);
    assertThat(new Command("http://localhost:9").run("get", "pipelines").exitCode()).isEqualTo(70);
  }
}
