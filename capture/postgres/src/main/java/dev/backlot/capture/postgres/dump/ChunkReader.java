package dev.backlot.capture.postgres.dump;

import dev.backlot.capture.dump.KeyBytes;
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
import dev.backlot.capture.predicate.PredicateParser;
import dev.backlot.event.Confluent;
import dev.backlot.event.EnvelopeWriter;
import dev.backlot.event.Origin;
import dev.backlot.event.RowWriter;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.schema.RowSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads chunks of a table, each in a REPEATABLE READ transaction whose snapshot is kept. Takes no
 * lock but that of any query. For one thread.
 */
final class ChunkReader implements AutoCloseable {
  private static final long MOST_BYTES = 16L * 1024 * 1024;
  private static final int MOST_SHAPES = 32;

  private final SourceConnections connections;
  private Connection connection;
  private Catalog catalog;
  private TableShapes shapes;
  private final ServerText server;
  private final BiFunction<String, RowSchema, SourceDescriptor> register;
  private final String database;
  private final Map<CapturedTable, Registered> registered =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<CapturedTable, Registered> eldest) {
          return size() > MOST_SHAPES;
        }
      };

  /** A shape whose schemas have ids. */
  private record Registered(
      CapturedTable table,
      RowSchema schema,
      EnvelopeWriter writer,
      EnvelopeWriter completer,
      TableShape shape,
      ColumnCodec[] codecs,
      String keyTypes) {}

  /**
   * Reads over a connection of its own.
   *
   * @param register gives a Source's row schema ids
   */
  ChunkReader(
      SourceConnections connections,
      ServerText server,
      BiFunction<String, RowSchema, SourceDescriptor> register,
      String database)
      throws SQLException {
    this.connections = connections;
    this.server = server;
    this.register = register;
    this.database = database;
    this.connection = open(connections);
    this.catalog = new Catalog(connection);
    this.shapes = new TableShapes(catalog);
  }

  private static Connection open(SourceConnections connections) throws SQLException {
    Connection connection = connections.open();
    connection.setAutoCommit(false);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    return connection;
  }

  /** A chunk that was full before its end has cost the connection. */
  private void reopen() throws SQLException {
    if (connection.isClosed()) {
      connection = open(connections);
      catalog = new Catalog(connection);
      shapes = new TableShapes(catalog);
    }
  }

  /** Writes a message into the log that is decoded when its transaction commits, at once. */
  void mark(String content) throws SQLException {
    reopen();
    catalog.emitMessage(content);
    connection.commit();
  }

  /** Ends what another thread does with this reader. */
  void abort() {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      // It is gone already.
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  /**
   * What to read.
   *
   * @param predicate as the user wrote it, or empty
   * @param keys which keys as text, or null for all
   * @param after only rows behind this key, as text, or null
   * @param upTo only rows up to this key, as text, or null
   */
  record Request(
      CapturedTable table,
      String predicate,
      @Nullable List<List<String>> keys,
      @Nullable List<String> after,
      @Nullable List<String> upTo,
      int limit) {}

  /**
   * Reads the next rows in key order. Several keys whose rows are too large for one chunk give a
   * chunk that is not the last; then fewer must be asked for.
   *
   * @throws ProblemException when the table is gone or the predicate can't be read
   */
  Chunk read(Request request) throws SQLException {
    CapturedTable table = request.table();
    reopen();
    try (Statement statement = connection.createStatement()) {
      try {
        // Before the snapshot, so that the shape below is the one that is read.
        statement.execute("LOCK TABLE " + table.rowsSql() + " IN ACCESS SHARE MODE");
      } catch (SQLException e) {
        if ("42P01".equals(e.getSQLState()) || "3F000".equals(e.getSQLState())) {
          throw Keys.gone(table);
        }
        throw e;
      }
      Snapshot snapshot = catalog.snapshot();
      Registered shape = shape(table);
      Map<KeyBytes, Chunk.Gone> asked = asked(request, shape);
      return rows(request, snapshot, shape, asked);
    } finally {
      if (!connection.isClosed()) {
        connection.rollback();
      }
    }
  }

  /** Returns the keys that were asked for, each as if it were gone. */
  private Map<KeyBytes, Chunk.Gone> asked(Request request, Registered shape) throws SQLException {
    Map<KeyBytes, Chunk.Gone> asked = new LinkedHashMap<>();
    List<List<String>> wanted = request.keys();
    if (wanted == null || wanted.isEmpty() || !request.predicate().isEmpty()) {
      return asked;
    }
    int[] keyIndexes = shape.shape().keyIndexes();
    int columns = shape.codecs().length;
    int[] columnOffsets = new int[columns];
    int[] columnLengths = new int[columns];
    Arrays.fill(columnLengths, -1);
    CopyRows.read(
        connection,
        askedQuery(wanted, shape.shape()),
        keyIndexes.length,
        (bytes, offsets, lengths) -> {
          for (int k = 0; k < keyIndexes.length; k++) {
            columnOffsets[keyIndexes[k]] = offsets[k];
            columnLengths[keyIndexes[k]] = lengths[k];
          }
          byte[] key = key(shape, keyIndexes, bytes, columnOffsets, columnLengths);
          EnvelopeWriter writer = shape.writer();
          writer.begin();
          columns(shape, writer.before(), bytes, columnOffsets, columnLengths);
          writer.noAfter();
          asked.put(new KeyBytes(key, Confluent.FRAME), new Chunk.Gone(key, writer.endRows()));
          return true;
        });
    return asked;
  }

  private static String askedQuery(List<List<String>> wanted, TableShape shape) {
    List<String> names = new ArrayList<>();
    List<String> selection = new ArrayList<>();
    for (int index : shape.keyIndexes()) {
      String name = SqlText.identifier(shape.columns().get(index).name());
      names.add(name);
      selection.add(TableShape.selection(shape.columns().get(index), name));
    }
    return "SELECT "
        + String.join(", ", selection)
        + " FROM (VALUES "
        + wanted.stream()
            .map(key -> "(" + literals(shape, key) + ")")
            .collect(Collectors.joining(", "))
        + ") AS asked ("
        + String.join(", ", names)
        + ")";
  }

  private Chunk rows(
      Request request, Snapshot snapshot, Registered shape, Map<KeyBytes, Chunk.Gone> asked)
      throws SQLException {
    List<byte[]> keys = new ArrayList<>();
    List<byte[]> rows = new ArrayList<>();
    ColumnCodec[] codecs = shape.codecs();
    int[] keyIndexes = shape.shape().keyIndexes();
    List<String> lastKey = new ArrayList<>();
    long[] size = new long[1];
    boolean complete =
        CopyRows.read(
            connection,
            query(request, shape.shape()),
            codecs.length,
            (bytes, offsets, lengths) -> {
              byte[] key = key(shape, keyIndexes, bytes, offsets, lengths);
              keys.add(key);
              asked.remove(new KeyBytes(key, Confluent.FRAME));
              byte[] row = row(shape, bytes, offsets, lengths);
              rows.add(row);
              size[0] += row.length;
              boolean full = size[0] > MOST_BYTES;
              if (full || rows.size() == request.limit()) {
                lastKey.clear();
                for (int index : keyIndexes) {
                  lastKey.add(codecs[index].text(bytes, offsets[index], lengths[index]));
                }
              }
              return !full;
            });
    boolean isLast = complete && rows.size() < request.limit();
    return new Chunk(
        request.table(),
        snapshot,
        keys,
        rows,
        shape.completer(),
        lastKey.isEmpty() ? null : List.copyOf(lastKey),
        isLast,
        List.copyOf(asked.values()),
        shape.keyTypes(),
        size[0]);
  }

  private static byte[] key(
      Registered shape, int[] keyIndexes, byte[] bytes, int[] offsets, int[] lengths) {
    RowWriter key = shape.writer().beginKey();
    for (int index : keyIndexes) {
      value(key, shape.codecs()[index], bytes, offsets[index], lengths[index]);
    }
    return shape.writer().endKey();
  }

  private static byte[] row(Registered shape, byte[] bytes, int[] offsets, int[] lengths) {
    EnvelopeWriter writer = shape.writer();
    writer.begin();
    writer.noBefore();
    columns(shape, writer.after(), bytes, offsets, lengths);
    return writer.endRows();
  }

  private static void columns(
      Registered shape, RowWriter row, byte[] bytes, int[] offsets, int[] lengths) {
    for (int i = 0; i < shape.codecs().length; i++) {
      value(row, shape.codecs()[i], bytes, offsets[i], lengths[i]);
    }
  }

  private static void value(RowWriter out, ColumnCodec codec, byte[] in, int offset, int length) {
    if (length < 0) {
      out.nullValue();
    } else if (!codec.write(in, offset, length, out.value())) {
      out.retract(codec.text(in, offset, length));
    }
  }

  private Registered shape(CapturedTable table) throws SQLException {
    Optional<Catalog.Table> current = catalog.table(table.id());
    if (current.isEmpty()) {
      throw Keys.gone(table);
    }
    List<Catalog.Column> columns = catalog.columns(current.get().oid());
    Keys.check(table, columns);
    TableShape shape = shapes.shape(table.source(), columns, table.keyColumns());
    Registered known = registered.get(table);
    if (known != null && known.schema().equals(shape.schema())) {
      return known;
    }
    SourceDescriptor source = register.apply(table.source(), shape.schema());
    int keyId = source.keySchemaIds().get(source.keySchemaIds().size() - 1);
    int valueId = source.valueSchemaIds().get(source.valueSchemaIds().size() - 1);
    Origin origin = new Origin("postgresql", database, table.id().schema(), table.id().table());
    Registered fresh =
        new Registered(
            table,
            shape.schema(),
            new EnvelopeWriter(shape.schema(), keyId, valueId, origin),
            new EnvelopeWriter(shape.schema(), keyId, valueId, origin),
            shape,
            shape.selectionCodecs(server),
            Keys.types(shape));
    registered.put(table, fresh);
    return fresh;
  }

  private static String query(Request request, TableShape shape) {
    String columns =
        shape.columns().stream()
            .map(c -> TableShape.selection(c, SqlText.identifier(c.name())))
            .collect(Collectors.joining(", "));
    String keys = Keys.columns(shape);
    List<String> conditions = new ArrayList<>();
    List<String> after = request.after();
    if (after != null) {
      conditions.add("(" + keys + ") > (" + literals(shape, after) + ")");
    }
    List<String> upTo = request.upTo();
    if (upTo != null) {
      conditions.add("(" + keys + ") <= (" + literals(shape, upTo) + ")");
    }
    List<List<String>> wanted = request.keys();
    if (wanted != null) {
      conditions.add(
          "("
              + keys
              + ") IN ("
              + wanted.stream()
                  .map(key -> "(" + literals(shape, key) + ")")
                  .collect(Collectors.joining(", "))
              + ")");
    }
    if (!request.predicate().isEmpty()) {
      conditions.add(
          PredicateSql.render(
              PredicateParser.parse(
                  request.predicate(), new LinkedHashSet<>(shape.schema().fieldNames()))));
    }
    return "SELECT "
        + columns
        + " FROM "
        + request.table().rowsSql()
        + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions))
        + " ORDER BY "
        + keys
        + " LIMIT "
        + request.limit();
  }

  private static String literals(TableShape shape, List<String> key) {
    int[] indexes = shape.keyIndexes();
    if (key.size() != indexes.length) {
      throw new ProblemException(
          ProblemCode.SPEC_INVALID_VALUE,
          "Cannot dump key "
              + key
              + " of source '"
              + shape.schema().name()
              + "': its key is "
              + String.join(", ", shape.schema().keyColumns())
              + ". Give one value for each.");
    }
    List<String> literals = new ArrayList<>();
    for (int i = 0; i < indexes.length; i++) {
      literals.add(
          SqlText.literal(key.get(i)) + "::" + shape.columns().get(indexes[i]).type().name());
    }
    return String.join(", ", literals);
  }
}
