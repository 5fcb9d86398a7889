package dev.backlot.capture.postgres.stream;

import dev.backlot.capture.postgres.catalog.CopyRows;
import dev.backlot.capture.postgres.catalog.SourceConnections;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what the log has gathered while nobody streamed it, by queries instead of a stream. A
 * stream costs the server a send for each change, which is several times what decoding it costs; a
 * query's rows travel many at once.
 *
 * <p>The queries consume a temporary copy of the slot ({@code pg_copy_logical_replication_slot}),
 * so that the slot itself still holds whatever Kafka has not acknowledged, and all is as it was
 * when this process dies. One query tells some whole transactions; the server keeps them until they
 * are fetched, in a temporary file when they are many, so a query that takes too long is given up
 * and the stream does the rest.
 *
 * <p>A thread of its own queries; {@link #next} and {@link #close} are for the thread that writes.
 */
final class Backlog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Backlog.class);
  private static final int FIRST_MESSAGES = 10_000;
  private static final int MOST_MESSAGES = 100_000;
  private static final long BYTES_PER_QUERY = 32L * 1024 * 1024;
  private static final int PART_MESSAGES = 512;
  private static final int PART_BYTES = 256 * 1024;
  private static final int PARTS_AHEAD = 16;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long SMALL_BYTES = 8L * 1024 * 1024;
  private static final long CONFIRM_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int LONGEST_NAME = 63;

  private final Connection connection;
  private final String slot;
  private final String copy;
  private final String options;
  private final ArrayBlockingQueue<Part> parts = new ArrayBlockingQueue<>(PARTS_AHEAD);
  private final Thread thread;
  private volatile long queriedAt;
  private volatile boolean waiting;
  private volatile boolean closed;
  private volatile long toConfirm;
  private long confirmed;
  private long confirmedAt = System.nanoTime();

  /** Some messages in a row, or how the reading ended. */
  sealed interface Part {}

  /**
   * Messages of the output plugin.
   *
   * @param bytes each with its message, which goes on to the array's end
   * @param from where each begins
   * @param opens whether the first is the first of a query, which tells each table's shape again
   */
  record Messages(byte[][] bytes, int[] from, boolean opens) implements Part {}

  /** All but a small rest was told; the stream goes on. */
  record End() implements Part {}

  /**
   * The server would not or could not.
   *
   * @param amidTransactions whether some of a query's rows were told and others were not
   */
  record Failed(SQLException cause, boolean amidTransactions) implements Part {}

  private Backlog(Connection connection, String slot, Map<String, String> options) {
    this.connection = connection;
    this.slot = slot;
    this.copy = nameOfCopy(slot);
    this.options = options(options);
    this.thread = new Thread(this::run, "capture-backlog");
    thread.setDaemon(true);
  }

  /**
   * Begins to read, when the server has more than this to tell. Nothing else may stream from the
   * slot meanwhile.
   *
   * @param options of the output plugin
   * @return empty when there is less, or the server does not allow it: there is no room for another
   *     slot
   */
  static Optional<Backlog> open(
      SourceConnections connections, String slot, Map<String, String> options, long moreThan)
      throws SQLException {
    Connection connection = connections.open();
    try {
      Backlog backlog = new Backlog(connection, slot, options);
      long waiting = backlog.waitingBytes(slot);
      if (waiting > moreThan && backlog.copySlot()) {
        LOG.info("Reading {} MB of the log of slot {} by queries", waiting >> 20, slot);
        backlog.thread.start();
        return Optional.of(backlog);
      }
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    connection.close();
    return Optional.empty();
  }

  private static String nameOfCopy(String slot) {
    String name = slot + "_backlog";
    return name.length() <= LONGEST_NAME
        ? name
        : name.substring(0, 54) + "_" + Integer.toHexString(name.hashCode());
  }

  private static String options(Map<String, String> options) {
    StringBuilder list = new StringBuilder();
    options.forEach(
        (key, value) -> list.append(", '").append(key).append("', '").append(value).append('\''));
    return list.toString();
  }

  /**
   * Returns the next part, or null when none has come in time.
   *
   * @throws SQLException when a query that takes too long can't be ended
   */
  @Nullable Part next(long millis) throws SQLException, InterruptedException {
    Part part = parts.poll(millis, TimeUnit.MILLISECONDS);
    if (part == null && waiting && System.nanoTime() - queriedAt > PATIENCE_NANOS) {
      // Once: it is the query's own failure that ends the reading.
      waiting = false;
      connection.unwrap(PGConnection.class).cancelQuery();
    }
    return part;
  }

  private void run() {
    int most = FIRST_MESSAGES;
    Gathering gathering = new Gathering();
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET work_mem = '64MB'");
      while (!closed && waitingBytes(copy) > SMALL_BYTES) {
        gathering.begin();
        queriedAt = System.nanoTime();
        waiting = true;
        CopyRows.read(connection, query(most), 1, gathering::take);
        gathering.end();
        confirmNowAndThen();
        most = gathering.nextMost(most);
      }
      parts.put(new End());
    } catch (SQLException e) {
      putFailure(new Failed(e, gathering.messages > 0));
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** Lets the server forget the log up to this place, sooner or later. */
  void confirm(long place) {
    toConfirm = place;
  }

  /** Moving a slot is a decoding of its own, if a quick one. */
  private void confirmNowAndThen() throws SQLException {
    long place = toConfirm;
    if (place == confirmed || System.nanoTime() - confirmedAt < CONFIRM_NANOS) {
      return;
    }
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT pg_catalog.pg_replication_slot_advance(slot_name, ?::pg_lsn)
            FROM pg_catalog.pg_replication_slots WHERE slot_name = ? AND confirmed_flush_lsn < ?::pg_lsn
            """)) {
      String lsn = LogSequenceNumber.valueOf(place).asString();
      statement.setString(1, lsn);
      statement.setString(2, slot);
      statement.setString(3, lsn);
      statement.executeQuery().close();
    }
    confirmed = place;
    confirmedAt = System.nanoTime();
  }

  private void putFailure(Failed failure) {
    try {
      parts.put(failure);
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private String query(int most) {
    return "SELECT data FROM pg_catalog.pg_logical_slot_get_binary_changes('"
        + copy
        + "', NULL, "
        + most
        + options
        + ")";
  }

  /** Gathers a query's rows to parts. For the thread that queries. */
  private final class Gathering {
    private byte[][] bytes = new byte[PART_MESSAGES][];
    private int[] from = new int[PART_MESSAGES];
    private int count;
    private long partBytes;
    private boolean opens;
    private int messages;
    private long queryBytes;

    void begin() {
      messages = 0;
      queryBytes = 0;
      opens = true;
    }

    boolean take(byte[] row, int[] offsets, int[] lengths) throws SQLException {
      waiting = false;
      bytes[count] = row;
      from[count++] = offsets[0];
      messages++;
      partBytes += lengths[0];
      if (count == PART_MESSAGES || partBytes >= PART_BYTES) {
        hand();
      }
      return !closed;
    }

    void end() throws SQLException {
      waiting = false;
      if (count > 0) {
        hand();
      }
    }

    private void hand() throws SQLException {
      try {
        parts.put(new Messages(Arrays.copyOf(bytes, count), Arrays.copyOf(from, count), opens));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new SQLException("Closed", e);
      }
      queryBytes += partBytes;
      opens = false;
      Arrays.fill(bytes, null);
      count = 0;
      partBytes = 0;
    }

    int nextMost(int most) {
      long average = Math.max(1, queryBytes / Math.max(1, messages));
      long wanted = Math.min(most * 2L, BYTES_PER_QUERY / average);
      return (int) Math.max(1, Math.min(MOST_MESSAGES, wanted));
    }
  }

  private long waitingBytes(String name) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_flush_lsn(),
              confirmed_flush_lsn)::int8
            FROM pg_catalog.pg_replication_slots WHERE slot_name = ?
            """)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getLong(1) : 0;
      }
    }
  }

  /** Returns false when there is no room for one more slot. */
  private boolean copySlot() throws SQLException {
    endEarlierCopy();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT pg_catalog.pg_copy_logical_replication_slot(?, ?, true)")) {
      statement.setString(1, slot);
      statement.setString(2, copy);
      statement.executeQuery().close();
      return true;
    } catch (SQLException e) {
      LOG.info("The backlog of slot {} is streamed: {}", slot, e.getMessage());
      return false;
    }
  }

  /** A frozen owner's session may hold its copy still. */
  private void endEarlierCopy() throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT pg_catalog.pg_terminate_backend(active_pid, 10000) FROM"
                + " pg_catalog.pg_replication_slots WHERE slot_name = ? AND temporary")) {
      statement.setString(1, copy);
      statement.executeQuery().close();
    }
  }

  /** Ends the reading, and the copy of the slot with its session. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      connection.abort(Runnable::run);
      thread.join();
    } catch (SQLException e) {
      LOG.debug("It was gone already", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
