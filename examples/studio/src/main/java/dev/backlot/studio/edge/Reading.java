package dev.backlot.studio.edge;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What one request reads: everything as of one moment, in one read-only transaction, which begins
 * with the first statement. Not thread-safe.
 */
final class Reading implements AutoCloseable {
  private final DataSource pool;
  private @Nullable Connection connection;
  private @Nullable SQLException failure;
  private int statements;

  /**
   * Prepares to read.
   *
   * @param pool of connections that begin read-only transactions of isolation REPEATABLE READ
   */
  Reading(DataSource pool) {
    this.pool = pool;
  }

  /** How many statements have run. */
  int statements() {
    return statements;
  }

  /** Why the database did not answer, if it did not: then no answer may be given from this. */
  Optional<SQLException> failure() {
    return Optional.ofNullable(failure);
  }

  /**
   * Reads the rows of many keys with one statement.
   *
   * @return per key a row as a map by field name, or a list of such rows; a key without a row is
   *     absent unless the lookup answers with lists
   */
  Map<String, Object> look(Lookup lookup, Collection<String> keys) throws SQLException {
    List<String> possible = keys.stream().filter(lookup::accepts).toList();
    Map<String, List<Map<String, Object>>> found = new LinkedHashMap<>();
    if (!possible.isEmpty()) {
      try {
        collect(lookup, possible, found);
      } catch (SQLException e) {
        failure = e;
        throw e;
      }
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    for (String key : keys) {
      List<Map<String, Object>> rows = found.getOrDefault(key, List.of());
      if (lookup.many()) {
        answer.put(key, rows);
      } else if (!rows.isEmpty()) {
        answer.put(key, rows.get(0));
      }
    }
    return answer;
  }

  private void collect(
      Lookup lookup, List<String> keys, Map<String, List<Map<String, Object>>> found)
      throws SQLException {
    Connection open = open();
    statements++;
    try (PreparedStatement statement = open.prepareStatement(lookup.sql())) {
      statement.setArray(1, open.createArrayOf(lookup.keyType(), keys.toArray()));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.computeIfAbsent(rows.getString("key"), key -> new ArrayList<>()).add(row(rows));
        }
      }
    }
  }

  private Connection open() throws SQLException {
    Connection open = connection;
    if (open == null) {
      open = pool.getConnection();
      connection = open;
    }
    return open;
  }

  private static Map<String, Object> row(ResultSet rows) throws SQLException {
    ResultSetMetaData columns = rows.getMetaData();
    Map<String, Object> row = new LinkedHashMap<>();
    for (int column = 1; column <= columns.getColumnCount(); column++) {
      Object value = value(rows, column, columns.getColumnTypeName(column));
      if (value != null) {
        row.put(columns.getColumnLabel(column), value);
      }
    }
    return Collections.unmodifiableMap(row);
  }

  /** Dates, times, decimals and enums travel as PostgreSQL's own text, which is exact. */
  private static @Nullable Object value(ResultSet rows, int column, String type)
      throws SQLException {
    return switch (type) {
      case "bool", "int2", "int4", "float8" -> rows.getObject(column);
      case "timestamptz" -> {
        OffsetDateTime moment = rows.getObject(column, OffsetDateTime.class);
        yield moment == null ? null : moment.toInstant().toString();
      }
      default -> {
        if (!type.startsWith("_")) {
          yield rows.getString(column);
        }
        Array array = rows.getArray(column);
        yield array == null ? null : List.of((Object[]) array.getArray());
      }
    };
  }

  /** Ends the transaction and gives the connection back. */
  @Override
  public void close() {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        // The pool throws a broken connection away by itself.
      }
    }
  }
}
