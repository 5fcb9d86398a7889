package dev.backlot.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.capture.worker.CaptureWorker;
import dev.backlot.embedded.PostgresServer;
import dev.backlot.metadata.CaptureStore;
import dev.backlot.metadata.CaptureStore.State;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server that keeps little log, and what capture makes it keep, loses and leaves behind. */
class SlotSafetyIT {
  private static final CaptureBench BENCH = CaptureBench.shared();
  private static final long SEGMENT = 16 << 20;

  private static PostgresServer server;

  @BeforeAll
  static void start() throws SQLException {
    server =
        CaptureBench.server()
            .setting("max_slot_wal_keep_size", "160MB")
            .setting("min_wal_size", "32MB")
            .setting("max_wal_size", "48MB")
            .password(BENCH.postgres.password())
            .start();
    execute("postgres", "CREATE DATABASE busy");
    execute("busy", "CREATE TABLE work (id int)");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void nothing_else_is_captured() {
    BENCH.newDatabase();
  }

  private static void database(String name) throws SQLException {
    execute("postgres", "CREATE DATABASE " + name);
    execute(name, "CREATE TABLE deal (id int PRIMARY KEY)", "INSERT INTO deal VALUES (1)");
  }

  private static void apply(String name, String wal, String more) {
    BENCH.apply(
        name,
        CaptureBench.document(name, server.port(), name, "BACKLOT_SECRET_TEST", "\"public.deal\"")
            .replace("\"tables\":", wal + more + "\"tables\":"));
  }

  /** Writes whole segments of log beside what is captured. */
  private static void writeLog(int segments) throws SQLException {
    for (int i = 0; i < segments; i++) {
      execute("busy", "INSERT INTO work VALUES (1)", "SELECT pg_switch_wal()");
    }
  }

  @Test
  void an_idle_database_beside_a_busy_one_keeps_no_log() throws Exception {
    database("idle");
    execute(
        "postgres",
        "CREATE ROLE reader LOGIN REPLICATION PASSWORD '" + server.password() + "'",
        "ALTER ROLE reader SET default_transaction_read_only = on");
    execute("idle", "ALTER TABLE deal OWNER TO reader", "GRANT CREATE ON DATABASE idle TO reader");
    BENCH.apply(
        "idle",
        CaptureBench.document(
                "idle", server.port(), "idle", "BACKLOT_SECRET_TEST", "\"public.deal\"")
            .replace("\"user\": \"postgres\"", "\"user\": \"reader\"")
            .replace("\"tables\":", "\"heartbeat\": {\"every\": \"off\"}, \"tables\":"));
    try (CaptureWorker worker = BENCH.startWorker()) {
      BENCH.awaitStreaming("idle.public.deal");
      for (int round = 0; round < 2; round++) {
        writeLog(4);
        long written = number("SELECT pg_current_wal_lsn() - '0/0'");
        patiently()
            .untilAsserted(() -> assertThat(confirmed("idle")).isGreaterThan(written - SEGMENT));
      }
      execute("busy", "CHECKPOINT");
      patiently()
          .untilAsserted(
              () ->
                  assertThat(
                          number(
                              "SELECT pg_current_wal_lsn() - restart_lsn FROM pg_replication_slots"
                                  + " WHERE slot_name = 'backlot_idle'"))
                      .isLessThan(4 * SEGMENT));
    }
    drop("idle");
  }

  @Test
  void a_place_that_the_server_gave_up_is_said_and_begun_anew_only_when_asked() throws Exception {
    database("slow");
    apply("slow", "", "");
    try (CaptureWorker worker = BENCH.startWorker()) {
      BENCH.awaitStreaming("slow.public.deal");
    }
    execute("slow", "INSERT INTO deal VALUES (2)");
    writeLog(13);
    execute("busy", "CHECKPOINT");
    assertThat(text("SELECT wal_status FROM pg_replication_slots WHERE slot_name = 'backlot_slow'"))
        .isEqualTo("lost");

    try (CaptureWorker worker = BENCH.startWorker()) {
      CaptureStore.Status status = await("slow", State.FAILED, "CONNECTION_SLOT_LOST");
      assertThat(status.reason()).contains("wal_removed", "`./backlot recapture connection slow`");
      assertThat(
              BENCH.metadata.sources().find("slow.public.deal").orElseThrow().descriptor().epoch())
          .isEqualTo(1);

      BENCH.metadata.captures().requestRecapture("slow");
      patiently()
          .until(
              () ->
                  BENCH
                      .metadata
                      .sources()
                      .find("slow.public.deal")
                      .filter(s -> s.descriptor().epoch() == 2)
                      .isPresent());
      BENCH.awaitStreaming("slow.public.deal");
      assertThat(CaptureBench.latest(BENCH.read("slow.public.deal"))).hasSize(2);
    }
    drop("slow");
  }

  @Test
  void a_capture_that_fails_still_measures_its_log_and_keeps_to_its_limit() throws Exception {
    database("held");
    apply(
        "held",
        "\"wal\": {\"alert\": \"8MiB\", \"limit\": \"70MiB\", \"on_limit\": \"drop_slot\"},",
        "");
    try (CaptureWorker worker = BENCH.startWorker()) {
      BENCH.awaitStreaming("held.public.deal");
    }
    execute("held", "ALTER PUBLICATION backlot_held SET (publish = 'insert')");
    writeLog(3);
    try (CaptureWorker worker = BENCH.startWorker()) {
      patiently()
          .until(
              () ->
                  await("held", State.RETRYING, "CONNECTION_PUBLICATION_DIFFERS")
                      .details()
                      .contains("\"wal_alert\": true"));
      assertThat(await("held", State.RETRYING, "CONNECTION_PUBLICATION_DIFFERS").details())
          .contains("\"retained_bytes\"", "\"wal_kept_bytes\": 167772160", "\"wal_left_bytes\"");
      assertThat(slots("held")).isEqualTo(1);
      writeLog(3);
      patiently().until(() -> slots("held") == 0);

      execute(
          "held",
          "ALTER PUBLICATION backlot_held SET (publish = 'insert, update, delete, truncate')");
      assertThat(await("held", State.FAILED, "CONNECTION_SLOT_LOST").reason())
          .contains("wal.limit");
    }
    drop("held");
  }

  @Test
  void what_others_left_is_shown_and_a_deleted_connection_leaves_nothing_once_it_can()
      throws Exception {
    database("tidy");
    apply("tidy", "", "");
    try (CaptureWorker worker = BENCH.startWorker()) {
      BENCH.awaitStreaming("tidy.public.deal");
      execute(
          "tidy",
          "SELECT pg_create_logical_replication_slot('backlot_gone', 'pgoutput')",
          "CREATE PUBLICATION backlot_gone");
      apply("tidy", "", "\"heartbeat\": {\"every\": \"20s\"},");
      patiently()
          .until(
              () -> details("tidy").contains("SELECT pg_drop_replication_slot('backlot_gone');"));
      assertThat(details("tidy"))
          .contains("DROP PUBLICATION \\\"backlot_gone\\\";")
          .doesNotContain("'backlot_tidy'");
      execute(
          "tidy",
          "SELECT pg_drop_replication_slot('backlot_gone');",
          "DROP PUBLICATION \"backlot_gone\";");
      apply("tidy", "", "\"heartbeat\": {\"every\": \"30s\"},");
      patiently().until(() -> details("tidy").contains("\"orphans\": []"));

      server.stop();
      BENCH
          .metadata
          .jdbi()
          .useHandle(h -> h.execute("UPDATE document SET deleting = true WHERE name = 'tidy'"));
      patiently()
          .until(
              () ->
                  await("tidy", State.RETRYING, "CONNECTION_UNREACHABLE")
                      .reason()
                      .contains("nothing listens there"));
      server = server.startAgain();
      await("tidy", State.REMOVED, "");
      assertThat(slots("tidy")).isZero();
      assertThat(number("SELECT count(*) FROM pg_publication WHERE pubname = 'backlot_tidy'"))
          .isZero();
    }
  }

  private static CaptureStore.Status await(String name, State state, String code) {
    Awaitility.await()
        .atMost(CaptureBench.PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () ->
                BENCH
                    .metadata
                    .captures()
                    .status(name)
                    .filter(s -> s.state() == state && s.code().equals(code))
                    .isPresent());
    return BENCH.metadata.captures().status(name).orElseThrow();
  }

  private static String details(String name) {
    return BENCH.metadata.captures().status(name).orElseThrow().details();
  }

  private static ConditionFactory patiently() {
    return Awaitility.await().atMost(CaptureBench.PATIENCE).pollInterval(Duration.ofMillis(50));
  }

  private static void drop(String name) throws SQLException {
    BENCH.newDatabase();
    execute(
        "postgres",
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name ="
            + " 'backlot_"
            + name
            + "'");
  }

  private static long slots(String name) throws SQLException {
    return number(
        "SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'backlot_" + name + "'");
  }

  private static long confirmed(String name) throws SQLException {
    return number(
        "SELECT confirmed_flush_lsn - '0/0' FROM pg_replication_slots WHERE slot_name = 'backlot_"
            + name
            + "'");
  }

  private static long number(String sql) throws SQLException {
    return Long.parseLong(text(sql));
  }

  private static String text(String sql) throws SQLException {
    try (Connection connection = server.connect("busy");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private static void execute(String database, String... statements) throws SQLException {
    try (Connection connection = server.connect(database);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
