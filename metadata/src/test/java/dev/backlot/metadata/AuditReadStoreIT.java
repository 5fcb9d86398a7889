package dev.backlot.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.embedded.PostgresServer;
import dev.backlot.metadata.AuditReadStore.Read;
import dev.backlot.metadata.AuditReadStore.State;
import dev.backlot.model.audit.AuditAnswer;
import dev.backlot.model.audit.AuditRead;
import dev.backlot.model.platform.PlatformConfig;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** What audits and capture say to each other through the metadata database. */
final class AuditReadStoreIT {
  private static final AuditRead READ =
      new AuditRead(
          List.of("id", "title"),
          List.of("int", "text"),
          "id > 3",
          Optional.of("[\"7\"]"),
          Optional.empty(),
          AuditRead.Detail.ROWS,
          16,
          1_000,
          20_000);
  private static final AuditAnswer ANSWER =
      new AuditAnswer(
          "backlot.studio.movie.1",
          1,
          List.of(5L, Long.MAX_VALUE),
          "1/16B3748/0",
          Instant.parse("2026-01-02T03:04:05.678901Z"),
          new AuditAnswer.Scope(false, List.of("7"), List.of(), ""),
          Optional.of("[\"9\"]"),
          List.of(new AuditAnswer.Sum(3, Long.MIN_VALUE, -1)),
          List.of(
              new AuditAnswer.Row(
                  List.of("8"),
                  new AuditAnswer.Sum(1, 2, 3),
                  Arrays.asList("8", null, "ü\t\"\u0001🎬"))),
          List.of(List.of("10"), List.of("it's")),
          false,
          12);
  private static PostgresServer server;
  private static MetadataDatabase metadata;
  private static AuditReadStore store;

  @BeforeAll
  static void start() {
    server = PostgresServer.temporary().start();
    metadata =
        MetadataDatabase.open(
            new PlatformConfig.Database(server.jdbcUrl(), server.user(), server.password()));
    store = metadata.auditReads();
  }

  @AfterAll
  static void stop() {
    metadata.close();
    server.close();
  }

  @Test
  void an_answer_is_found_as_it_was_given() {
    long generation = lease("studio");
    long id = store.request("studio.public.movie", 1, "studio", READ);

    Read asked = store.open("studio").get(0);
    assertThat(asked.read()).isEqualTo(READ);
    assertThat(asked.state()).isEqualTo(State.REQUESTED);
    assertThat(store.setRunning(id)).isTrue();
    assertThat(store.find(id).orElseThrow().state()).isEqualTo(State.RUNNING);
    assertThat(store.answer(id, ANSWER, generation)).isTrue();

    Read done = store.find(id).orElseThrow();
    assertThat(done.state()).isEqualTo(State.DONE);
    assertThat(done.answer()).contains(ANSWER);
    assertThat(store.open("studio")).isEmpty();
  }

  @Test
  void a_read_of_keys_is_found_as_it_was_asked() {
    AuditRead keyed =
        new AuditRead(
            List.of(),
            List.of(),
            "",
            Optional.empty(),
            Optional.of(List.of(List.of("1", "a"), List.of("2", ""))),
            AuditRead.Detail.KEYS,
            1,
            10,
            0);

    long id = store.request("keyed.public.movie", 2, "keyed", keyed);

    assertThat(store.find(id).orElseThrow().read()).isEqualTo(keyed);
    assertThat(store.find(id).orElseThrow().epoch()).isEqualTo(2);
  }

  @Test
  void an_answer_of_an_owner_that_was_replaced_is_refused() {
    long first = lease("replaced");
    long id = store.request("replaced.public.movie", 1, "replaced", READ);
    store.setRunning(id);
    metadata.captures().releaseLease("replaced", first);
    long second = lease("replaced");

    assertThat(store.answer(id, ANSWER, first)).isFalse();
    assertThat(store.open("replaced")).singleElement().extracting(Read::id).isEqualTo(id);
    assertThat(store.setRunning(id)).isTrue();
    assertThat(store.answer(id, ANSWER, second)).isTrue();
  }

  @Test
  void what_failed_or_was_forgotten_is_not_answered() {
    long generation = lease("failing");
    long failing = store.request("failing.public.movie", 1, "failing", READ);
    long forgotten = store.request("failing.public.movie", 1, "failing", READ);
    store.setRunning(failing);
    store.setRunning(forgotten);

    store.fail(failing, "The table is gone.");
    store.forget(forgotten);

    assertThat(store.answer(failing, ANSWER, generation)).isFalse();
    assertThat(store.answer(forgotten, ANSWER, generation)).isFalse();
    assertThat(store.setRunning(forgotten)).isFalse();
    assertThat(store.find(failing).orElseThrow().reason()).isEqualTo("The table is gone.");
    assertThat(store.find(forgotten)).isEmpty();
  }

  @Test
  void what_nobody_forgets_is_gone_after_a_day() {
    long old = store.request("old.public.movie", 1, "old", READ);
    metadata
        .jdbi()
        .useHandle(
            handle ->
                handle.execute(
                    "UPDATE audit_read SET requested_at = now() - interval '25 hours' WHERE id = ?",
                    old));

    long young = store.request("old.public.movie", 1, "old", READ);

    assertThat(store.find(old)).isEmpty();
    assertThat(store.find(young)).isPresent();
  }

  @Test
  void a_request_wakes_who_listens() throws SQLException {
    try (var connection = metadata.dataSource().getConnection();
        var statement = connection.createStatement()) {
      statement.execute("LISTEN " + CaptureStore.CHANNEL);

      store.request("waking.public.movie", 1, "waking", READ);

      assertThat(connection.unwrap(PGConnection.class).getNotifications(10_000)).isNotEmpty();
      statement.execute("UNLISTEN *");
    }
  }

  private static long lease(String connection) {
    return metadata
        .captures()
        .acquireLease(connection, "test", Duration.ofMinutes(5), Duration.ZERO)
        .orElseThrow();
  }
}
