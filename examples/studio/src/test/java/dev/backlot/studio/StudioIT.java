package dev.backlot.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backlot.embedded.PostgresServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudioIT {
  private static final List<String> TABLES =
      List.of(
          "movie",
          "talent",
          "cast_member",
          "deal",
          "vendor",
          "vendor_payment",
          "schedule_day",
          "reshoot_day");
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-03-04T10:11:12.345678Z"), ZoneOffset.UTC);

  private static PostgresServer server;

  @TempDir Path control;

  @BeforeAll
  static void startServer() {
    server = PostgresServer.temporary().start();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Test
  void creating_twice_loads_once() throws SQLException {
    StudioDatabase database = database("twice");

    assertThat(database.create("o'ne\\", 1, CLOCK.instant())).isTrue();
    Map<String, String> before = contents(database);
    change(database, "ALTER TABLE deal REPLICA IDENTITY DEFAULT");
    assertThat(database.create("two", 2, CLOCK.instant())).isFalse();

    assertThat(contents(database)).isEqualTo(before);
    assertThat(count(database, "SELECT count(*) FROM movie WHERE movie_id < 10000"))
        .isEqualTo(3_201);
    assertThat(
            count(
                database,
                "SELECT count(*) FROM pg_class WHERE relname = 'deal' AND relreplident = 'f'"))
        .isEqualTo(1);
  }

  @Test
  void the_capture_role_logs_in_reads_everything_and_can_publish() throws SQLException {
    StudioDatabase database = database("published");
    database.create("s3cr'et\\", 1, CLOCK.instant());

    try (Connection capture = DriverManager.getConnection(database.url(), "backlot", "s3cr'et\\");
        Statement statement = capture.createStatement()) {
      statement.execute("CREATE PUBLICATION backlot FOR TABLE movie");
      for (String table : TABLES.subList(1, TABLES.size())) {
        statement.execute("ALTER PUBLICATION backlot ADD TABLE " + table);
      }
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT rolreplication AND NOT rolsuper FROM pg_roles WHERE rolname = 'backlot'")) {
        rows.next();
        assertThat(rows.getBoolean(1)).isTrue();
      }
    }
    assertThat(count(database, "SELECT count(*) FROM pg_publication_tables")).isEqualTo(8);
    assertThat(
            count(
                database,
                "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND"
                    + " obj_description((schemaname || '.' || tablename)::regclass) IS NULL"))
        .isZero();
  }

  @Test
  void the_same_seed_and_clock_give_the_same_work() throws SQLException {
    StudioDatabase one = database("one");
    StudioDatabase other = database("other");

    for (StudioDatabase database : List.of(one, other)) {
      database.create("secret", 3, CLOCK.instant());
      work(database, new Workload(5, CLOCK), 300);
    }

    assertThat(contents(one)).isEqualTo(contents(other));
  }

  @Test
  void work_changes_every_table_in_every_way_and_leaves_the_studio_in_order() throws SQLException {
    StudioDatabase database = database("busy");
    database.create("secret", 4, CLOCK.instant());
    watch(database);

    long changed = work(database, new Workload(6, CLOCK), 4_000);

    assertThat(count(database, "SELECT count(*) FROM watched")).isEqualTo(changed);
    for (String table : TABLES) {
      for (String operation : List.of("INSERT", "UPDATE", "DELETE")) {
        if (!table.equals("vendor") && !(table.equals("talent") && operation.equals("DELETE"))) {
          assertThat(watched(database, table, operation)).as(table + operation).isPositive();
        }
      }
    }
    assertThat(watched(database, "schedule_day", "KEY")).isPositive();
    assertThat(watched(database, "cast_member", "KEY")).isPositive();
    assertThat(watched(database, "vendor", "KEY")).isPositive();
    assertOrder(database);
  }

  @Test
  void pausing_stops_all_change_and_a_restart_goes_on() throws Exception {
    StudioDatabase database = database("paused");
    database.create("secret", 1, CLOCK.instant());
    Path switchFile = Files.createFile(control.resolve("paused"));

    try (Running shift = start(database, 20)) {
      await().until(() -> shift.status().equals("paused"));
      Map<String, String> before = contents(database);
      Files.delete(switchFile);
      await().until(() -> !contents(database).equals(before));
      Files.createFile(switchFile);
      await().until(() -> shift.status().equals("paused"));
      Map<String, String> paused = contents(database);
      await()
          .during(Duration.ofSeconds(1))
          .atMost(Duration.ofSeconds(3))
          .until(() -> contents(database).equals(paused));
    }
    Files.delete(switchFile);
    Map<String, String> stopped = contents(database);
    try (Running ignored = start(database, 21)) {
      await().until(() -> !contents(database).equals(stopped));
    }
  }

  @Test
  void work_goes_on_after_the_database_was_killed() throws Exception {
    PostgresServer fragile = PostgresServer.temporary().start();
    StudioDatabase database =
        new StudioDatabase(
            "localhost", fragile.port(), fragile.user(), fragile.password(), "studio");
    database.create("secret", 1, CLOCK.instant());

    try (Running shift = start(database, 22)) {
      await().until(() -> shift.status().equals("running"));
      fragile.kill();
      await().until(() -> shift.said().contains("the database is away"));
      fragile = fragile.startAgain();
      Map<String, String> after = contents(database);
      await().atMost(Duration.ofSeconds(30)).until(() -> !contents(database).equals(after));
    } finally {
      fragile.close();
    }
  }

  @Test
  void the_program_ends_when_its_input_ends() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.backlot.studio.Studio",
                "--port",
                String.valueOf(server.port()),
                "--database",
                "program",
                "--control",
                control.toString())
            .redirectErrorStream(true)
            .redirectOutput(control.resolve("out").toFile());
    builder.environment().put("STUDIO_ADMIN_PASSWORD", server.password());
    builder.environment().put("BACKLOT_SECRET_STUDIO", "secret");

    Process process = builder.start();
    try {
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> Files.readString(control.resolve("out")).contains("Studio: running"));
      process.getOutputStream().close();

      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
      assertThat(Files.readString(control.resolve("out"))).contains("ready", "data loaded");
    } finally {
      process.destroyForcibly();
    }
  }

  private static StudioDatabase database(String name) {
    return new StudioDatabase("localhost", server.port(), server.user(), server.password(), name);
  }

  private static long work(StudioDatabase database, Workload workload, int steps)
      throws SQLException {
    long changed = 0;
    try (Connection connection = database.connectAsOwner()) {
      for (int i = 0; i < steps; i++) {
        changed += workload.step(connection);
      }
    }
    return changed;
  }

  /** Per table its row count and a checksum over all rows. */
  private static Map<String, String> contents(StudioDatabase database) throws SQLException {
    Map<String, String> contents = new LinkedHashMap<>();
    try (Connection connection = database.connectAsOwner();
        Statement statement = connection.createStatement()) {
      for (String table : TABLES) {
        try (ResultSet rows =
            statement.executeQuery(
                "SELECT count(*) || ' ' || md5(string_agg(t::text, '|' ORDER BY t::text)) FROM "
                    + table
                    + " t")) {
          rows.next();
          contents.put(table, rows.getString(1));
        }
      }
    }
    return contents;
  }

  private static void change(StudioDatabase database, String statement) throws SQLException {
    try (Connection connection = database.connectAsOwner();
        Statement owner = connection.createStatement()) {
      owner.execute(statement);
      connection.commit();
    }
  }

  private static long count(StudioDatabase database, String query) throws SQLException {
    try (Connection connection = database.connectAsOwner();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /** Notes every changed row, by triggers that know nothing of the workload. */
  private static void watch(StudioDatabase database) throws SQLException {
    try (Connection connection = database.connectAsOwner();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE watched (tab text, operation text)");
      statement.execute(
          """
          CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
          DECLARE k text; operation text := TG_OP;
          BEGIN
            IF TG_OP = 'UPDATE' THEN
              FOREACH k IN ARRAY string_to_array(TG_ARGV[0], ',') LOOP
                IF to_jsonb(OLD)->k <> to_jsonb(NEW)->k THEN operation := 'KEY'; END IF;
              END LOOP;
            END IF;
            INSERT INTO watched VALUES (TG_TABLE_NAME, operation);
            RETURN NULL;
          END $$
          """);
      Map<String, String> keys =
          Map.of(
              "movie", "movie_id",
              "talent", "talent_id",
              "cast_member", "movie_id,talent_id",
              "deal", "deal_id",
              "vendor", "vendor_code",
              "vendor_payment", "payment_id",
              "schedule_day", "movie_id,unit,day_number",
              "reshoot_day", "movie_id,unit,day_number");
      for (Map.Entry<String, String> entry : keys.entrySet()) {
        statement.execute(
            "CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION note('%s')"
                .formatted(entry.getKey(), entry.getValue()));
      }
      connection.commit();
    }
  }

  private static long watched(StudioDatabase database, String table, String operation)
      throws SQLException {
    return count(
        database,
        "SELECT count(*) FROM watched WHERE tab = '%s' AND operation = '%s'"
            .formatted(table, operation));
  }

  private static void assertOrder(StudioDatabase database) throws SQLException {
    List<String> violations =
        List.of(
            "SELECT count(*) FROM deal WHERE (status = 'SIGNED') <> (signed_at IS NOT NULL)",
            "SELECT count(*) FROM schedule_day d JOIN movie m USING (movie_id)"
                + " WHERE m.phase IN ('CANCELLED', 'RELEASED')",
            "SELECT count(*) FROM vendor_payment WHERE (status = 'PAID') <> (paid_at IS NOT NULL)",
            "SELECT count(*) FROM movie WHERE phase IN ('SHOOT', 'POST', 'RELEASED')"
                + " AND movie_id >= 10000 AND production_budget IS NULL",
            "SELECT count(*) FROM movie WHERE movie_id < 10000 AND phase <> 'RELEASED'");
    for (String violation : violations) {
      assertThat(count(database, violation)).as(violation).isZero();
    }
    assertThat(count(database, "SELECT count(*) FROM movie WHERE movie_id < 10000"))
        .isEqualTo(3_201);
    assertThat(
            count(
                database,
                "SELECT count(*) FROM movie WHERE phase NOT IN ('RELEASED', 'CANCELLED')"))
        .isBetween((long) ProductionOffice.LEAST_ACTIVE, (long) ProductionOffice.MOST_ACTIVE + 20);
    assertThat(count(database, "SELECT count(*) FROM deal")).isLessThan(3_000);
    assertThat(count(database, "SELECT count(*) FROM vendor_payment")).isLessThan(2_600);
    assertThat(count(database, "SELECT count(*) FROM schedule_day")).isLessThan(5_000);
  }

  private Running start(StudioDatabase database, long seed) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Shift shift =
        new Shift(
            database,
            new Workload(seed, Clock.systemUTC()),
            200,
            control,
            new PrintStream(said, true, StandardCharsets.UTF_8));
    Thread thread = new Thread(shift, "shift-under-test");
    thread.start();
    return new Running(shift, thread, control, said);
  }

  /** A shift in its own thread, ended on close. */
  private record Running(Shift shift, Thread thread, Path control, ByteArrayOutputStream output)
      implements AutoCloseable {
    String status() throws IOException {
      Path file = control.resolve("status");
      return Files.exists(file) ? Files.readString(file).strip() : "";
    }

    String said() {
      return output.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws InterruptedException {
      shift.stop();
      thread.join(10_000);
      assertThat(thread.isAlive()).isFalse();
    }
  }
}
