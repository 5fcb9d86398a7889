package dev.backlot.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.backlot.embedded.PostgresServer;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Whatever can be wrong with a database is named by one problem, and whoever runs the statements of
 * that problem as they stand has mended it.
 */
class MisconfigurationsIT {
  private static final Pattern STATEMENTS = Pattern.compile("(?s).*?[Rr]un: (.*)");

  private final CaptureBench bench = CaptureBench.shared();

  /**
   * One thing that is wrong.
   *
   * @param seed statements of an administrator that make it wrong; DB, ROLE and SLOT are names
   * @param include the document's tables
   * @param said a part of the problem's message
   * @param mends whether the message holds statements, which mend it
   */
  private record Case(
      String name,
      ProblemCode code,
      String include,
      String said,
      boolean mends,
      List<String> seed) {}

  private static Case broken(String name, ProblemCode code, String said, String... seed) {
    return new Case(name, code, "\"public.*\"", said, true, List.of(seed));
  }

  private static Case named(String include, ProblemCode code, String said, String... seed) {
    return new Case(
        include + " in tables.include", code, '"' + include + '"', said, false, List.of(seed));
  }

  private static final List<Case> CASES =
      List.of(
          broken(
              "no right to replicate",
              ProblemCode.CONNECTION_NO_REPLICATION_RIGHT,
              "may not replicate",
              "ALTER ROLE ROLE NOREPLICATION"),
          broken(
              "a role without login",
              ProblemCode.CONNECTION_LOGIN_REFUSED,
              "refuses user",
              "ALTER ROLE ROLE NOLOGIN"),
          broken(
              "another password",
              ProblemCode.CONNECTION_LOGIN_REFUSED,
              "refuses user",
              "ALTER ROLE ROLE PASSWORD 'another'"),
          broken(
              "no right to connect",
              ProblemCode.CONNECTION_LOGIN_REFUSED,
              "refuses user",
              "REVOKE CONNECT ON DATABASE DB FROM PUBLIC"),
          broken(
              "a role that may open no connection more",
              ProblemCode.CONNECTION_UNREACHABLE,
              "too many connections",
              "ALTER ROLE ROLE CONNECTION LIMIT 0"),
          broken(
              "a database that takes no connection more",
              ProblemCode.CONNECTION_UNREACHABLE,
              "too many connections",
              "ALTER DATABASE DB CONNECTION LIMIT 0"),
          broken(
              "a closed database",
              ProblemCode.CONNECTION_UNREACHABLE,
              "not currently accepting",
              "ALTER DATABASE DB ALLOW_CONNECTIONS false"),
          broken(
              "a right of everybody taken away",
              ProblemCode.CONNECTION_NO_REPLICATION_RIGHT,
              "pg_logical_emit_message",
              "REVOKE EXECUTE ON FUNCTION pg_logical_emit_message(boolean, text, text) FROM PUBLIC"),
          broken(
              "no right to enter the schema",
              ProblemCode.CONNECTION_TABLE_NO_RIGHT,
              "GRANT USAGE ON SCHEMA \"public\"",
              "CREATE PUBLICATION SLOT FOR TABLE public.movie WITH (publish_via_partition_root)",
              "REVOKE ALL ON SCHEMA public FROM PUBLIC"),
          broken(
              "no right to read",
              ProblemCode.CONNECTION_TABLE_NO_RIGHT,
              "may not read it",
              "CREATE PUBLICATION SLOT FOR TABLE public.movie WITH (publish_via_partition_root)",
              "ALTER TABLE public.movie OWNER TO postgres"),
          broken(
              "a right to read some columns",
              ProblemCode.CONNECTION_TABLE_NO_RIGHT,
              "only some of its columns",
              "CREATE PUBLICATION SLOT FOR TABLE public.movie WITH (publish_via_partition_root)",
              "ALTER TABLE public.movie OWNER TO postgres",
              "GRANT SELECT (id) ON public.movie TO ROLE"),
          broken(
              "rows that a policy hides",
              ProblemCode.CONNECTION_TABLE_NO_RIGHT,
              "row level security",
              "ALTER TABLE public.movie ENABLE ROW LEVEL SECURITY",
              "ALTER TABLE public.movie FORCE ROW LEVEL SECURITY"),
          broken(
              "a table of others",
              ProblemCode.CONNECTION_NO_PUBLICATION_RIGHT,
              "tables that others own",
              "ALTER TABLE public.movie OWNER TO postgres",
              "GRANT SELECT ON public.movie TO ROLE"),
          broken(
              "no right to create in the database",
              ProblemCode.CONNECTION_NO_PUBLICATION_RIGHT,
              "in this database",
              "REVOKE CREATE ON DATABASE DB FROM ROLE"),
          broken(
              "a publication of others without the table",
              ProblemCode.CONNECTION_NO_PUBLICATION_RIGHT,
              "ADD TABLE",
              "CREATE PUBLICATION SLOT WITH (publish_via_partition_root)"),
          broken(
              "a publication of others with a table more",
              ProblemCode.CONNECTION_NO_PUBLICATION_RIGHT,
              "DROP TABLE",
              "CREATE SCHEMA other",
              "CREATE TABLE other.note (id int PRIMARY KEY)",
              "CREATE PUBLICATION SLOT FOR TABLE public.movie, other.note"
                  + " WITH (publish_via_partition_root)"),
          broken(
              "a publication without deletes",
              ProblemCode.CONNECTION_PUBLICATION_DIFFERS,
              "SET (publish =",
              "CREATE PUBLICATION SLOT FOR TABLE public.movie"
                  + " WITH (publish = 'insert, update', publish_via_partition_root)"),
          broken(
              "a publication of partitions",
              ProblemCode.CONNECTION_PUBLICATION_DIFFERS,
              "publish_via_partition_root = true",
              "CREATE PUBLICATION SLOT FOR TABLE public.movie"),
          broken(
              "a publication of all tables",
              ProblemCode.CONNECTION_PUBLICATION_DIFFERS,
              "DROP PUBLICATION",
              "CREATE PUBLICATION SLOT FOR ALL TABLES WITH (publish_via_partition_root)"),
          broken(
              "a publication of a schema",
              ProblemCode.CONNECTION_PUBLICATION_DIFFERS,
              "SET TABLE",
              "CREATE PUBLICATION SLOT FOR TABLES IN SCHEMA public"
                  + " WITH (publish_via_partition_root)"),
          broken(
              "a publication of some rows",
              ProblemCode.CONNECTION_PUBLICATION_DIFFERS,
              "SET TABLE",
              "CREATE PUBLICATION SLOT FOR TABLE public.movie WHERE (id > 5)"
                  + " WITH (publish_via_partition_root)"),
          broken(
              "a publication of some columns",
              ProblemCode.CONNECTION_PUBLICATION_DIFFERS,
              "SET TABLE",
              "CREATE PUBLICATION SLOT FOR TABLE public.movie (id)"
                  + " WITH (publish_via_partition_root)"),
          broken(
              "a slot of that name for standbys",
              ProblemCode.CONNECTION_SLOT_TAKEN,
              "it is physical",
              "SELECT pg_create_physical_replication_slot('SLOT', true)"),
          broken(
              "a replica identity of nothing",
              ProblemCode.CONNECTION_TABLE_KEYLESS,
              "its replica identity is NOTHING",
              "ALTER TABLE public.movie REPLICA IDENTITY NOTHING"),
          broken(
              "a replica identity whose index is gone",
              ProblemCode.CONNECTION_TABLE_KEYLESS,
              "the index of its replica identity is gone",
              "CREATE UNIQUE INDEX other ON public.movie (id)",
              "ALTER TABLE public.movie REPLICA IDENTITY USING INDEX other",
              "DROP INDEX public.other"),
          broken(
              "a deferrable primary key",
              ProblemCode.CONNECTION_TABLE_KEYLESS,
              "deferrable",
              "ALTER TABLE public.movie DROP CONSTRAINT movie_pkey,"
                  + " ADD CONSTRAINT \"Key\" PRIMARY KEY (id) DEFERRABLE"),
          broken(
              "a table with a unique index, but no key",
              ProblemCode.CONNECTION_TABLE_KEYLESS,
              "REPLICA IDENTITY USING INDEX",
              "ALTER TABLE public.movie DROP CONSTRAINT movie_pkey",
              "CREATE UNIQUE INDEX by_id ON public.movie (id)"),
          broken(
              "a table without a key",
              ProblemCode.CONNECTION_TABLE_KEYLESS,
              "ADD PRIMARY KEY",
              "ALTER TABLE public.movie DROP CONSTRAINT movie_pkey"),
          broken(
              "an unlogged table",
              ProblemCode.CONNECTION_TABLE_NO_RIGHT,
              "unlogged",
              "ALTER TABLE public.movie SET UNLOGGED"),
          named("public.absent", ProblemCode.CONNECTION_TABLE_MISSING, "no such table"),
          named(
              "public.seen",
              ProblemCode.CONNECTION_TABLE_MISSING,
              "a view",
              "CREATE VIEW public.seen AS SELECT * FROM public.movie"),
          named(
              "public.kept",
              ProblemCode.CONNECTION_TABLE_MISSING,
              "a materialized view",
              "CREATE MATERIALIZED VIEW public.kept AS SELECT * FROM public.movie"),
          named(
              "public.far",
              ProblemCode.CONNECTION_TABLE_MISSING,
              "a foreign table",
              "CREATE FOREIGN DATA WRAPPER nothing",
              "CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing",
              "CREATE FOREIGN TABLE public.far (id int) SERVER nowhere"),
          named(
              "public.part",
              ProblemCode.CONNECTION_TABLE_MISSING,
              "a partition of public.parted",
              "CREATE TABLE public.parted (id int PRIMARY KEY) PARTITION BY RANGE (id)",
              "CREATE TABLE public.part PARTITION OF public.parted DEFAULT"),
          named(
              "public.mixed",
              ProblemCode.CONNECTION_TABLE_MISSING,
              "public.\"Mixed\"",
              "CREATE TABLE public.\"Mixed\" (id int PRIMARY KEY)"));

  @TestFactory
  Stream<DynamicTest> each_is_named_and_mended_by_its_own_statements() {
    return CASES.stream().map(wrong -> dynamicTest(wrong.name(), () -> check(wrong)));
  }

  private void check(Case wrong) {
    String name = bench.newDatabase();
    String role = "role_" + name;
    String slot = "backlot_" + name;
    bench.execute(
        name,
        "CREATE ROLE " + role + " LOGIN REPLICATION PASSWORD '" + bench.postgres.password() + "'",
        "GRANT CREATE ON DATABASE " + name + " TO " + role,
        "CREATE TABLE public.movie (id int PRIMARY KEY, title text)",
        "ALTER TABLE public.movie OWNER TO " + role);
    String document =
        bench
            .document(name, wrong.include())
            .replace("\"user\": \"postgres\"", "\"user\": \"" + role + "\"");
    if (wrong.mends()) {
      assertThat(problems(document)).isEmpty();
    }
    String home = wrong.code() == ProblemCode.CONNECTION_UNREACHABLE ? "postgres" : name;
    for (String seed : wrong.seed()) {
      bench.execute(
          home,
          seed.replaceAll("\\bROLE ROLE\\b", "ROLE " + role)
              .replaceAll("\\b(TO|FROM) ROLE\\b", "$1 " + role)
              .replaceAll("\\bDB\\b", name)
              .replaceAll("\\bSLOT\\b", slot));
    }

    List<Problem> problems = problems(document);

    assertThat(problems)
        .singleElement()
        .matches(p -> p.code() == wrong.code(), "is " + wrong.code());
    assertThat(problems.get(0).message()).startsWith("Cannot ").contains(wrong.said());
    if (wrong.mends()) {
      for (String statement : statements(problems.get(0).message())) {
        bench.execute(
            home,
            statement.replace("'…'", "'" + bench.postgres.password() + "'").replace("…", "id"));
      }
      assertThat(problems(document)).isEmpty();
    }
    bench.execute(
        "postgres",
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '"
            + slot
            + "'");
  }

  private List<Problem> problems(String document) {
    return PostgresPreflight.check(CaptureBench.spec(document), bench.environment.secrets())
        .problems();
  }

  /** Returns the statements at a message's end, without what is said behind them. */
  private static List<String> statements(String message) {
    Matcher found = STATEMENTS.matcher(message);
    assertThat(found.matches()).as(message).isTrue();
    List<String> statements = new ArrayList<>();
    for (String part : found.group(1).split("(?<=;) ?")) {
      if (part.endsWith(";")) {
        statements.add(part);
      }
    }
    assertThat(statements).isNotEmpty();
    return statements;
  }

  @Test
  void everything_that_is_wrong_with_a_server_is_said_at_once_and_mended_with_one_restart()
      throws IOException, SQLException {
    PostgresServer server =
        CaptureBench.server()
            .alterable("wal_level")
            .alterable("max_wal_senders")
            .alterable("max_replication_slots")
            .setting("max_prepared_transactions", "2")
            .password(bench.postgres.password())
            .start();
    try {
      String document =
          CaptureBench.document(
                  "bare", server.port(), "postgres", "BACKLOT_SECRET_TEST", "\"public.*\"")
              .replace("\"user\": \"postgres\"", "\"user\": \"capture\"");
      execute(
          server,
          "CREATE ROLE capture LOGIN PASSWORD '" + server.password() + "'",
          "CREATE TABLE movie (id int PRIMARY KEY)",
          "ALTER SYSTEM SET wal_level = 'replica'",
          "ALTER SYSTEM SET max_wal_senders = 0",
          "ALTER SYSTEM SET max_replication_slots = 0",
          "ALTER SYSTEM SET wal_sender_timeout = 0",
          "ALTER SYSTEM SET logical_decoding_work_mem = '1MB'");
      Path admissions = server.dataDir().resolve("pg_hba.conf");
      Files.writeString(admissions, "host all postgres 127.0.0.1/32 scram-sha-256\n");
      server = restart(server);

      Problem refused = PostgresPreflightIT.only(problems(document));
      assertThat(refused.code()).isEqualTo(ProblemCode.CONNECTION_LOGIN_REFUSED);
      Matcher line = Pattern.compile("`([^`]*)`").matcher(refused.message());
      assertThat(line.find()).as(refused.message()).isTrue();
      Files.writeString(admissions, line.group(1) + "\n" + Files.readString(admissions));
      execute(server, statements(refused.message()).toArray(String[]::new));

      execute(server, "ALTER ROLE capture REPLICATION");
      List<Problem> problems = problems(document);
      assertThat(problems)
          .extracting(Problem::code)
          .containsExactly(
              ProblemCode.CONNECTION_WAL_LEVEL,
              ProblemCode.CONNECTION_NO_SLOT_FREE,
              ProblemCode.CONNECTION_NO_SENDER_FREE,
              ProblemCode.CONNECTION_NO_PUBLICATION_RIGHT,
              ProblemCode.CONNECTION_TABLE_NO_RIGHT);
      for (Problem problem : problems) {
        if (problem.code() != ProblemCode.CONNECTION_NO_PUBLICATION_RIGHT) {
          execute(server, statements(problem.message()).toArray(String[]::new));
        }
      }
      server = restart(server);
      execute(server, statements(PostgresPreflightIT.only(problems(document)).message()).get(0));
      assertThat(problems(document)).isEmpty();

      try (Connection connection = server.connect();
          Statement statement = connection.createStatement()) {
        statement.execute("BEGIN");
        statement.execute("CREATE TABLE later (id int)");
        statement.execute("PREPARE TRANSACTION 'it''s open'");
      }
      List<String> advice = advice(document);
      assertThat(advice)
          .satisfiesExactly(
              one -> assertThat(one).contains("max_slot_wal_keep_size = '57219MB'"),
              one -> assertThat(one).contains("wal_sender_timeout = '60s'"),
              one -> assertThat(one).contains("logical_decoding_work_mem = '64MB'"),
              one -> assertThat(one).contains("ROLLBACK PREPARED 'it''s open'"));
      for (String one : advice) {
        execute(server, statements(one).toArray(String[]::new));
      }
      assertThat(advice(document)).isEmpty();
    } finally {
      server.close();
    }
  }

  private List<String> advice(String document) {
    return PostgresPreflight.check(CaptureBench.spec(document), bench.environment.secrets())
        .advice();
  }

  private static PostgresServer restart(PostgresServer server) {
    server.stop();
    return server.startAgain();
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
