package dev.backlot.testing.capture;

import dev.backlot.testing.capture.Change.Op;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The rows of one writer as they are, and random changes of them. For one thread. */
final class WriterTables {
  private static final int DEALS = 1_500;
  private static final int DOCUMENTS = 60;
  private static final int SCRATCHES = 200;
  private static final int ONE_IN_TRUNCATES = 300;

  private final int number;
  private final int writers;
  private final Random random;
  private final AtomicLong versions;
  private final Map<Integer, Row> deals = new HashMap<>();
  private final Map<Integer, Row> documents = new HashMap<>();
  private final Map<Integer, Row> scratches = new HashMap<>();
  private final Deque<Runnable> undo = new ArrayDeque<>();
  private int era;

  private record Row(long version, long body) {}

  WriterTables(int number, int writers, Random random, AtomicLong versions) {
    this.number = number;
    this.writers = writers;
    this.random = random;
    this.versions = versions;
  }

  /** What was done since the last call is committed. */
  void keep() {
    undo.clear();
  }

  /** What was done since the last call of {@link #keep} is undone, the newest first. */
  void undo() {
    while (!undo.isEmpty()) {
      undo.pop().run();
    }
  }

  /** Makes one random change, and adds what its topic must tell. */
  void change(Connection open, List<Change> made) throws SQLException {
    int kind = random.nextInt(20);
    if (kind < 13) {
      changeDeal(open, made);
    } else if (kind < 17) {
      changeDocument(open, made);
    } else if (number == 0) {
      changeScratch(open, made);
    } else {
      changeDeal(open, made);
    }
  }

  private void changeDeal(Connection open, List<Change> made) throws SQLException {
    int key = key(DEALS);
    long version = versions.incrementAndGet();
    int kind = random.nextInt(10);
    if (!deals.containsKey(key)) {
      run(open, "INSERT INTO deal VALUES (?, ?, ?)", key, version, Texts.title(version));
      put("deal", deals, Op.CREATE, key, new Row(version, 0), false, made);
    } else if (kind < 6) {
      run(
          open,
          "UPDATE deal SET n = ?, title = ? WHERE id = ?",
          version,
          Texts.title(version),
          key);
      put("deal", deals, Op.UPDATE, key, new Row(version, 0), false, made);
    } else if (kind < 8) {
      run(open, "DELETE FROM deal WHERE id = ?", key);
      remove("deal", deals, key, made);
    } else {
      int target = key(DEALS);
      if (deals.containsKey(target)) {
        return;
      }
      run(
          open,
          "UPDATE deal SET id = ?, n = ?, title = ? WHERE id = ?",
          target,
          version,
          Texts.title(version),
          key);
      remove("deal", deals, key, made);
      put("deal", deals, Op.CREATE, target, new Row(version, 0), false, made);
    }
  }

  private void changeDocument(Connection open, List<Change> made) throws SQLException {
    int key = key(DOCUMENTS);
    long version = versions.incrementAndGet();
    int kind = random.nextInt(10);
    Row present = documents.get(key);
    if (present == null) {
      run(open, "INSERT INTO document VALUES (?, ?, ?)", key, version, Texts.large(version));
      put("document", documents, Op.CREATE, key, new Row(version, version), false, made);
    } else if (kind < 5) {
      run(open, "UPDATE document SET n = ? WHERE id = ?", version, key);
      put("document", documents, Op.UPDATE, key, new Row(version, present.body()), true, made);
    } else if (kind < 6) {
      run(
          open,
          "UPDATE document SET n = ?, large = ? WHERE id = ?",
          version,
          Texts.large(version),
          key);
      put("document", documents, Op.UPDATE, key, new Row(version, version), false, made);
    } else if (kind < 8) {
      run(open, "DELETE FROM document WHERE id = ?", key);
      remove("document", documents, key, made);
    } else {
      int target = key(DOCUMENTS);
      if (documents.containsKey(target)) {
        return;
      }
      run(open, "UPDATE document SET id = ?, n = ? WHERE id = ?", target, version, key);
      remove("document", documents, key, made);
      put("document", documents, Op.CREATE, target, new Row(version, present.body()), true, made);
    }
  }

  private void changeScratch(Connection open, List<Change> made) throws SQLException {
    if (random.nextInt(ONE_IN_TRUNCATES) == 0) {
      try (PreparedStatement truncate = open.prepareStatement("TRUNCATE scratch")) {
        truncate.executeUpdate();
      }
      Map<Integer, Row> before = Map.copyOf(scratches);
      undo.push(
          () -> {
            scratches.putAll(before);
            era--;
          });
      scratches.clear();
      made.add(new Change("scratch", 0, Op.TRUNCATE, 0, 0, era, false, 0));
      era++;
      return;
    }
    int key = key(SCRATCHES);
    long version = versions.incrementAndGet();
    if (scratches.containsKey(key)) {
      run(open, "UPDATE scratch SET n = ? WHERE id = ?", version, key);
      put("scratch", scratches, Op.UPDATE, key, new Row(version, 0), false, made);
    } else {
      run(open, "INSERT INTO scratch VALUES (?, ?)", key, version);
      put("scratch", scratches, Op.CREATE, key, new Row(version, 0), false, made);
    }
  }

  private int key(int range) {
    return number + writers * random.nextInt(range);
  }

  private void put(
      String table,
      Map<Integer, Row> rows,
      Op op,
      int key,
      Row row,
      boolean leftOut,
      List<Change> made) {
    undoTo(rows, key, rows.put(key, row));
    made.add(new Change(table, key, op, row.version(), row.body(), era(table), leftOut, 0));
  }

  private void remove(String table, Map<Integer, Row> rows, int key, List<Change> made) {
    undoTo(rows, key, rows.remove(key));
    made.add(new Change(table, key, Op.DELETE, 0, 0, era(table), false, 0));
    made.add(new Change(table, key, Op.TOMBSTONE, 0, 0, era(table), false, 0));
  }

  private void undoTo(Map<Integer, Row> rows, int key, @Nullable Row before) {
    undo.push(
        () -> {
          if (before == null) {
            rows.remove(key);
          } else {
            rows.put(key, before);
          }
        });
  }

  private int era(String table) {
    return table.equals("scratch") ? era : 0;
  }

  /** Runs a statement that must change one row. */
  static void run(Connection open, String sql, Object... arguments) throws SQLException {
    try (PreparedStatement statement = open.prepareStatement(sql)) {
      for (int i = 0; i < arguments.length; i++) {
        statement.setObject(i + 1, arguments[i]);
      }
      int changed = statement.executeUpdate();
      if (changed != 1) {
        throw new IllegalStateException(sql + " changed " + changed + " rows");
      }
    }
  }
}
