package dev.backlot.server.worker;

import dev.backlot.capture.log.KafkaClients;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.platform.PlatformConfig;
import java.io.PrintStream;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;

/** What a worker alone needs around it when it starts: the metadata database, and Kafka. */
final class Surroundings {
  private static final int CONNECT_SECONDS = 5;
  private static final Duration KAFKA_PATIENCE = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration REMIND = Duration.ofSeconds(30);

  /** Login refused, and no such database: waiting mends neither. */
  private static final Set<String> REFUSALS = Set.of("28P01", "28000", "3D000");

  private final PlatformConfig config;
  private final PrintStream err;

  Surroundings(PlatformConfig config, PrintStream err) {
    this.config = config;
    this.err = err;
  }

  /**
   * Waits for the metadata database, for as long as it takes. A Kafka that can't be reached is only
   * said: each capture waits for it by itself.
   *
   * @throws ProblemException when the metadata database refuses the login
   */
  void await() throws InterruptedException {
    long nextWord = System.nanoTime();
    while (true) {
      try {
        connect();
        break;
      } catch (SQLException e) {
        if (REFUSALS.contains(String.valueOf(e.getSQLState()))) {
          throw new ProblemException(
              List.of(metadata(e, "Correct 'metadata' in the configuration file.")));
        }
        if (System.nanoTime() - nextWord >= 0) {
          err.println(metadata(e, "It is tried again by itself."));
          nextWord = System.nanoTime() + REMIND.toNanos();
        }
        TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
      }
    }
    lookForKafka();
  }

  private void connect() throws SQLException {
    PlatformConfig.Database database = config.metadata();
    Properties properties = new Properties();
    properties.setProperty("user", database.user());
    properties.setProperty("password", database.password());
    properties.setProperty("connectTimeout", String.valueOf(CONNECT_SECONDS));
    properties.setProperty("loginTimeout", String.valueOf(CONNECT_SECONDS));
    DriverManager.getConnection(database.jdbcUrl(), properties).close();
  }

  private void lookForKafka() throws InterruptedException {
    try (Admin admin = new KafkaClients(config).admin("backlot-worker")) {
      try {
        admin.describeCluster().nodes().get(KAFKA_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      } finally {
        admin.close(Duration.ZERO);
      }
    } catch (ExecutionException | TimeoutException | RuntimeException e) {
      String cause =
          e instanceof TimeoutException || e.getMessage() == null
              ? "it does not answer"
              : e.getMessage();
      err.println(
          Problem.of(
              ProblemCode.KAFKA_UNREACHABLE,
              "Cannot reach Kafka '%s': %s. It is tried again by itself."
                  .formatted(config.bootstrapServers(), cause)));
    }
  }

  private Problem metadata(SQLException cause, String next) {
    return Problem.of(
        ProblemCode.METADATA_UNREACHABLE,
        "Cannot reach the metadata database '%s': %s. %s"
            .formatted(
                config.metadata().jdbcUrl(),
                String.valueOf(cause.getMessage()).replaceAll("[.\\s]+$", ""),
                next));
  }
}
