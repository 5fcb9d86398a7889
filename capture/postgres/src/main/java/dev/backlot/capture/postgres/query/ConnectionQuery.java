package dev.backlot.capture.postgres.query;

import dev.backlot.capture.postgres.PostgresPreflight;
import dev.backlot.capture.postgres.catalog.SourceConnections;
import dev.backlot.capture.secret.Secrets;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.audit.AuditAnswer;
import dev.backlot.model.audit.QueryAnswer;
import dev.backlot.model.audit.QueryRead;
import dev.backlot.model.spec.ConnectionSpec;
import dev.backlot.schema.canonical.BucketedRows;
import dev.backlot.schema.canonical.Canonical;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.Parser;

/**
 * Runs a user's SELECT in a connection's database: one statement, in a transaction that can only
 * read, for a limited time, with the rights of the connection's login. Thread-safe.
 */
public final class ConnectionQuery {
  private static final int FETCH = 2_000;

  private final Secrets secrets;

  /** Logs in with these secrets. */
  public ConnectionQuery(Secrets secrets) {
    this.secrets = secrets;
  }

  /**
   * Reads the query's rows. Numbers are compared as numbers, and everything else as PostgreSQL
   * writes it.
   *
   * @throws ProblemException QUERY_INVALID, TIMED_OUT, or CONNECTION_UNREACHABLE
   */
  public QueryAnswer read(ConnectionSpec connection, QueryRead read) {
    checkOneStatement(connection, read);
    SourceConnections connections = new SourceConnections(connection.config(), secrets);
    try (Connection open = connections.open()) {
      open.setAutoCommit(false);
      open.setReadOnly(true);
      try (Statement statement = open.createStatement()) {
        statement.execute("SET LOCAL statement_timeout = '" + read.seconds() + "s'");
        statement.setFetchSize(FETCH);
        try (ResultSet rows =
            statement.executeQuery("SELECT * FROM (\n" + read.query() + "\n) AS queried")) {
          return answer(connection, read, rows);
        }
      }
    } catch (SQLException e) {
      throw problem(connection, e);
    }
  }

  /** What follows a semicolon would be run outside of the reading transaction. */
  private static void checkOneStatement(ConnectionSpec connection, QueryRead read) {
    try {
      if (Parser.parseJdbcSql(read.query(), true, false, true, false, false).size() == 1) {
        return;
      }
    } catch (SQLException e) {
      throw invalid(connection, String.valueOf(e.getMessage()));
    }
    throw invalid(connection, "it is not one statement");
  }

  private static QueryAnswer answer(ConnectionSpec connection, QueryRead read, ResultSet rows)
      throws SQLException {
    ResultSetMetaData shape = rows.getMetaData();
    List<String> columns = new ArrayList<>();
    for (int i = 1; i <= shape.getColumnCount(); i++) {
      columns.add(shape.getColumnLabel(i));
    }
    List<Integer> key = new ArrayList<>();
    for (String column : read.key()) {
      if (!columns.contains(column)) {
        throw invalid(
            connection, "it has no column '" + column + "', but " + String.join(", ", columns));
      }
      key.add(columns.indexOf(column));
    }
    BucketedRows bucketed = new BucketedRows(key, read.buckets(), read.wanted(), read.mostRows());
    try {
      while (rows.next()) {
        List<@Nullable String> row = new ArrayList<>(columns.size());
        for (int i = 1; i <= columns.size(); i++) {
          row.add(text(rows.getString(i), shape.getColumnType(i)));
        }
        bucketed.add(row);
      }
    } catch (IllegalArgumentException | BucketedRows.TooManyRowsException e) {
      throw invalid(connection, String.valueOf(e.getMessage()));
    }
    return new QueryAnswer(
        columns,
        bucketed.sums().stream()
            .map(sum -> new AuditAnswer.Sum(sum.rows(), sum.high(), sum.low()))
            .toList(),
        bucketed.rows());
  }

  private static @Nullable String text(@Nullable String text, int type) {
    if (text == null) {
      return null;
    }
    return switch (type) {
      case Types.SMALLINT,
          Types.INTEGER,
          Types.BIGINT,
          Types.NUMERIC,
          Types.REAL,
          Types.FLOAT,
          Types.DOUBLE ->
          Canonical.number(text);
      case Types.BIT, Types.BOOLEAN ->
          text.equals("t") ? "true" : text.equals("f") ? "false" : text;
      case Types.BINARY, Types.VARBINARY -> text.startsWith("\\x") ? text.substring(2) : text;
      default -> text;
    };
  }

  private static ProblemException problem(ConnectionSpec connection, SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    String said = String.valueOf(e.getMessage()).replaceAll("[.\\s]+$", "");
    if (state.equals("57014")) {
      return new ProblemException(
          ProblemCode.TIMED_OUT,
          "Cannot run the query in connection '"
              + connection.name()
              + "': it took too long. Make it cheaper.",
          e);
    }
    return state.startsWith("08") || state.startsWith("28") || state.startsWith("57")
        ? PostgresPreflight.unreachable(connection, e)
        : invalid(connection, said);
  }

  private static ProblemException invalid(ConnectionSpec connection, String cause) {
    return new ProblemException(
        ProblemCode.QUERY_INVALID,
        "Cannot run the query in connection '"
            + connection.name()
            + "': "
            + cause
            + ". Write one SELECT that gives every column of the key.");
  }
}
