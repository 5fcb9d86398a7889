package dev.backlot.capture.postgres.keyless;

import dev.backlot.capture.postgres.CapturedTable;
import dev.backlot.capture.postgres.catalog.Catalog;
import dev.backlot.capture.postgres.catalog.CopyRows;
import dev.backlot.capture.postgres.catalog.Snapshot;
import dev.backlot.capture.postgres.catalog.SourceConnections;
import dev.backlot.capture.postgres.catalog.SqlText;
import dev.backlot.capture.postgres.catalog.TableShapes;
import dev.backlot.capture.postgres.type.ColumnCodec;
import dev.backlot.capture.postgres.type.ServerText;
import dev.backlot.capture.postgres.type.TableShape;
import dev.backlot.event.EnvelopeWriter;
import dev.backlot.event.Origin;
import dev.backlot.event.RowWriter;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.schema.RowSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A table as one snapshot of its database sees it, read some pages at a time. One transaction keeps
 * the snapshot; each read imports it (PostgreSQL documentation, "Snapshot Synchronization
 * Functions") and holds the table's lock, that of any query, no longer than it takes: statements
 * that wait for the table can pass between two reads. A statement that writes the table anew moves
 * its rows to other pages, and ends the reading. For one thread.
 */
final class TableSnapshot implements AutoCloseable {
  private static final int MOST_PAGES = 8_192;
  private static final long MOST_BYTES = 8L * 1024 * 1024;

  private final CapturedTable table;
  private final SourceConnections connections;
  private final ServerText server;
  private final BiFunction<String, RowSchema, SourceDescriptor> register;
  private final String database;
  private final int batchRows;
  private final Connection keeping;
  private Connection reading;
  private String exported = "";
  private @Nullable Encoding encoding;
  private Map<String, String> files = Map.of();
  private long pages = -1;
  private long next;
  private int step = 64;
  private String within = "";

  /** How rows are written. */
  private record Encoding(
      TableShape shape, ColumnCodec[] codecs, EnvelopeWriter writer, EnvelopeWriter completer) {}

  /**
   * Some rows.
   *
   * @param rows what {@link EnvelopeWriter#endRows} gave
   * @param completer completes them; for the thread that writes
   * @param isLast whether there are no more
   */
  record Batch(List<byte[]> rows, EnvelopeWriter completer, boolean isLast) {}

  /** The table is not as it was when the snapshot was taken: another snapshot is needed. */
  static final class ChangedException extends Exception {
    private static final long serialVersionUID = 1L;

    ChangedException(String message) {
      super(message);
    }
  }

  /**
   * Prepares; {@link #take} follows.
   *
   * @param register gives a Source's row schema ids
   * @param batchRows about how many rows are read at once
   */
  TableSnapshot(
      CapturedTable table,
      SourceConnections connections,
      ServerText server,
      BiFunction<String, RowSchema, SourceDescriptor> register,
      String database,
      int batchRows)
      throws SQLException {
    this.table = table;
    this.connections = connections;
    this.server = server;
    this.register = register;
    this.database = database;
    this.batchRows = batchRows;
    this.keeping = open();
    this.reading = open();
  }

  private Connection open() throws SQLException {
    Connection connection = connections.open();
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET idle_in_transaction_session_timeout = 0");
    }
    connection.setAutoCommit(false);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    return connection;
  }

  /** Takes the present snapshot, instead of one that was taken before. */
  Snapshot take() throws SQLException {
    keeping.rollback();
    Catalog catalog = new Catalog(keeping);
    Snapshot snapshot = catalog.snapshot();
    exported = catalog.text("SELECT pg_catalog.pg_export_snapshot()");
    return snapshot;
  }

  /** Returns what completes the rows' envelopes; for the thread that writes. */
  EnvelopeWriter completer() throws SQLException, ChangedException {
    return inSnapshot(how -> how.completer);
  }

  /**
   * Returns the next rows.
   *
   * @throws ChangedException when the table was written anew, altered or dropped meanwhile
   */
  Batch read() throws SQLException, ChangedException {
    Optional<Batch> batch = Optional.empty();
    while (batch.isEmpty()) {
      batch = inSnapshot(this::rows);
    }
    return batch.get();
  }

  /** Returns that there are no more rows that anybody needs. */
  Batch end() throws SQLException, ChangedException {
    return new Batch(List.of(), completer(), true);
  }

  private interface Reading<T> {
    T by(Encoding how) throws SQLException;
  }

  private <T> T inSnapshot(Reading<T> wanted) throws SQLException, ChangedException {
    if (reading.isClosed()) {
      reading = open();
    }
    try (Statement statement = reading.createStatement()) {
      statement.execute("SET TRANSACTION SNAPSHOT " + SqlText.literal(exported));
      statement.execute("LOCK TABLE " + table.id().sql() + " IN ACCESS SHARE MODE");
      Encoding how = encoding();
      checkFiles();
      return wanted.by(how);
    } catch (SQLException e) {
      String state = String.valueOf(e.getSQLState());
      if (state.startsWith("42") || state.equals("3F000")) {
        throw new ChangedException(String.valueOf(e.getMessage()));
      }
      throw e;
    } finally {
      if (!reading.isClosed()) {
        reading.rollback();
      }
    }
  }

  /** Returns rows, unless there are too many for the pages that were tried. */
  private Optional<Batch> rows(Encoding how) throws SQLException {
    long end = Math.min(pages, next + step);
    boolean single = end - next <= 1 || !within.isEmpty();
    int columns = how.codecs.length;
    List<byte[]> rows = new ArrayList<>();
    long[] size = new long[1];
    String[] last = {""};
    boolean complete =
        next >= pages
            || CopyRows.read(
                reading,
                query(how.shape, end, single),
                columns + (single ? 2 : 0),
                (bytes, offsets, lengths) -> {
                  byte[] row = row(how, bytes, offsets, lengths);
                  rows.add(row);
                  size[0] += row.length;
                  boolean full = size[0] > MOST_BYTES;
                  if (full && single) {
                    last[0] = place(bytes, offsets[columns], offsets[columns + 1]);
                  }
                  return !full;
                });
    if (!complete && !single) {
      step = Math.max(1, step / 2);
      return Optional.empty();
    }
    within = last[0];
    if (complete) {
      next = Math.max(next, end);
      adapt(rows.size());
    }
    return Optional.of(new Batch(rows, how.completer, next >= pages));
  }

  private void adapt(int rows) {
    long fitting = rows == 0 ? step * 4L : (long) step * batchRows / rows;
    step = (int) Math.max(1, Math.min(MOST_PAGES, Math.min(fitting, step * 4L)));
  }

  /** The rows of a page range, in all partitions; of one page in order, so that it can be cut. */
  private String query(TableShape shape, long end, boolean single) {
    String columns =
        shape.columns().stream()
            .map(c -> TableShape.selection(c, SqlText.identifier(c.name())))
            .collect(Collectors.joining(", "));
    String range = " WHERE ctid >= '(" + next + ",0)'::tid AND ctid < '(" + end + ",0)'::tid";
    boolean partitioned = files.size() != 1 || !files.containsKey("");
    return "SELECT "
        + columns
        + (single ? ", tableoid, ctid" : "")
        + " FROM "
        + (partitioned ? "" : "ONLY ")
        + table.id().sql()
        + range
        + (within.isEmpty() ? "" : " AND (tableoid, ctid) > " + within)
        + (single ? " ORDER BY tableoid, ctid" : "");
  }

  /** Returns a row's place from its {@code tableoid} and {@code ctid} in binary form. */
  private static String place(byte[] bytes, int tableAt, int placeAt) {
    long oid = java.nio.ByteBuffer.wrap(bytes).getInt(tableAt) & 0xffffffffL;
    long page = java.nio.ByteBuffer.wrap(bytes).getInt(placeAt) & 0xffffffffL;
    int item = java.nio.ByteBuffer.wrap(bytes).getShort(placeAt + 4) & 0xffff;
    return "(" + oid + "::oid, '(" + page + "," + item + ")'::tid)";
  }

  private static byte[] row(Encoding how, byte[] bytes, int[] offsets, int[] lengths) {
    EnvelopeWriter writer = how.writer;
    writer.begin();
    writer.noBefore();
    RowWriter row = writer.after();
    for (int i = 0; i < how.codecs.length; i++) {
      ColumnCodec codec = how.codecs[i];
      if (lengths[i] < 0) {
        row.nullValue();
      } else if (!codec.write(bytes, offsets[i], lengths[i], row.value())) {
        row.retract(codec.text(bytes, offsets[i], lengths[i]));
      }
    }
    return writer.endRows();
  }

  /** The shape at the snapshot: a later one's rows come by the log. */
  private Encoding encoding() throws SQLException, ChangedException {
    if (encoding == null) {
      Catalog catalog = new Catalog(reading);
      Catalog.Table current =
          catalog
              .table(table.id())
              .orElseThrow(() -> new ChangedException("its table " + table.id() + " is gone"));
      TableShape shape =
          new TableShapes(catalog).shape(table.source(), catalog.columns(current.oid()), List.of());
      SourceDescriptor source = register.apply(table.source(), shape.schema());
      int valueId = source.valueSchemaIds().get(source.valueSchemaIds().size() - 1);
      Origin origin = new Origin("postgresql", database, table.id().schema(), table.id().table());
      encoding =
          new Encoding(
              shape,
              shape.selectionCodecs(server),
              new EnvelopeWriter(shape.schema(), 0, valueId, origin),
              new EnvelopeWriter(shape.schema(), 0, valueId, origin));
    }
    return encoding;
  }

  /** Rows have the places that the snapshot saw while their files stay the same. */
  private void checkFiles() throws SQLException, ChangedException {
    Map<String, String> present = new LinkedHashMap<>();
    long most = 0;
    String sql =
        """
        SELECT CASE WHEN t.root THEN '' ELSE t.relid::pg_catalog.oid::text END,
          pg_catalog.pg_relation_filenode(t.relid)::text, pg_catalog.pg_relation_size(t.relid)
            / pg_catalog.current_setting('block_size')::int8
        FROM (SELECT c.oid::pg_catalog.regclass AS relid, true AS root FROM pg_catalog.pg_class c
            WHERE c.oid = %1$s::pg_catalog.regclass AND c.relkind = 'r'
          UNION ALL SELECT p.relid, false FROM pg_catalog.pg_partition_tree(%1$s::pg_catalog.regclass) p
            JOIN pg_catalog.pg_class c ON c.oid = %1$s::pg_catalog.regclass AND c.relkind = 'p'
            WHERE p.isleaf) t
        """
            .formatted(SqlText.literal(table.id().sql()));
    try (Statement statement = reading.createStatement();
        var found = statement.executeQuery(sql)) {
      while (found.next()) {
        present.put(found.getString(1), String.valueOf(found.getString(2)));
        most = Math.max(most, found.getLong(3));
      }
    }
    if (pages < 0) {
      files = present;
      pages = most;
    } else if (!present.entrySet().containsAll(files.entrySet())) {
      throw new ChangedException("its table " + table.id() + " was written anew or detached");
    }
  }

  @Override
  public void close() throws SQLException {
    try {
      reading.close();
    } finally {
      keeping.close();
    }
  }
}
