package dev.backlot.capture.postgres.preflight;

import dev.backlot.capture.postgres.catalog.Catalog;
import dev.backlot.capture.postgres.catalog.SourceConnections;
import dev.backlot.capture.secret.Secrets;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemException;
import dev.backlot.model.checkup.Check;
import dev.backlot.model.checkup.CheckStep;
import dev.backlot.model.checkup.CheckStep.State;
import dev.backlot.model.checkup.CheckupEvent;
import dev.backlot.model.checkup.TableFacts;
import dev.backlot.model.spec.ConnectionSpec;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Looks at a database step by step, tells how each check went as soon as it has ended, and lists
 * the tables that there are. It checks of the server what a preflight checks; which tables the
 * document names does not matter yet. Reads only. For one thread.
 */
public final class Checkup {
  private static final int BATCH = 500;

  private final ConnectionSpec spec;
  private final Secrets secrets;
  private final Missing missing;
  private final Consumer<CheckupEvent> listener;
  private boolean failed;
  private boolean streaming;

  private Checkup(ConnectionSpec spec, Secrets secrets, Consumer<CheckupEvent> listener) {
    this.spec = spec;
    this.secrets = secrets;
    this.missing = new Missing(spec);
    this.listener = listener;
  }

  private interface Action {
    /** Checks, and returns what is worth knowing when all is well. */
    String run() throws SQLException;
  }

  /**
   * Checks a connection. Takes seconds when the host does not answer.
   *
   * @param listener hears each event as it happens; what it throws ends the checkup
   */
  public static void run(ConnectionSpec spec, Secrets secrets, Consumer<CheckupEvent> listener) {
    long begin = System.nanoTime();
    Checkup checkup = new Checkup(spec, secrets, listener);
    checkup.run();
    listener.accept(CheckupEvent.of(new CheckupEvent.End(!checkup.failed, millisSince(begin))));
  }

  private void run() {
    if (!step(Check.SECRET, this::secrets)) {
      skipAfter(Check.SECRET);
      return;
    }
    SourceConnections connections = new SourceConnections(spec.config(), secrets);
    Optional<Connection> open = open(connections);
    if (open.isEmpty()) {
      return;
    }
    try (Connection connection = open.get()) {
      server(connection, connections);
    } catch (SQLException e) {
      // closing is all that can fail here
    }
  }

  private String secrets() {
    secrets.resolve(spec.config().password());
    spec.config().tls().rootCertificate().ifPresent(secrets::resolve);
    spec.config().tls().certificate().ifPresent(secrets::resolve);
    spec.config().tls().key().ifPresent(secrets::resolve);
    return "";
  }

  /** Connects, which is three checks at once: what it refuses with says which one failed. */
  private Optional<Connection> open(SourceConnections connections) {
    long begin = System.nanoTime();
    try {
      Connection connection = connections.open();
      String where = spec.config().host() + ":" + spec.config().port();
      tell(Check.REACH, State.OK, where, List.of(), List.of(), millisSince(begin));
      tell(Check.ENCRYPTION, State.OK, encryption(connection), List.of(), List.of(), 0);
      tell(
          Check.LOGIN,
          State.OK,
          spec.config().user() + " in " + spec.config().database(),
          List.of(),
          List.of(),
          0);
      return Optional.of(connection);
    } catch (SQLException e) {
      refused(Refusal.of(spec, e).problems(), begin);
    } catch (ProblemException e) {
      refused(e.problems(), begin);
    }
    return Optional.empty();
  }

  private void refused(List<Problem> problems, long begin) {
    Check failing =
        switch (problems.get(0).code()) {
          case CONNECTION_LOGIN_REFUSED -> Check.LOGIN;
          case CONNECTION_TLS -> Check.ENCRYPTION;
          default -> Check.REACH;
        };
    for (Check check : List.of(Check.REACH, Check.ENCRYPTION, Check.LOGIN)) {
      if (check.compareTo(failing) < 0) {
        tell(check, State.OK, "", List.of(), List.of(), 0);
      }
    }
    failed = true;
    tell(failing, State.FAILED, "", problems, List.of(), millisSince(begin));
    skipAfter(failing);
  }

  private static String encryption(Connection connection) throws SQLException {
    String text =
        new Catalog(connection)
            .text(
                "SELECT coalesce((SELECT s.version FROM pg_catalog.pg_stat_ssl s"
                    + " WHERE s.pid = pg_catalog.pg_backend_pid() AND s.ssl), '')");
    return text.isEmpty() ? "not encrypted" : text;
  }

  private void server(Connection connection, SourceConnections connections) {
    ServerCheck server = new ServerCheck(connection, missing);
    Catalog catalog = new Catalog(connection);
    if (!step(
        Check.VERSION,
        () -> {
          server.versionIsKnown();
          return "PostgreSQL " + catalog.text("SHOW server_version");
        })) {
      skipAfter(Check.VERSION);
      return;
    }
    step(Check.PRIMARY, fact(server::standby, () -> ""));
    step(Check.WAL_LEVEL, fact(server::walLevel, () -> catalog.text("SHOW wal_level")));
    step(Check.REPLICATION_RIGHT, fact(server::replicationRight, () -> ""));
    step(
        Check.SLOT,
        () -> {
          streaming = server.slot();
          return streaming ? "ours, in use" : free(catalog);
        });
    step(
        Check.SENDER,
        () -> {
          if (!streaming) {
            server.sender(connections);
          }
          return "";
        });
    step(Check.FUNCTIONS, fact(server::functions, () -> ""));
    step(
        Check.PUBLICATION,
        fact(() -> new PublicationCheck(connection, missing).runForNoTable(), () -> ""));
    advise(Check.RETENTION, () -> Advice.ofRetention(connection, spec));
    advise(Check.SETTINGS, () -> Advice.ofSettings(connection, spec));
    step(Check.TABLES, () -> tables(connection));
  }

  private static String free(Catalog catalog) throws SQLException {
    return catalog.text(
        "SELECT (SELECT count(*) FROM pg_catalog.pg_replication_slots) || ' of ' ||"
            + " pg_catalog.current_setting('max_replication_slots') || ' slots taken'");
  }

  private String tables(Connection connection) throws SQLException {
    List<TableFacts> all = new TableSurvey(connection, spec, missing).tables();
    for (int from = 0; from < all.size(); from += BATCH) {
      listener.accept(CheckupEvent.of(all.subList(from, Math.min(all.size(), from + BATCH))));
    }
    return all.size() == 1 ? "1 table" : all.size() + " tables";
  }

  private interface Looking {
    void run() throws SQLException;
  }

  private interface Fact {
    String get() throws SQLException;
  }

  private static Action fact(Looking check, Fact fact) {
    return () -> {
      check.run();
      return fact.get();
    };
  }

  /** Runs a check, tells how it went, and returns whether it passed. */
  private boolean step(Check check, Action action) {
    long begin = System.nanoTime();
    int before = missing.problems().size();
    String fact = "";
    try {
      fact = action.run();
    } catch (ProblemException e) {
      e.problems().forEach(missing::add);
    } catch (SQLException e) {
      Refusal.of(spec, e).problems().forEach(missing::add);
    }
    List<Problem> all = missing.problems();
    List<Problem> problems = all.subList(before, all.size());
    boolean passed = problems.isEmpty();
    failed |= !passed;
    tell(
        check,
        passed ? State.OK : State.FAILED,
        passed ? fact : "",
        problems,
        List.of(),
        millisSince(begin));
    return passed;
  }

  private interface Adviser {
    List<String> advice() throws SQLException;
  }

  private void advise(Check check, Adviser adviser) {
    long begin = System.nanoTime();
    try {
      List<String> advice = adviser.advice();
      State state = advice.isEmpty() ? State.OK : State.WARNING;
      tell(check, state, "", List.of(), advice, millisSince(begin));
    } catch (SQLException e) {
      failed = true;
      List<Problem> problems = Refusal.of(spec, e).problems();
      tell(check, State.FAILED, "", problems, List.of(), millisSince(begin));
    }
  }

  private void skipAfter(Check failing) {
    for (Check check : Check.values()) {
      if (check.compareTo(failing) > 0) {
        tell(check, State.SKIPPED, "", List.of(), List.of(), 0);
      }
    }
  }

  private void tell(
      Check check,
      State state,
      String fact,
      List<Problem> problems,
      List<String> advice,
      long millis) {
    failed |= state == State.FAILED;
    listener.accept(
        CheckupEvent.of(
            new CheckStep(check, state, check.title(), fact, problems, advice, millis)));
  }

  private static long millisSince(long begin) {
    return (System.nanoTime() - begin) / 1_000_000;
  }
}
