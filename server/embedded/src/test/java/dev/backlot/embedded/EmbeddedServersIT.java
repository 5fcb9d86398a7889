package dev.backlot.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.backlot.model.ProblemException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedServersIT {
  @TempDir Path directory;

  @Test
  void postgresKeepsDataAcrossStopAndKill() throws Exception {
    PostgresServer first = PostgresServer.at(directory.resolve("pg")).password("geheim").start();
    execute(first, "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (1)");
    first.stop();

    PostgresServer second = first.startAgain();
    execute(second, "INSERT INTO kept VALUES (2)");
    second.kill();
    PostgresServer third = second.startAgain();

    assertThat(third.port()).isEqualTo(first.port());
    assertThat(count(third)).isEqualTo(2);
    third.close();
  }

  @Test
  void postgresStopsTheOrphanThatServesItsDirectory() throws Exception {
    PostgresServer orphan = PostgresServer.at(directory.resolve("pg")).start();
    execute(orphan, "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (1)");

    try (PostgresServer heir =
        PostgresServer.at(directory.resolve("pg")).setting("wal_level", "replica").start()) {
      assertThat(orphan.isAlive()).isFalse();
      assertThat(count(heir)).isEqualTo(1);
      assertThat(text(heir, "SHOW wal_level")).isEqualTo("replica");
      assertThat(text(heir, "SHOW fsync")).isEqualTo("on");
    }
  }

  @Test
  void postgresIgnoresALockFileWhoseProcessIsSomethingElse() throws Exception {
    PostgresServer first = PostgresServer.at(directory.resolve("pg")).start();
    first.stop();
    Files.writeString(
        first.dataDir().resolve("postmaster.pid"), ProcessHandle.current().pid() + "\n");

    try (PostgresServer second = first.startAgain()) {
      assertThat(text(second, "SELECT 'up'")).isEqualTo("up");
    }
  }

  @Test
  void postgresRefusesAWrongPassword() {
    try (PostgresServer server = PostgresServer.temporary().password("right").start()) {
      assertThatThrownBy(
              () -> DriverManager.getConnection(server.jdbcUrl(), server.user(), "wrong").close())
          .hasMessageContaining("password authentication failed");
    }
  }

  @Test
  void postgresSaysWhyItDoesNotStart() {
    PostgresServer.Builder broken =
        PostgresServer.at(directory.resolve("pg")).setting("shared_buffers", "plenty");

    assertThatThrownBy(broken::start)
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("shared_buffers");
  }

  @Test
  void kafkaKeepsTopicsAcrossARestart() throws Exception {
    KafkaServer first = KafkaServer.at(directory.resolve("kafka")).start();
    try (Admin admin = admin(first)) {
      admin.createTopics(List.of(new NewTopic("kept", 2, (short) 1))).all().get();
    }
    first.stop();

    try (KafkaServer second = first.startAgain();
        Admin admin = admin(second)) {
      Set<String> topics = admin.listTopics().names().get();
      assertThat(topics).contains("kept");
      assertThat(second.port()).isEqualTo(first.port());
    }
  }

  @Test
  void flinkAnswersOverRest() throws Exception {
    try (FlinkCluster flink = FlinkCluster.temporary().slots(3).start()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(flink.restUrl() + "/overview")).build();
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () ->
                  assertThat(
                          HttpClient.newHttpClient()
                              .send(request, HttpResponse.BodyHandlers.ofString())
                              .body())
                      .contains("\"slots-total\":3"));
    }
  }

  private static Admin admin(KafkaServer server) {
    return Admin.create(Map.of("bootstrap.servers", server.bootstrapServers()));
  }

  private static void execute(PostgresServer server, String... statements) throws Exception {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static long count(PostgresServer server) throws Exception {
    return Long.parseLong(text(server, "SELECT count(*) FROM kept"));
  }

  private static String text(PostgresServer server, String query) throws Exception {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }
}
