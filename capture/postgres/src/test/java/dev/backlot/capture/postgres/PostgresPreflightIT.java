package dev.backlot.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.capture.worker.CaptureWorker;
import dev.backlot.embedded.PostgresServer;
import dev.backlot.metadata.CaptureStore;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Every missing prerequisite is named, with the statement that mends it. */
class PostgresPreflightIT {
  private final CaptureBench bench = CaptureBench.shared();

  private List<Problem> check(String document) {
    return PostgresPreflight.check(CaptureBench.spec(document), bench.environment.secrets())
        .problems();
  }

  static Problem only(List<Problem> problems) {
    assertThat(problems).hasSize(1);
    return problems.get(0);
  }

  @Test
  void a_host_that_nobody_knows_and_a_port_that_nobody_serves_are_told_apart() {
    String name = bench.newDatabase();
    String document = bench.document(name, "\"public.*\"");
    Problem unknown = only(check(document.replace("127.0.0.1", "nowhere.invalid")));
    assertThat(unknown.code()).isEqualTo(ProblemCode.CONNECTION_UNREACHABLE);
    assertThat(unknown.message()).contains("nobody knows the host 'nowhere.invalid'");
    Problem closed =
        only(check(document.replace("\"port\": " + bench.postgres.port(), "\"port\": 1")));
    assertThat(closed.message()).contains("127.0.0.1:1", "nothing listens there");
  }

  @Test
  void an_unreachable_server_a_wrong_password_and_a_missing_secret_are_told_apart() {
    String name = bench.newDatabase();
    int port = bench.postgres.port();
    assertThat(check(CaptureBench.document(name, 1, name, "BACKLOT_SECRET_TEST", "\"public.*\"")))
        .singleElement()
        .matches(p -> p.code() == ProblemCode.CONNECTION_UNREACHABLE)
        .matches(p -> p.message().contains("127.0.0.1:1"));
    assertThat(
            check(
                CaptureBench.document(
                    name, port, "nowhere", "BACKLOT_SECRET_TEST", "\"public.*\"")))
        .singleElement()
        .matches(p -> p.message().contains("CREATE DATABASE \"nowhere\""));
    assertThat(
            check(CaptureBench.document(name, port, name, "BACKLOT_SECRET_WRONG", "\"public.*\"")))
        .singleElement()
        .matches(p -> p.code() == ProblemCode.CONNECTION_LOGIN_REFUSED)
        .matches(p -> p.message().contains("ALTER ROLE \"postgres\""));
    assertThat(
            check(CaptureBench.document(name, port, name, "BACKLOT_SECRET_NONE", "\"public.*\"")))
        .singleElement()
        .matches(p -> p.code() == ProblemCode.CONNECTION_SECRET_MISSING);
  }

  @Test
  void missing_and_keyless_tables_are_named_and_others_discovered() {
    String name = bench.newDatabase();
    bench.execute(name, "CREATE TABLE movie (id int PRIMARY KEY)", "CREATE TABLE note (text text)");
    var findings =
        PostgresPreflight.check(
            CaptureBench.spec(bench.document(name, "\"public.*\", \"public.absent\"")),
            bench.environment.secrets());
    assertThat(findings.problems())
        .extracting(Problem::code)
        .containsExactly(
            ProblemCode.CONNECTION_TABLE_MISSING, ProblemCode.CONNECTION_TABLE_KEYLESS);
    assertThat(findings.problems().get(1).message())
        .contains("ALTER TABLE public.note ADD PRIMARY KEY");
    assertThat(findings.sources())
        .singleElement()
        .matches(s -> s.name().equals(name + ".public.movie"))
        .matches(s -> s.keyColumns().equals(List.of("id")))
        .matches(s -> s.valueSchemaIds().isEmpty());
  }

  @Test
  void rights_that_are_missing_come_with_the_statement_that_grants_them() {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE movie (id int PRIMARY KEY)",
        "CREATE ROLE weak_" + name + " LOGIN PASSWORD '" + bench.postgres.password() + "'");
    String document =
        bench
            .document(name, "\"public.movie\"")
            .replace("\"user\": \"postgres\"", "\"user\": \"weak_" + name + "\"");
    List<Problem> problems = check(document);
    assertThat(problems)
        .extracting(Problem::code)
        .containsExactly(
            ProblemCode.CONNECTION_NO_REPLICATION_RIGHT,
            ProblemCode.CONNECTION_NO_PUBLICATION_RIGHT,
            ProblemCode.CONNECTION_TABLE_NO_RIGHT);
    assertThat(problems.get(0).message()).contains("ALTER ROLE \"weak_" + name + "\" REPLICATION;");

    for (Problem problem : problems) {
      String statements = problem.message().replaceAll("(?s).*[rR]un: ", "");
      for (String sql : statements.split("; ?")) {
        bench.execute(name, sql);
      }
    }
    assertThat(check(document)).isEmpty();
  }

  @Test
  void a_server_without_logical_log_is_refused_and_captured_once_it_is_mended() {
    try (PostgresServer server =
        CaptureBench.server()
            .setting("wal_level", "replica")
            .password(bench.postgres.password())
            .start()) {
      String document =
          CaptureBench.document(
              "replica", server.port(), "postgres", "BACKLOT_SECRET_TEST", "\"public.*\"");
      assertThat(check(document))
          .singleElement()
          .matches(p -> p.code() == ProblemCode.CONNECTION_WAL_LEVEL)
          .matches(p -> p.message().contains("ALTER SYSTEM SET wal_level = 'logical'"));
      bench.apply("replica", document);
      try (CaptureWorker worker = bench.startWorker()) {
        Awaitility.await()
            .atMost(CaptureBench.PATIENCE)
            .until(
                () ->
                    bench
                        .metadata
                        .captures()
                        .status("replica")
                        .filter(s -> s.state() == CaptureStore.State.RETRYING)
                        .map(s -> s.code().equals("CONNECTION_WAL_LEVEL"))
                        .orElse(false));
      }
      bench
          .metadata
          .jdbi()
          .useHandle(h -> h.execute("DELETE FROM document WHERE name = 'replica'"));
    }
  }
}
