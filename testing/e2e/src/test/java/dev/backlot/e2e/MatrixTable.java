package dev.backlot.e2e;

import dev.backlot.e2e.TableChange.Reader;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;

/**
 * A table that is written to all the time and changes once. Each write of a row gives it a higher
 * number {@code v}; a trigger, which changes with the table, fills the other columns from it.
 */
final class MatrixTable {
  static final int FIRST_ROWS = 60;

  private final TableChange change;
  private final String name;
  private volatile long boundary = Long.MAX_VALUE;

  MatrixTable(TableChange change) {
    this.change = change;
    this.name = "matrix." + change.quoted();
  }

  TableChange change() {
    return change;
  }

  /** Every write with a higher {@code v} came after the change, every other before. */
  long boundary() {
    return boundary;
  }

  void create(Statement statement) throws SQLException {
    String column = change.column.isEmpty() ? "" : ", " + change.column;
    statement.execute(
        """
        CREATE SEQUENCE matrix.%2$s_ids;
        CREATE SEQUENCE matrix.%2$s_writes;
        CREATE TABLE %1$s (id bigint PRIMARY KEY, code bigint NOT NULL UNIQUE, v bigint, b text%3$s);
        """
            .formatted(name, change.table(), column));
    fill(statement, change.fillBefore);
    statement.execute(
        "CREATE TRIGGER fills BEFORE INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION matrix.%s_fill()"
            .formatted(name, change.table()));
    insert(statement, FIRST_ROWS);
  }

  private void fill(Statement statement, String fill) throws SQLException {
    statement.execute(
        """
        CREATE OR REPLACE FUNCTION matrix.%1$s_fill() RETURNS trigger LANGUAGE plpgsql AS $fill$
        BEGIN
          NEW.v := nextval('matrix.%1$s_writes');
          NEW.code := -NEW.id;
          NEW.b := 'b' || NEW.v;
          %2$s
          RETURN NEW;
        END $fill$
        """
            .formatted(change.table(), fill.isEmpty() ? "" : fill + ";"));
  }

  /** Returns how often rows were written. */
  long writes(Statement statement) throws SQLException {
    try (ResultSet row =
        statement.executeQuery("SELECT last_value FROM matrix." + change.table() + "_writes")) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Changes the table in one transaction, so that no write is on both sides of the change. */
  void change(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("LOCK TABLE " + name + " IN ACCESS EXCLUSIVE MODE");
      statement.execute(change.statement());
      fill(statement, change.fillAfter);
      try (ResultSet row =
          statement.executeQuery("SELECT nextval('matrix." + change.table() + "_writes')")) {
        row.next();
        boundary = row.getLong(1);
      }
      connection.commit();
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  /** Writes once: mostly new rows, but also changed, deleted and moved ones. */
  void write(Statement statement, Random random) throws SQLException {
    int kind = random.nextInt(100);
    String some =
        "id = (SELECT min(id) FROM %s WHERE id >= (SELECT max(id) FROM %1$s) * %s)"
            .formatted(name, random.nextDouble());
    if (kind < 50) {
      insert(statement, 1 + random.nextInt(3));
    } else if (kind < 75) {
      statement.execute("UPDATE %s SET b = '' WHERE %s".formatted(name, some));
    } else if (kind < 87) {
      statement.execute("DELETE FROM %s WHERE %s".formatted(name, some));
    } else {
      statement.execute(
          "UPDATE %s SET id = nextval('matrix.%s_ids') WHERE %s"
              .formatted(name, change.table(), some));
    }
  }

  private void insert(Statement statement, int rows) throws SQLException {
    statement.execute(
        "INSERT INTO %s (id) SELECT nextval('matrix.%s_ids') FROM generate_series(1, %d)"
            .formatted(name, change.table(), rows));
  }

  /** Returns the document of a pipeline that reads the table. */
  String pipeline(Reader reader) {
    String filter =
        reader == Reader.ALL_BY_NAME
            ? "  - {id: named, processor: filter, from: rows, config: {where: \"a IS NOT NULL OR id > 0\"}}\n"
            : "";
    String consumes =
        switch (reader) {
          case SOME -> "consumes: [v, a], ";
          case SOME_OTHERS -> "consumes: [v, b], ";
          default -> "";
        };
    return """
    ---
    apiVersion: backlot/v1
    kind: Pipeline
    name: %1$s
    owner: tests
    steps:
      - {id: rows, source: matrix.matrix.%2$s}
    %3$s  - {id: out, sink: iceberg, from: %4$s, %5$sconfig: {table: matrix.%1$s, commit_interval: 2s}}
    """
        .formatted(
            pipelineName(reader),
            change.table(),
            filter,
            filter.isEmpty() ? "rows" : "named",
            consumes);
  }

  String pipelineName(Reader reader) {
    return change.table() + "_for_" + reader.suffix();
  }
}
