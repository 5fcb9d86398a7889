package dev.backlot.studio;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One transaction of the studio's people: a connection, the time, and what chance decides. What is
 * picked depends on nothing but the data and the generator.
 */
record Session(
    Connection connection, Instant now, RandomGenerator random, Words words, Invention invention) {

  LocalDate today() {
    return Invention.today(now);
  }

  Inserts insert() {
    return new Inserts(connection, now);
  }

  /** Runs one statement and returns how many rows it changed. */
  int update(String sql, @Nullable Object... parameters) throws SQLException {
    try (PreparedStatement statement = prepare(sql, parameters)) {
      return statement.executeUpdate();
    }
  }

  /** The single number that a query gives. */
  long number(String sql, @Nullable Object... parameters) throws SQLException {
    try (PreparedStatement statement = prepare(sql, parameters);
        ResultSet rows = statement.executeQuery()) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /**
   * One row by chance out of those that a query gives, or nothing if it gives none.
   *
   * @param query with an ORDER BY over something unique
   */
  Optional<Picked> pick(String query, @Nullable Object... parameters) throws SQLException {
    List<Picked> picked = pick(1, query, parameters);
    return picked.isEmpty() ? Optional.empty() : Optional.of(picked.get(0));
  }

  /** Up to {@code count} different rows by chance. */
  List<Picked> pick(int count, String query, @Nullable Object... parameters) throws SQLException {
    List<Picked> rows = new ArrayList<>();
    try (PreparedStatement statement = prepare(query, parameters);
        ResultSet results = statement.executeQuery()) {
      int columns = results.getMetaData().getColumnCount();
      while (results.next()) {
        List<Object> values = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          values.add(results.getObject(i));
        }
        rows.add(new Picked(values));
      }
    }
    List<Picked> picked = new ArrayList<>();
    while (picked.size() < count && !rows.isEmpty()) {
      picked.add(rows.remove(random.nextInt(rows.size())));
    }
    return picked;
  }

  private PreparedStatement prepare(String sql, @Nullable Object... parameters)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < parameters.length; i++) {
      Inserts.bind(statement, i + 1, parameters[i]);
    }
    return statement;
  }

  /** The columns of one picked row; none of those that are picked is ever null. */
  record Picked(List<Object> values) {
    long id(int column) {
      return ((Number) values.get(column)).longValue();
    }

    Object value(int column) {
      return values.get(column);
    }
  }
}
