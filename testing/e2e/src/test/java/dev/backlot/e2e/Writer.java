package dev.backlot.e2e;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Changes three tables (composite, text and uuid keys) at a steady rate: inserts, updates, deletes,
 * key changes, and updates beside large values that stay as they are. Every change of {@code take}
 * carries a growing {@code seq}.
 */
final class Writer implements AutoCloseable {
  /** Opens connections to the database that is written to. */
  interface Connections {
    Connection open() throws SQLException;
  }

  private static final String SCHEMA =
      """
      CREATE TABLE take (scene int, take int, title text, score numeric(10,2), notes text, seq bigint, PRIMARY KEY (scene, take));
      CREATE TABLE deal (code text PRIMARY KEY, status text NOT NULL, amount numeric(12,2), terms jsonb, seq bigint);
      CREATE TABLE asset (id uuid PRIMARY KEY, path text, bytes bigint, tags text[], at timestamptz, seq bigint);
      """;
  private static final String LARGE = "light and shadow, ".repeat(2_000);

  private final Connections connections;
  private final int perSecond;
  private final Random random;
  private final AtomicLong committed = new AtomicLong();
  private final AtomicLong changes = new AtomicLong();
  private final List<int[]> takes = new ArrayList<>();
  private final List<String> deals = new ArrayList<>();
  private final List<UUID> assets = new ArrayList<>();
  private final Thread thread = new Thread(this::run, "writer");
  private volatile boolean stopped;
  private long seq;
  private long lastOfTake;

  Writer(Connections connections, int perSecond, long seed) {
    this.connections = connections;
    this.perSecond = perSecond;
    this.random = new Random(seed);
  }

  /** Creates the tables, with some rows each. */
  void createTables(int rows) throws SQLException {
    try (Connection connection = connections.open();
        Statement statement = connection.createStatement()) {
      statement.execute(SCHEMA);
      // random-looking text does not compress, so that it is stored out of line
      statement.execute(
          "INSERT INTO take SELECT i / 50, i %% 50, 'take ' || i, i %% 100, (SELECT string_agg(md5(i::text || j), '') FROM generate_series(1, 100) j), 0 FROM generate_series(1, %d) i"
              .formatted(rows));
      statement.execute(
          "INSERT INTO deal SELECT 'D-' || i, (ARRAY['DRAFT','SIGNED','VOID'])[1 + i %% 3], i, '{\"n\": 1}', 0 FROM generate_series(1, %d) i"
              .formatted(rows));
      statement.execute(
          "INSERT INTO asset SELECT gen_random_uuid(), '/reel/' || i, i, ARRAY['raw', NULL], now(), 0 FROM generate_series(1, %d) i"
              .formatted(rows));
    }
  }

  void start() {
    thread.start();
  }

  /** The highest {@code seq} that is committed in {@code take}. */
  long committed() {
    return committed.get();
  }

  /** How many changes were committed. */
  long changes() {
    return changes.get();
  }

  @Override
  public void close() {
    stopped = true;
    try {
      thread.join(TimeUnit.SECONDS.toMillis(30));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!stopped) {
      try (Connection connection = connections.open()) {
        loadKeys(connection);
        connection.setAutoCommit(false);
        long begin = System.nanoTime();
        long done = 0;
        while (!stopped) {
          int batch = 1 + random.nextInt(20);
          for (int i = 0; i < batch; i++) {
            change(connection);
          }
          connection.commit();
          committed.set(lastOfTake);
          changes.addAndGet(batch);
          done += batch;
          long ahead = begin + done * 1_000_000_000L / perSecond - System.nanoTime();
          if (ahead > 0) {
            LockSupport.parkNanos(ahead);
          }
        }
      } catch (SQLException e) {
        // the server was killed: connect anew; what was not committed is not counted
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
      }
    }
  }

  private void loadKeys(Connection connection) throws SQLException {
    takes.clear();
    deals.clear();
    assets.clear();
    try (Statement statement = connection.createStatement()) {
      try (ResultSet rows = statement.executeQuery("SELECT scene, take FROM take")) {
        while (rows.next()) {
          takes.add(new int[] {rows.getInt(1), rows.getInt(2)});
        }
      }
      try (ResultSet rows = statement.executeQuery("SELECT code FROM deal")) {
        while (rows.next()) {
          deals.add(rows.getString(1));
        }
      }
      try (ResultSet rows = statement.executeQuery("SELECT id FROM asset")) {
        while (rows.next()) {
          assets.add(rows.getObject(1, UUID.class));
        }
      }
    }
  }

  private void change(Connection connection) throws SQLException {
    seq++;
    int kind = random.nextInt(100);
    switch (random.nextInt(3)) {
      case 0 -> changeTake(connection, kind);
      case 1 -> changeDeal(connection, kind);
      default -> changeAsset(connection, kind);
    }
  }

  private void changeTake(Connection connection, int kind) throws SQLException {
    if (kind < 25 || takes.size() < 50) {
      int[] key = {1_000 + (int) (seq / 1_000), (int) seq};
      execute(
          connection,
          "INSERT INTO take VALUES (?, ?, ?, ?, ?, ?)",
          key[0],
          key[1],
          "take " + seq,
          seq % 1_000,
          kind < 3 ? LARGE + UUID.randomUUID() : "",
          seq);
      takes.add(key);
      lastOfTake = seq;
      return;
    }
    int at = random.nextInt(takes.size());
    int[] key = takes.get(at);
    if (kind < 40) {
      execute(connection, "DELETE FROM take WHERE scene = ? AND take = ?", key[0], key[1]);
      remove(takes, at);
    } else if (kind < 45) {
      int[] moved = {-1 - key[0], (int) seq};
      execute(
          connection,
          "UPDATE take SET scene = ?, take = ?, seq = ? WHERE scene = ? AND take = ?",
          moved[0],
          moved[1],
          seq,
          key[0],
          key[1]);
      takes.set(at, moved);
      lastOfTake = seq;
    } else {
      execute(
          connection,
          "UPDATE take SET title = ?, seq = ? WHERE scene = ? AND take = ?",
          "take " + seq,
          seq,
          key[0],
          key[1]);
      lastOfTake = seq;
    }
  }

  private void changeDeal(Connection connection, int kind) throws SQLException {
    String status = List.of("DRAFT", "SIGNED", "VOID").get(random.nextInt(3));
    if (kind < 25 || deals.size() < 50) {
      String code = "D'\"-" + seq;
      execute(
          connection,
          "INSERT INTO deal VALUES (?, ?, ?, ?::jsonb, ?)",
          code,
          status,
          seq,
          "{\"by\": \"" + seq + "\"}",
          seq);
      deals.add(code);
      return;
    }
    int at = random.nextInt(deals.size());
    if (kind < 40) {
      execute(connection, "DELETE FROM deal WHERE code = ?", deals.get(at));
      remove(deals, at);
    } else if (kind < 45) {
      String moved = "M-" + seq;
      execute(
          connection,
          "UPDATE deal SET code = ?, seq = ? WHERE code = ?",
          moved,
          seq,
          deals.get(at));
      deals.set(at, moved);
    } else {
      execute(
          connection,
          "UPDATE deal SET status = ?, seq = ? WHERE code = ?",
          status,
          seq,
          deals.get(at));
    }
  }

  private void changeAsset(Connection connection, int kind) throws SQLException {
    if (kind < 25 || assets.size() < 50) {
      UUID id = new UUID(random.nextLong(), random.nextLong());
      execute(
          connection,
          "INSERT INTO asset VALUES (?, ?, ?, ARRAY['new', NULL, 'a,b'], clock_timestamp(), ?)",
          id,
          "/reel/" + seq,
          seq,
          seq);
      assets.add(id);
      return;
    }
    int at = random.nextInt(assets.size());
    if (kind < 40) {
      execute(connection, "DELETE FROM asset WHERE id = ?", assets.get(at));
      remove(assets, at);
    } else if (kind < 45) {
      UUID moved = new UUID(random.nextLong(), random.nextLong());
      execute(
          connection, "UPDATE asset SET id = ?, seq = ? WHERE id = ?", moved, seq, assets.get(at));
      assets.set(at, moved);
    } else {
      execute(
          connection,
          "UPDATE asset SET bytes = ?, seq = ? WHERE id = ?",
          seq * 7,
          seq,
          assets.get(at));
    }
  }

  private static <T> void remove(List<T> keys, int at) {
    keys.set(at, keys.get(keys.size() - 1));
    keys.remove(keys.size() - 1);
  }

  private static void execute(Connection connection, String sql, Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      if (statement.executeUpdate() != 1) {
        throw new IllegalStateException("no row changed: " + sql);
      }
    }
  }
}
