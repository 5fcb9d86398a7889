package dev.backlot.warehouse.query;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.LakeRelation;
import dev.backlot.warehouse.LocalFileIO;
import dev.backlot.warehouse.TableName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

/**
 * SQL over the lake. Every query sees the newest committed state of each table; user SQL runs in
 * child processes that can read the warehouse's files and nothing else. Safe for use by several
 * threads; queries beyond {@link QuerySettings#processes} wait.
 */
public final class QueryService implements AutoCloseable {
  private final LakeCatalog lake;
  private final QuerySettings settings;
  private final ScheduledExecutorService timer;
  private final ChildPool pool;

  /** Uses a catalog that the caller closes later than this service. Starts no process yet. */
  public QueryService(LakeCatalog lake, QuerySettings settings) {
    this.lake = lake;
    this.settings = settings;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "query-timer");
              thread.setDaemon(true);
              return thread;
            });
    this.pool = new ChildPool(settings, readable(lake, settings), timer);
  }

  /** Returns the directory that statements may read; one that is not there when all is remote. */
  private static Path readable(LakeCatalog lake, QuerySettings settings) {
    return lake.settings().isLocal()
        ? LocalFileIO.path(lake.settings().warehouse())
        : settings.scratch().resolve("no-local-warehouse");
  }

  /** Starts a process in the background, so that the first query finds it warm. */
  public void warm() {
    Thread thread =
        new Thread(
            () -> {
              try (QueryResult result = query("SELECT 1", QueryLimits.DEFAULT, RowShape.ARRAY)) {
                result.toList();
              }
            },
            "query-warm");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Starts a SELECT over tables ({@code namespace.table}, also {@code lake.namespace.table}) and
   * their business views ({@code …_latest}). The caller closes the result.
   *
   * @throws ProblemException with QUERY_INVALID or QUERY_FORBIDDEN and a place in the statement,
   *     all problems at once; TIMED_OUT; INTERNAL when the process is killed
   */
  public QueryResult query(String sql, QueryLimits limits, RowShape shape) {
    return query(sql, limits, shape, Masking.NONE);
  }

  /**
   * Starts a SELECT for somebody who may not see everything.
   *
   * @throws ProblemException as {@link #query(String, QueryLimits, RowShape)} does
   */
  public QueryResult query(String sql, QueryLimits limits, RowShape shape, Masking masking) {
    return query(sql, limits, shape, masking, cancel -> {});
  }

  /**
   * Starts a SELECT for somebody who may not see everything, and that may be cancelled before it
   * has a result.
   *
   * @param started gets what ends the query from any thread: this call, or whoever reads its
   *     result, then gets a {@link java.util.concurrent.CancellationException}
   */
  public QueryResult query(
      String sql, QueryLimits limits, RowShape shape, Masking masking, Consumer<Runnable> started) {
    if (sql.isBlank()) {
      throw new ProblemException(
          ProblemCode.QUERY_INVALID, "Cannot run query: it is empty. Write a SELECT.");
    }
    for (int attempt = 1; ; attempt++) {
      QueryRun run = new QueryRun(pool, pool.take(limits.time()), timer, limits, sql);
      started.accept(run::cancel);
      JsonNode parsed;
      try {
        parsed = run.parse();
      } catch (IOException e) {
        run.discard();
        // All that waited may have died since: the last attempt meets a process of its own.
        if (attempt <= settings.processes()) {
          continue;
        }
        throw new ProblemException(
            ProblemCode.INTERNAL,
            "Cannot run query: processes end before they answer ("
                + Objects.requireNonNullElse(e.getMessage(), "the last one said nothing")
                + "). Run it again.",
            e);
      }
      try {
        TableResolver resolver = new TableResolver(lake, masking);
        RunRequest request = request(parsed, sql, shape, resolver);
        return run.start(request, Masked.of(parsed, resolver));
      } catch (RuntimeException e) {
        run.close();
        throw e;
      }
    }
  }

  private static RunRequest request(
      JsonNode parsed, String sql, RowShape shape, TableResolver resolver) {
    StatementCheck check = StatementCheck.of(parsed, sql);
    List<Problem> problems = new ArrayList<>(check.problems());
    check.tables().stream().distinct().forEach(resolver::resolve);
    problems.addAll(resolver.problems());
    if (!problems.isEmpty()) {
      throw new ProblemException(problems);
    }
    return new RunRequest(
        sql, shape, resolver.views(), resolver.isMasking(), ExactColumns.of(parsed, resolver));
  }

  /**
   * Returns some rows of a table or of its business view, the newest first where rows say their
   * time. The caller closes the result.
   */
  public QueryResult sample(TableName name, int rows, RowShape shape) {
    return sample(name, rows, shape, Masking.NONE);
  }

  /** Returns some rows as {@link #sample(TableName, int, RowShape)} does, under a masking. */
  public QueryResult sample(TableName name, int rows, RowShape shape, Masking masking) {
    String sql = "SELECT * FROM " + DuckSql.id(name.namespace()) + "." + DuckSql.id(name.name());
    boolean foreign =
        lake.find(name).filter(table -> table.schema().findField("_ts") == null).isPresent();
    String newestFirst = foreign ? "" : " ORDER BY _ts DESC, _offset DESC";
    return query(sql + newestFirst + " LIMIT " + rows, QueryLimits.DEFAULT, shape, masking);
  }

  /**
   * Returns the versions of one row that a table holds, the newest first, truncations of the whole
   * table among them; of a business view the row as it is. The caller closes the result.
   *
   * @param key texts of the key's columns, by name
   * @throws ProblemException with QUERY_INVALID when a text is no value of its column
   */
  public QueryResult versions(
      TableName name, Map<String, String> key, int most, RowShape shape, Masking masking) {
    StringBuilder where = new StringBuilder();
    key.forEach(
        (column, text) ->
            where
                .append(where.length() == 0 ? "" : " AND ")
                .append(DuckSql.id(column))
                .append(" = ")
                .append(DuckSql.text(text)));
    boolean log =
        lake.find(name).filter(table -> table.schema().findField("_offset") != null).isPresent();
    String sql =
        "SELECT * FROM "
            + DuckSql.id(name.namespace())
            + "."
            + DuckSql.id(name.name())
            + " WHERE ("
            + where
            + ")"
            + (log ? " OR _op = 't' ORDER BY _ts DESC, _epoch DESC, _offset DESC" : "")
            + " LIMIT "
            + most;
    return query(sql, QueryLimits.DEFAULT, shape, masking);
  }

  /** Returns the names of the functions that a statement may call, in alphabetical order. */
  public List<String> functions() {
    String sql =
        """
        SELECT DISTINCT function_name FROM duckdb_functions()
        WHERE function_type IN ('scalar', 'aggregate', 'macro')
          AND regexp_full_match(function_name, '[a-z][a-z0-9_]*') ORDER BY 1
        """;
    QueryRun run =
        new QueryRun(pool, pool.take(QueryLimits.DEFAULT.time()), timer, QueryLimits.DEFAULT, sql);
    try (QueryResult result =
        run.start(new RunRequest(sql, RowShape.ARRAY, List.of(), false, null), Masked.NOTHING)) {
      return result.toList().stream().map(row -> row.path(0).asText()).toList();
    }
  }

  /** Returns a table's columns as statements name them, by their exact names; none without it. */
  public Map<String, String> engineNames(TableName name) {
    return lake.relation(name).map(LakeRelation::columns).orElse(Map.of());
  }

  /** Returns all tables, sorted by name. */
  public List<TableSummary> tables() {
    List<TableSummary> summaries = new ArrayList<>();
    for (TableName name : lake.tables()) {
      lake.find(name).ifPresent(table -> summaries.add(Summaries.of(lake, name, table)));
    }
    return summaries;
  }

  /**
   * Returns one table.
   *
   * @throws ProblemException with NOT_FOUND
   */
  public TableSummary table(TableName name) {
    return Summaries.of(lake, name, lake.load(name));
  }

  /** Ends all processes; running queries fail. */
  @Override
  public void close() {
    timer.shutdownNow();
    pool.close();
  }
}
