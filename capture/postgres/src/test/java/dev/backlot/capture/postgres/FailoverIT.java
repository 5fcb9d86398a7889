package dev.backlot.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backlot.capture.worker.CaptureWorker;
import dev.backlot.embedded.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A primary that is lost, and its standby, which had a copy of the slot. */
class FailoverIT {
  private final CaptureBench bench = CaptureBench.shared();

  @Test
  void capture_goes_on_from_the_promoted_standby_and_tells_each_event_once() throws Exception {
    try (Connection connection = bench.postgres.connect()) {
      assumeTrue(
          connection.getMetaData().getDatabaseMajorVersion() >= 17,
          "servers before version 17 do not synchronize slots");
    }
    bench.newDatabase();
    try (PostgresServer primary =
        CaptureBench.server().password(bench.postgres.password()).start()) {
      execute(
          primary,
          "CREATE TABLE deal (id int PRIMARY KEY)",
          "SELECT pg_create_physical_replication_slot('standby', true)");
      PostgresServer standby = standbyOf(primary);
      try {
        bench.apply("failing", document(primary));
        try (CaptureWorker worker = bench.startWorker()) {
          bench.awaitStreaming("failing.public.deal");
          execute(primary, "INSERT INTO deal SELECT generate_series(1, 1000)");
          bench.drain("failing");
          leaveSlotBehind(standby);
          execute(primary, "INSERT INTO deal SELECT generate_series(1001, 1500)");
          bench.drain("failing");
          Awaitility.await()
              .atMost(CaptureBench.PATIENCE)
              .pollInterval(Duration.ofMillis(50))
              .until(() -> number(standby, "SELECT count(*) FROM deal") == 1500);

          primary.kill();
          execute(standby, "SELECT pg_promote()");
          bench.apply("failing", document(standby));
          execute(standby, "INSERT INTO deal SELECT generate_series(1501, 2000)");
          bench.drain("failing");
        }
        List<CaptureBench.Event> told =
            bench.read("failing.public.deal").stream().filter(e -> e.value() != null).toList();
        assertThat(told.stream().map(e -> e.key().get("id")).distinct().count()).isEqualTo(2000);
        assertThat(told).hasSize(2000);
        assertThat(told.stream().map(e -> e.header().position().timeline()).distinct())
            .containsExactlyInAnyOrder(1, 2);
      } finally {
        standby.close();
      }
    }
  }

  private String document(PostgresServer server) {
    return CaptureBench.document(
        "failing", server.port(), "postgres", "BACKLOT_SECRET_TEST", "\"public.deal\"");
  }

  /** The standby keeps a copy of the slot as it is, and tells again what follows. */
  private static void leaveSlotBehind(PostgresServer standby) throws SQLException {
    Awaitility.await()
        .atMost(CaptureBench.PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () ->
                number(
                        standby,
                        "SELECT count(*) FROM pg_replication_slots WHERE slot_name ="
                            + " 'backlot_failing' AND synced AND NOT temporary")
                    == 1);
    execute(standby, "ALTER SYSTEM SET sync_replication_slots = 'off'", "SELECT pg_reload_conf()");
    Awaitility.await()
        .atMost(CaptureBench.PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () ->
                number(
                        standby,
                        "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'slotsync worker'")
                    == 0);
  }

  private static PostgresServer standbyOf(PostgresServer primary) throws SQLException, IOException {
    PostgresServer.Builder builder =
        CaptureBench.server()
            .password(primary.password())
            .setting("hot_standby_feedback", "on")
            .setting("primary_slot_name", "standby")
            .setting(
                "primary_conninfo",
                "host=127.0.0.1 port="
                    + primary.port()
                    + " user=postgres password="
                    + primary.password()
                    + " dbname=postgres");
    try (Connection connection = primary.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_backup_start('standby', true)");
      copy(primary.dataDir(), builder.dataDir());
      try (ResultSet row = statement.executeQuery("SELECT labelfile FROM pg_backup_stop(false)")) {
        row.next();
        Files.writeString(builder.dataDir().resolve("backup_label"), row.getString(1));
      }
    }
    Files.createFile(builder.dataDir().resolve("standby.signal"));
    Files.writeString(
        builder.dataDir().resolve("postgresql.auto.conf"), "sync_replication_slots = 'on'\n");
    return builder.start();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      files.forEach(
          file -> {
            String name = from.relativize(file).toString();
            if (name.equals("postmaster.pid")
                || name.startsWith("pg_replslot/")
                || (name.startsWith("pg_wal/") && !name.equals("pg_wal/archive_status"))) {
              return;
            }
            try {
              if (Files.isDirectory(file)) {
                Files.createDirectories(to.resolve(name));
              } else {
                Files.copy(file, to.resolve(name));
              }
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
    try (Stream<Path> directories = Files.list(to)) {
      for (Path directory : directories.filter(Files::isDirectory).toList()) {
        Files.setPosixFilePermissions(
            directory, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
      }
    }
    Files.setPosixFilePermissions(
        to, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
  }

  private static long number(PostgresServer server, String sql) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static void execute(PostgresServer server, String... statements) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
