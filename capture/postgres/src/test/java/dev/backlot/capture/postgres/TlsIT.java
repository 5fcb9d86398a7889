package dev.backlot.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.capture.worker.CaptureWorker;
import dev.backlot.embedded.PostgresServer;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server that admits some logins encrypted only, with certificates of an authority of ours. */
class TlsIT {
  private static final CaptureBench BENCH = CaptureBench.shared();

  private static PostgresServer server;

  @BeforeAll
  static void start() throws Exception {
    Path secrets = BENCH.environment.platform().secretsDir();
    Certificates certificates = new Certificates(secrets);
    certificates.authority("studio_ca");
    certificates.authority("other_ca");
    certificates.signed("server", "studio_ca", "-ext", "san=dns:localhost");
    certificates.signed("known", "studio_ca");
    certificates.signed("stranger", "other_ca");
    server =
        CaptureBench.server()
            .setting("ssl_cert_file", secrets.resolve("server.pem").toString())
            .setting("ssl_key_file", secrets.resolve("server.key").toString())
            .setting("ssl_ca_file", secrets.resolve("studio_ca.pem").toString())
            .password(BENCH.postgres.password())
            .start();
    execute(
        "CREATE ROLE capture LOGIN REPLICATION PASSWORD '" + server.password() + "'",
        "CREATE ROLE certified LOGIN REPLICATION PASSWORD '" + server.password() + "'",
        "CREATE TABLE movie (id int PRIMARY KEY, title text)",
        "GRANT SELECT ON movie TO certified",
        "ALTER TABLE movie OWNER TO capture",
        "GRANT CREATE ON DATABASE postgres TO capture",
        "GRANT capture TO certified");
    Files.writeString(
        server.dataDir().resolve("pg_hba.conf"),
        """
        host all postgres 127.0.0.1/32 scram-sha-256
        hostssl all capture 127.0.0.1/32 scram-sha-256
        hostssl all certified 127.0.0.1/32 scram-sha-256 clientcert=verify-ca
        """);
    execute("SELECT pg_reload_conf()");
    Problem plain = only(problems(document("capture", "localhost", "mode: require")));
    assertThat(plain.code()).isEqualTo(ProblemCode.CONNECTION_TLS);
    assertThat(plain.message()).contains("offers no encryption");
    for (String statement : plain.message().replaceAll("(?s).*run: ", "").split("(?<=;) ?")) {
      execute(statement);
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "capture   | localhost | mode: require | -",
        "capture   | 127.0.0.1 | mode: prefer | -",
        "capture   | localhost | 'mode: require, root_certificate: {file: studio_ca.pem}' | -",
        "capture   | localhost | 'mode: require, root_certificate: {file: other_ca.pem}' | vouches",
        "capture   | 127.0.0.1 | 'mode: verify_ca, root_certificate: {file: studio_ca.pem}' | -",
        "capture   | localhost | 'mode: verify_ca, root_certificate: {file: other_ca.pem}' | vouches",
        "capture   | localhost | mode: verify_full | vouches",
        "capture   | localhost | 'mode: verify_full, root_certificate: {file: studio_ca.pem}' | -",
        "capture   | 127.0.0.1 | 'mode: verify_full, root_certificate: {file: studio_ca.pem}' | not for the host '127.0.0.1'",
        "capture   | localhost | 'mode: verify_full, root_certificate: {file: server.key}' | holds no certificate",
        "capture   | localhost | mode: disable | config.tls.mode to 'require'",
        "certified | localhost | mode: require | config.tls.certificate",
        "certified | localhost | 'mode: require, certificate: {file: known.pem}, key: {file: known.key}' | -",
        "certified | localhost | 'mode: require, certificate: {file: known.pem}, key: {file: known.pem}' | PKCS #8",
        "certified | localhost | 'mode: require, certificate: {file: stranger.pem}, key: {file: stranger.key}' | config.tls",
      })
  void each_side_is_believed_as_the_document_says(
      String user, String host, String tls, String refusal) {
    List<Problem> problems = problems(document(user, host, tls));
    if (refusal == null) {
      assertThat(problems).isEmpty();
    } else {
      assertThat(only(problems).code()).isEqualTo(ProblemCode.CONNECTION_TLS);
      assertThat(only(problems).message()).contains(refusal);
    }
  }

  @Test
  void rows_are_dumped_and_streamed_over_encrypted_connections_only() throws Exception {
    BENCH.newDatabase();
    execute("INSERT INTO movie SELECT i, repeat('x', i % 2000) FROM generate_series(1, 3000) i");
    BENCH.apply(
        "tls",
        document(
            "certified",
            "localhost",
            "mode: verify_full, root_certificate: {file: studio_ca.pem},"
                + " certificate: {file: known.pem}, key: {file: known.key}"));
    try (CaptureWorker worker = BENCH.startWorker()) {
      BENCH.awaitStreaming("tls.public.movie");
      execute(
          "INSERT INTO movie SELECT i, repeat('y', i % 2000) FROM generate_series(3001, 9000) i",
          "UPDATE movie SET title = 'small' WHERE id % 3 = 0",
          "INSERT INTO movie SELECT 9001, string_agg(md5(i::text), '') FROM generate_series(1, 200000) i");
      BENCH.drain("tls");
      assertThat(
              number(
                  "SELECT count(*) FILTER (WHERE ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                      + " WHERE usename = 'certified'"))
          .isGreaterThan(1)
          .isEqualTo(number("SELECT count(*) FROM pg_stat_activity WHERE usename = 'certified'"));
      assertThat(
              number(
                  "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_replication USING (pid) WHERE ssl"))
          .isEqualTo(1);
      List<String> titles =
          CaptureBench.latest(BENCH.read("tls.public.movie")).values().stream().toList();
      assertThat(titles).hasSize(9001);
      assertThat(titles.stream().filter(t -> t.contains("\"small\"")).count()).isEqualTo(3000);
      assertThat(titles.stream().filter(t -> t.length() > 6_400_000).count()).isEqualTo(1);
      BENCH.remove("tls");
      assertThat(number("SELECT count(*) FROM pg_replication_slots")).isZero();
      assertThat(number("SELECT count(*) FROM pg_publication")).isZero();
    }
  }

  private static Problem only(List<Problem> problems) {
    return PostgresPreflightIT.only(problems);
  }

  private static List<Problem> problems(String document) {
    return PostgresPreflight.check(CaptureBench.spec(document), BENCH.environment.secrets())
        .problems();
  }

  private static String document(String user, String host, String tls) {
    String json =
        tls.replaceAll("([a-z_]+):", "\"$1\":")
            .replaceAll(": ([a-z_]+)(?=[,}]|$)", ": \"$1\"")
            .replaceAll(": ([a-z_]+\\.[a-z]+)", ": \"$1\"");
    return CaptureBench.document(
            "tls", server.port(), "postgres", "BACKLOT_SECRET_TEST", "\"public.movie\"")
        .replace("\"user\": \"postgres\",", "\"user\": \"" + user + "\", \"tls\": {" + json + "},")
        .replace("127.0.0.1", host);
  }

  private static void execute(String... statements) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static long number(String sql) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
