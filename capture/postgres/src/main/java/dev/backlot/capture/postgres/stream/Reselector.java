package dev.backlot.capture.postgres.stream;

import dev.backlot.capture.dump.KeyBytes;
import dev.backlot.capture.postgres.catalog.Catalog;
import dev.backlot.capture.postgres.catalog.CopyRows;
import dev.backlot.capture.postgres.catalog.Snapshot;
import dev.backlot.capture.postgres.catalog.SqlText;
import dev.backlot.capture.postgres.type.ColumnCodec;
import dev.backlot.capture.postgres.type.TableShape;
import dev.backlot.event.Confluent;
import dev.backlot.event.EnvelopeWriter;
import dev.backlot.event.RowWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Reads by key, for many rows at once, the large values that the log leaves out when an update does
 * not change them. What comes back is present state; rows that are gone are missing.
 */
final class Reselector implements AutoCloseable {
  private static final long WAIT_NANOS = 2_000_000;

  private final ConnectionFactory connections;
  private Connection connection;
  private Catalog catalog;

  /** Opens a connection. */
  @FunctionalInterface
  interface ConnectionFactory {
    Connection open() throws SQLException;
  }

  Reselector(ConnectionFactory connections) throws SQLException {
    this.connections = connections;
    this.connection = connections.open();
    this.catalog = new Catalog(connection);
  }

  /** A reading that was ended has cost the connection. */
  private void reopen() throws SQLException {
    if (connection.isClosed()) {
      connection = connections.open();
      catalog = new Catalog(connection);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  /**
   * Waits until queries see some transactions. The log tells a commit before queries see it, by
   * long with a standby that confirms late; until then a row would be found as it was before, or
   * not at all. Whoever wrote a row earlier is visible by then, since its lock was held until so.
   *
   * @param transactions as the log numbers them
   * @throws IllegalStateException when asked to stop meanwhile
   */
  void awaitVisible(Set<Long> transactions, BooleanSupplier stop) throws SQLException {
    reopen();
    while (true) {
      Snapshot snapshot = catalog.snapshot();
      if (transactions.stream().allMatch(snapshot::sees)) {
        return;
      }
      if (stop.getAsBoolean()) {
        throw new IllegalStateException("Stopped while a commit is not visible yet");
      }
      LockSupport.parkNanos(WAIT_NANOS);
    }
  }

  /** Returns the present snapshot, which sees all that was read before. */
  Snapshot snapshot() throws SQLException {
    reopen();
    return catalog.snapshot();
  }

  /** Rows of one table that lack values. */
  static final class Wanted {
    final TableLog log;
    final Set<Integer> columns = new HashSet<>();
    final Map<KeyBytes, String> keys = new HashMap<>();

    Wanted(TableLog log) {
      this.log = log;
    }

    /** Asks for a row's values. */
    void add(Tuple row, Tuple keySource, byte[] key) {
      for (int i = 0; i < row.count; i++) {
        if (row.kinds[i] == Tuple.UNCHANGED) {
          columns.add(i);
        }
      }
      keys.computeIfAbsent(new KeyBytes(key, Confluent.FRAME), k -> literals(keySource));
    }

    private String literals(Tuple row) {
      List<String> values = new ArrayList<>();
      ColumnCodec[] codecs = log.codecs();
      for (int index : log.shape().keyIndexes()) {
        String text = codecs[index].text(row.bytes, row.offsets[index], row.lengths[index]);
        values.add(SqlText.literal(text) + "::" + log.shape().columns().get(index).type().name());
      }
      return "(" + String.join(", ", values) + ")";
    }
  }

  /**
   * Returns the values by key, or nothing when they are larger than a limit together; those of one
   * row are never too large.
   */
  Optional<Map<KeyBytes, Reselected>> read(Wanted wanted, long mostBytes) throws SQLException {
    reopen();
    TableShape shape = wanted.log.shape();
    Optional<Catalog.Table> table = catalog.table(wanted.log.relation().id());
    if (table.isEmpty() || wanted.keys.isEmpty()) {
      return Optional.of(Map.of());
    }
    Map<String, Catalog.Column> present =
        catalog.columns(table.get().oid()).stream()
            .collect(Collectors.toMap(Catalog.Column::name, c -> c));
    List<Integer> read = new ArrayList<>();
    List<String> selection = new ArrayList<>();
    for (int index : shape.keyIndexes()) {
      selection.add(expression(shape, index));
    }
    int keyCount = selection.size();
    for (int index : wanted.columns) {
      if (present.containsKey(shape.columns().get(index).name())) {
        read.add(index);
        selection.add(expression(shape, index));
      }
    }
    String keyNames =
        Arrays.stream(shape.keyIndexes())
            .mapToObj(i -> SqlText.identifier(shape.columns().get(i).name()))
            .collect(Collectors.joining(", "));
    String query =
        "SELECT "
            + String.join(", ", selection)
            + " FROM "
            + wanted.log.table().rowsSql()
            + " WHERE ("
            + keyNames
            + ") IN ("
            + String.join(", ", wanted.keys.values())
            + ")";
    long limit = wanted.keys.size() == 1 ? Long.MAX_VALUE : mostBytes;
    return rows(wanted, query, keyCount, read, limit);
  }

  private Optional<Map<KeyBytes, Reselected>> rows(
      Wanted wanted, String query, int keyCount, List<Integer> read, long mostBytes)
      throws SQLException {
    TableShape shape = wanted.log.shape();
    ColumnCodec[] codecs = wanted.log.selectionCodecs();
    int[] keyIndexes = shape.keyIndexes();
    EnvelopeWriter writer = wanted.log.writer();
    Map<KeyBytes, Reselected> rows = new HashMap<>();
    long[] size = new long[1];
    boolean complete =
        CopyRows.read(
            connection,
            query,
            keyCount + read.size(),
            (bytes, offsets, lengths) -> {
              size[0] += bytes.length;
              if (size[0] > mostBytes) {
                return false;
              }
              RowWriter key = writer.beginKey();
              for (int k = 0; k < keyIndexes.length; k++) {
                TableLog.value(key, codecs[keyIndexes[k]], bytes, offsets[k], lengths[k]);
              }
              byte[] keyBytes = writer.endKey();
              Map<Integer, Reselected.Value> values = new HashMap<>();
              for (int i = 0; i < read.size(); i++) {
                int at = keyCount + i;
                if (lengths[at] >= 0) {
                  values.put(read.get(i), new Reselected.Value(bytes, offsets[at], lengths[at]));
                }
              }
              rows.put(new KeyBytes(keyBytes, Confluent.FRAME), new Reselected(values));
              return true;
            });
    return complete ? Optional.of(rows) : Optional.empty();
  }

  private static String expression(TableShape shape, int index) {
    TableShape.ShapeColumn column = shape.columns().get(index);
    return TableShape.selection(column, SqlText.identifier(column.name()));
  }
}
