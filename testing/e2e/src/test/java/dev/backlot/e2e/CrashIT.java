package dev.backlot.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.checker.Checker;
import dev.backlot.checker.CommandTarget;
import dev.backlot.checker.Verdict;
import dev.backlot.embedded.PostgresServer;
import dev.backlot.testing.platform.Platform;
import dev.backlot.testing.platform.Platform.Result;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kills every process of the platform under load, and then wants every row of every table right.
 */
class CrashIT {
  private static final Logger LOG = LoggerFactory.getLogger(CrashIT.class);
  private static final Duration RECOVERY = Duration.ofSeconds(150);

  private static final String SPECS =
      """
      apiVersion: backlot/v1
      kind: Connection
      name: crash
      owner: tests
      type: postgresql
      config: {host: localhost, port: %d, database: postgres, user: postgres, password: {env: BACKLOT_SECRET_CRASH}}
      tables: {include: [public.take, public.deal, public.asset]}
      ---
      apiVersion: backlot/v1
      kind: Pipeline
      name: takes
      owner: tests
      steps:
        - {id: take, source: crash.public.take}
        - {id: out, sink: iceberg, from: take, config: {table: crash.take, commit_interval: 1s}}
      ---
      apiVersion: backlot/v1
      kind: Pipeline
      name: deals
      owner: tests
      steps:
        - {id: deal, source: crash.public.deal}
        - {id: live, processor: filter, from: deal, config: {where: "status <> 'VOID'"}}
        - {id: out, sink: iceberg, from: live, config: {table: crash.deal, commit_interval: 1s}}
      ---
      apiVersion: backlot/v1
      kind: Pipeline
      name: assets
      owner: tests
      steps:
        - {id: asset, source: crash.public.asset}
        - {id: named, processor: rename, from: asset, config: {fields: {path: file, at: "made at"}}}
        - {id: out, sink: iceberg, from: named, config: {table: crash.asset, commit_interval: 1s}}
      ---
      apiVersion: backlot/v1
      kind: Pipeline
      name: published
      owner: tests
      steps:
        - {id: deal, source: crash.public.deal}
        - {id: live, processor: filter, from: deal, publish: live_deals, config: {where: "status <> 'VOID'"}}
      ---
      apiVersion: backlot/v1
      kind: Pipeline
      name: republished
      owner: tests
      steps:
        - {id: deal, source: live_deals}
        - {id: stated, processor: rename, from: deal, publish: stated_deals, config: {fields: {status: state}}}
      ---
      apiVersion: backlot/v1
      kind: Pipeline
      name: chained
      owner: tests
      steps:
        - {id: deal, source: stated_deals}
        - {id: out, sink: iceberg, from: deal, config: {table: crash.chained, commit_interval: 1s}}
      """;

  @Test
  void nothingIsLostOrDoubledWhenAnyProcessIsKilled() throws Exception {
    try (Database source = new Database();
        Installation installation =
            Installation.up(Map.of("BACKLOT_SECRET_CRASH", source.server.password()))) {
      Command command = installation.command();
      Rest rest = new Rest(installation.url());
      try (Writer writer = new Writer(() -> source.server.connect(), 300, 7)) {
        writer.createTables(4_000);
        writer.start();
        Result applied = command.apply(SPECS.formatted(source.server.port()));
        assertThat(applied.exitCode()).as(applied.out() + applied.err()).isZero();
        awaitVisible(rest, writer);

        for (String victim :
            List.of("dataplane", "controller", "postgres", "source", "supervisor", "dataplane")) {
          killInFlight(rest, writer, victim, () -> kill(victim, installation, source));
          if (victim.equals("source")) {
            source.startAgain();
          }
          Awaitility.await("health after the kill of " + victim)
              .atMost(RECOVERY)
              .until(installation.platform()::healthy);
          awaitVisible(rest, writer);
        }
        LOG.info("{} changes were written", writer.changes());
      }
      awaitCaughtUp(command);
      try (Connection connection = source.server.connect()) {
        Checker checker =
            new Checker(
                connection,
                new CommandTarget(Platform.root().resolve("backlot"), installation.url()));
        check(checker, "take", "true", Map.of());
        check(checker, "deal", "status <> 'VOID'", Map.of());
        check(checker, "asset", "true", Map.of("path", "file", "at", "made at"));
        check(checker, "deal", "status <> 'VOID'", "chained", Map.of("status", "state"));
      }
    }
  }

  private static void check(
      Checker checker, String table, String where, Map<String, String> renamed) throws Exception {
    check(checker, table, where, table, renamed);
  }

  private static void check(
      Checker checker, String table, String where, String target, Map<String, String> renamed)
      throws Exception {
    Verdict verdict =
        checker.compare("public", table, where, "crash." + target + "_latest", renamed);
    LOG.info("{}: {}", target, verdict);
    assertThat(verdict.equal()).as(target + ": " + verdict).isTrue();
    assertThat(verdict.sourceRows()).isGreaterThan(1_000);
    assertThat(checker.duplicates("crash." + target)).isEmpty();
  }

  /**
   * A kill counts only while changes are on their way: committed in the source, not yet visible in
   * the table.
   */
  private static void killInFlight(Rest rest, Writer writer, String victim, Runnable kill) {
    Awaitility.await("changes in flight before the kill of " + victim)
        .atMost(Duration.ofSeconds(60))
        .pollDelay(Duration.ZERO)
        .until(
            () -> {
              long visible = visible(rest);
              long committed = writer.committed();
              if (visible < 0 || committed <= visible) {
                return false;
              }
              kill.run();
              LOG.info(
                  "killed {} at change {}; the table had change {}", victim, committed, visible);
              return true;
            });
  }

  private static void kill(String victim, Installation installation, Database source) {
    switch (victim) {
      case "source" -> source.server.kill();
      case "supervisor" -> installation.replaceSupervisor();
      default -> installation.platform().kill(victim);
    }
  }

  /** The database that is captured, durable as a real one. */
  private static final class Database implements AutoCloseable {
    private PostgresServer server =
        PostgresServer.temporary()
            .setting("fsync", "on")
            .setting("synchronous_commit", "on")
            .start();

    void startAgain() {
      server = server.startAgain();
    }

    @Override
    public void close() {
      server.close();
    }
  }

  private static long visible(Rest rest) {
    return rest.number("SELECT max(seq) AS seq FROM crash.take");
  }

  private static void awaitVisible(Rest rest, Writer writer) {
    long wanted = writer.committed();
    Awaitility.await("change " + wanted + " in the table")
        .atMost(RECOVERY)
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(
            () ->
                assertThat(visible(rest))
                    .as(() -> "newest change in the table, while " + rest.states())
                    .isGreaterThanOrEqualTo(wanted));
  }

  private static void awaitCaughtUp(Command command) {
    for (String pipeline : new String[] {"takes", "deals", "assets", "chained"}) {
      Awaitility.await(pipeline + " caught up")
          .atMost(RECOVERY)
          .pollInterval(Duration.ofMillis(500))
          .until(() -> command.pipelineStatus(pipeline).path("caught_up").asBoolean());
    }
  }
}
