package dev.backlot.warehouse.query;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backlot.warehouse.child.ChildJvm;
import dev.backlot.warehouse.query.Frames.Frame;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * The main class of a query process: one DuckDB in memory, locked so that it reads files under the
 * warehouse's root and nothing else, loads no extension and changes no setting. Speaks {@link
 * Frames}; runs one statement at a time; ends when its input ends.
 */
public final class QueryChild {
  private static final int BATCH_BYTES = 64 * 1024;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonFactory ROW_JSON =
      JsonFactory.builder()
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
          .build();

  private final Connection parser;
  private final Connection runner;
  private final Connection explainer;
  private final Frames.Writer out;
  private final Map<String, String> created = new HashMap<>();
  private boolean masked;
  private volatile @Nullable Statement running;
  private volatile boolean cancelled;

  /**
   * @param parser parses while the runner may be busy
   * @param runner streams results
   * @param explainer keeps results, and so can say why a statement fails
   */
  private QueryChild(
      Connection parser, Connection runner, Connection explainer, Frames.Writer out) {
    this.parser = parser;
    this.runner = runner;
    this.explainer = explainer;
    this.out = out;
  }

  /** Settings of a child, as JSON in its only argument. */
  record Settings(String warehouse, String scratch, int memoryMegabytes, int threads) {}

  /** Runs until standard input ends. */
  public static void main(String[] arguments) throws Exception {
    Frames.Writer out = new Frames.Writer(new FileOutputStream(FileDescriptor.out));
    System.setOut(System.err);
    Settings settings = JSON.readValue(arguments[0], Settings.class);
    Properties properties = new Properties();
    properties.setProperty("jdbc_stream_results", "true");
    try (Connection runner = DriverManager.getConnection("jdbc:duckdb:", properties);
        Connection parser = runner.unwrap(DuckDBConnection.class).duplicate();
        Connection explainer = runner.unwrap(DuckDBConnection.class).duplicate()) {
      ChildJvm.deleteDriverLibrary();
      execute(runner, "ATTACH ':memory:' AS lake");
      execute(explainer, "SET SESSION jdbc_stream_results = false");
      for (Connection connection : List.of(runner, explainer, parser)) {
        execute(connection, "USE lake");
        execute(connection, "SET TimeZone = 'UTC'");
        execute(connection, "SET errors_as_json = true");
      }
      lock(runner, settings);
      new QueryChild(parser, runner, explainer, out).serve(Frames.reader(System.in));
    }
  }

  private static void lock(Connection connection, Settings settings) throws SQLException {
    for (String sql :
        List.of(
            "SET autoinstall_known_extensions = false",
            "SET autoload_known_extensions = false",
            "SET allow_community_extensions = false",
            "SET allow_persistent_secrets = false",
            "SET enable_external_file_cache = false",
            "SET threads = " + settings.threads(),
            "SET memory_limit = '" + settings.memoryMegabytes() + "MB'",
            "SET temp_directory = " + DuckSql.text(settings.scratch()),
            "SET allowed_directories = [" + DuckSql.text(settings.warehouse() + "/") + "]",
            "SET enable_external_access = false",
            "SET lock_configuration = true")) {
      execute(connection, sql);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private void serve(DataInputStream in) throws IOException {
    ExecutorService worker =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread thread = new Thread(work, "query");
              thread.setDaemon(true);
              return thread;
            });
    while (true) {
      Frame frame;
      try {
        frame = Frames.read(in);
      } catch (IOException e) {
        // The parent has closed the pipe or is gone; nobody waits for what still runs.
        Runtime.getRuntime().halt(0);
        return;
      }
      switch (frame.type()) {
        case Frames.PARSE -> parse(frame.text());
        case Frames.CANCEL -> cancel();
        case Frames.RUN -> {
          cancelled = false;
          worker.execute(() -> run(frame.text()));
        }
        default -> throw new IOException("Unknown message " + frame.type());
      }
    }
  }

  private void cancel() {
    cancelled = true;
    Statement statement = running;
    if (statement != null) {
      try {
        statement.cancel();
      } catch (SQLException e) {
        System.err.println("Cannot cancel: " + e.getMessage());
      }
    }
  }

  private void parse(String sql) throws IOException {
    try (PreparedStatement statement =
        parser.prepareStatement("SELECT json_serialize_sql(?::VARCHAR)::VARCHAR")) {
      statement.setString(1, sql);
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        out.write(Frames.PARSED, result.getString(1));
      }
    } catch (SQLException e) {
      fail(e);
    }
  }

  private void run(String json) {
    try {
      RunRequest request = JSON.readValue(json, RunRequest.class);
      try {
        dropOtherViews(request);
        createViews(request.views());
        RunRequest.Exact exact = request.exact();
        String withExact = exact == null ? null : exactStatement(exact);
        if (withExact == null) {
          stream(request.sql(), request, null);
        } else {
          stream(withExact, request, exact);
        }
      } catch (SQLException e) {
        fail(e);
      }
    } catch (IOException e) {
      // The parent is gone, or sends what we don't understand.
      System.err.println("Query process ends: " + e);
      System.exit(1);
    }
  }

  /** A statement under a masking must not find, by whatever name, what another one was shown. */
  private void dropOtherViews(RunRequest request) throws SQLException {
    if (request.masked() || masked) {
      Map<String, String> kept = new HashMap<>();
      request.views().forEach(view -> kept.put(name(view), view.sql()));
      for (Map.Entry<String, String> view : Map.copyOf(created).entrySet()) {
        if (!view.getValue().equals(kept.get(view.getKey()))) {
          execute(runner, "DROP VIEW IF EXISTS lake." + view.getKey());
          created.remove(view.getKey());
        }
      }
      masked = request.masked();
    }
  }

  private static String name(RunRequest.ViewDefinition view) {
    return DuckSql.id(view.schema()) + "." + DuckSql.id(view.name());
  }

  private void createViews(List<RunRequest.ViewDefinition> views) throws SQLException {
    for (RunRequest.ViewDefinition view : views) {
      String name = name(view);
      if (view.sql().equals(created.get(name))) {
        continue;
      }
      execute(runner, "CREATE SCHEMA IF NOT EXISTS lake." + DuckSql.id(view.schema()));
      created.put(name, "");
      execute(runner, "CREATE OR REPLACE VIEW lake." + name + " AS " + view.sql());
      created.put(name, view.sql());
    }
  }

  /** Returns the statement with hidden maps, or null when no table has exact texts. */
  private @Nullable String exactStatement(RunRequest.Exact exact) throws SQLException {
    boolean any = false;
    for (String probe : exact.probes()) {
      try (Statement statement = runner.createStatement();
          ResultSet rows = statement.executeQuery(probe)) {
        any |= rows.next();
      }
    }
    if (!any) {
      return null;
    }
    try (PreparedStatement statement =
        runner.prepareStatement("SELECT json_deserialize_sql(?::JSON)")) {
      statement.setString(1, exact.statement());
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        return result.getString(1);
      }
    }
  }

  private void stream(String sql, RunRequest request, RunRequest.@Nullable Exact exact)
      throws SQLException, IOException {
    try (Statement statement = runner.createStatement()) {
      running = statement;
      if (cancelled) {
        throw new SQLException("INTERRUPT Error: Interrupted!");
      }
      try (ResultSet result = statement.executeQuery(sql)) {
        List<QueryColumn> columns = columns(result.getMetaData(), exact);
        out.write(Frames.COLUMNS, JSON.writeValueAsString(columns));
        long rows = rows(result, rowWriter(columns, request.shape(), exact));
        out.write(Frames.DONE, "{\"rows\":" + rows + "}");
      }
    } catch (SQLException e) {
      running = null;
      throw cancelled ? e : cause(sql, e);
    } finally {
      running = null;
    }
  }

  /**
   * A streamed statement that fails while it runs loses its message in the driver; run again with
   * its result kept, it fails with the message.
   */
  private SQLException cause(String sql, SQLException streamed) {
    String message = streamed.getMessage();
    if (message == null || !message.contains("Invalid result set")) {
      return streamed;
    }
    try (Statement statement = explainer.createStatement()) {
      running = statement;
      statement.execute(sql);
      return streamed;
    } catch (SQLException e) {
      return e;
    } finally {
      running = null;
    }
  }

  private static List<QueryColumn> columns(ResultSetMetaData meta, RunRequest.@Nullable Exact exact)
      throws SQLException {
    int visible = meta.getColumnCount() - (exact == null ? 0 : exact.hidden());
    List<QueryColumn> columns = new ArrayList<>();
    DistinctNames names = new DistinctNames(DistinctNames.Case.EXACT);
    for (int i = 1; i <= visible; i++) {
      columns.add(new QueryColumn(names.next(meta.getColumnName(i)), meta.getColumnTypeName(i)));
    }
    return columns;
  }

  private static RowWriter rowWriter(
      List<QueryColumn> columns, RowShape shape, RunRequest.@Nullable Exact exact) {
    int[] positions = new int[columns.size()];
    String[] names = new String[columns.size()];
    if (exact != null) {
      for (RunRequest.Source source : exact.columns()) {
        if (source.column() < columns.size()) {
          positions[source.column()] = columns.size() + source.hidden() + 1;
          names[source.column()] = source.name();
        }
      }
    }
    return new RowWriter(columns, shape, positions, names);
  }

  private long rows(ResultSet result, RowWriter writer) throws SQLException, IOException {
    ByteArrayOutputStream batch = new ByteArrayOutputStream(2 * BATCH_BYTES);
    long rows = 0;
    try (JsonGenerator json = ROW_JSON.createGenerator(batch)) {
      json.setRootValueSeparator(new SerializedString(""));
      while (result.next()) {
        writer.write(result, json);
        json.writeRaw('\n');
        rows++;
        if (rows % 64 == 0) {
          json.flush();
          if (batch.size() >= BATCH_BYTES) {
            send(batch);
          }
        }
      }
      json.flush();
      if (batch.size() > 0) {
        send(batch);
      }
    }
    return rows;
  }

  private void send(ByteArrayOutputStream batch) throws IOException {
    byte[] bytes = batch.toByteArray();
    out.write(Frames.ROWS, bytes, bytes.length);
    batch.reset();
  }

  private void fail(SQLException e) throws IOException {
    ObjectNode error = JSON.createObjectNode();
    error.put("cancelled", cancelled);
    error.put("message", String.valueOf(e.getMessage()));
    out.write(Frames.FAILED, error.toString());
  }
}
