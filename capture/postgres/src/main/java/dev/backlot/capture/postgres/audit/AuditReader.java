package dev.backlot.capture.postgres.audit;

import dev.backlot.capture.postgres.CapturedTable;
import dev.backlot.capture.postgres.audit.Part.Step;
import dev.backlot.capture.postgres.catalog.Snapshot;
import dev.backlot.capture.postgres.type.SqlServerText.ConnectionFactory;
import dev.backlot.model.audit.AuditAnswer.Scope;
import dev.backlot.model.audit.AuditRead;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads parts of tables for audits, each in a REPEATABLE READ transaction whose snapshot is kept.
 * Takes no lock but that of any query, lets it go soon when somebody waits for it, and holds a
 * snapshot for about ten seconds at most, except where the table can only be scanned. For one
 * thread.
 */
final class AuditReader implements AutoCloseable {
  private static final int KEYS_PER_STEP = 500;

  private final ConnectionFactory connections;
  private final Runnable check;
  private final Map<String, Long> stepRows = new HashMap<>();
  private volatile @Nullable Connection open;

  /**
   * Reads over a connection of its own, opened when it is needed.
   *
   * @param check throws when the reading is to end
   */
  AuditReader(ConnectionFactory connections, Runnable check) {
    this.connections = connections;
    this.check = check;
  }

  @Override
  public void close() throws SQLException {
    Connection connection = open;
    open = null;
    if (connection != null) {
      connection.close();
    }
  }

  /** Ends a statement that runs, and with it its connection. For any thread. */
  void abort() throws SQLException {
    Connection connection = open;
    if (connection != null) {
      connection.abort(Runnable::run);
    }
  }

  /**
   * Reads the next part.
   *
   * @param snapshotKnown hears of the snapshot before anything is read; the last one counts
   * @throws dev.backlot.model.ProblemException when the table is not as the read supposes, or the
   *     read can't be answered
   */
  Reading read(CapturedTable captured, AuditRead read, Consumer<Snapshot> snapshotKnown)
      throws SQLException, InterruptedException {
    Optional<Cursor> cursor = read.cursor().map(Cursor::parse);
    while (true) {
      Connection connection = connection();
      try {
        Part part = part(connection, captured, read, snapshotKnown);
        if (read.keys().isPresent()) {
          return keys(part, read.keys().get());
        }
        boolean ordered = part.table().isOrderedAlike();
        if (cursor.isPresent() && (cursor.get().after() != null) != ordered) {
          throw AuditCatalog.refused(
              captured, "its keys are ordered otherwise than when the audit began. Begin anew");
        }
        if (ordered) {
          return range(part, cursor.map(Cursor::after).orElse(List.of()));
        }
        HashRead hashed = new HashRead(part);
        String prefix = cursor.map(Cursor::prefix).orElseGet(hashed::first);
        Optional<Reading> reading = hashed.read(prefix);
        if (reading.isPresent()) {
          return reading.get();
        }
        cursor = Optional.of(new Cursor(null, prefix + "0"));
      } catch (SQLException e) {
        if ("42P01".equals(e.getSQLState()) || "3F000".equals(e.getSQLState())) {
          throw AuditCatalog.gone(captured);
        }
        throw e;
      } finally {
        if (!connection.isClosed()) {
          connection.rollback();
        }
      }
    }
  }

  /** A step that was ended before its end has cost the connection. */
  private Connection connection() throws SQLException {
    Connection connection = open;
    if (connection == null || connection.isClosed()) {
      connection = connections.open();
      open = connection;
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    }
    return connection;
  }

  private Part part(
      Connection connection,
      CapturedTable captured,
      AuditRead read,
      Consumer<Snapshot> snapshotKnown)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET LOCAL lock_timeout = '5s'");
      statement.execute("SET LOCAL statement_timeout = '120s'");
      // Before the snapshot, so that the shape below is the one that is read.
      statement.execute("LOCK TABLE " + captured.rowsSql() + " IN ACCESS SHARE MODE");
    }
    AuditCatalog catalog = new AuditCatalog(connection);
    Snapshot snapshot = catalog.catalog().snapshot();
    snapshotKnown.accept(snapshot);
    ComparedTable table = catalog.table(captured, read);
    return new Part(
        connection,
        catalog,
        snapshot,
        captured,
        table,
        read,
        new ReadRows(table, read),
        new Pace(read.rowsPerSecond()),
        check);
  }

  private Reading range(Part part, List<String> start) throws SQLException, InterruptedException {
    String source = part.captured().source();
    RangeRead range = new RangeRead(part, start, stepRows.getOrDefault(source, Long.MAX_VALUE));
    Reading reading = range.read();
    stepRows.put(source, range.stepRows());
    return reading;
  }

  private static Reading keys(Part part, List<List<String>> keys)
      throws SQLException, InterruptedException {
    int width = part.table().keys().size();
    long read = 0;
    for (int from = 0; from < keys.size(); from += KEYS_PER_STEP) {
      List<List<String>> some = keys.subList(from, Math.min(from + KEYS_PER_STEP, keys.size()));
      for (List<String> key : some) {
        if (key.size() != width) {
          throw AuditCatalog.refused(
              part.captured(), "key " + key + " has " + key.size() + " parts instead of " + width);
        }
      }
      Step step =
          part.step(
              part.table().select(List.of(part.table().among(some))),
              (rows, bytes) -> rows == 1 || part.rows().bytes() <= Part.MOST_ANSWER_BYTES);
      read += step.rows();
      if (!step.complete()) {
        throw AuditCatalog.refused(
            part.captured(),
            "the rows of "
                + keys.size()
                + " keys are too large for one answer. Ask for fewer keys");
      }
      part.pace().await(step.rows(), step.bytes());
    }
    return part.done(new Scope(true, List.of(), List.of(), ""), Optional.empty(), read);
  }
}
