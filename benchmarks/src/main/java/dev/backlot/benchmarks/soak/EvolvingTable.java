package dev.backlot.benchmarks.soak;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A table whose columns change at random while it is written to. A trigger, which changes with the
 * columns, fills them; {@code v} grows with every write.
 */
final class EvolvingTable {
  private static final int FIRST_ROWS = 200;
  private static final int LEAST_COLUMNS = 3;
  private static final Map<String, String> FILLS =
      Map.of(
          "int", "NEW.v % 1000000",
          "bigint", "NEW.v * 10000000000",
          "text", "'text ' || NEW.v",
          "varchar(20)", "'v' || NEW.v",
          "numeric(10,2)", "NEW.v % 100000 / 4.0",
          "numeric(14,2)", "NEW.v * 1000000 / 4.0",
          "boolean", "NEW.v % 2 = 0",
          "double precision", "NEW.v / 7.0",
          "timestamptz", "clock_timestamp()");
  private static final List<String> TYPES = FILLS.keySet().stream().sorted().toList();
  private static final Map<String, String> WIDER =
      Map.of("int", "bigint", "numeric(10,2)", "numeric(14,2)", "varchar(20)", "text");

  private final String name;
  private final List<Column> columns = new ArrayList<>();
  private final Set<String> fresh = new HashSet<>();
  private int named;

  private record Column(String name, String type) {}

  /** A statement, and in a word what it does. */
  record Change(String kind, String sql) {}

  EvolvingTable(int number) {
    this.name = "t" + number;
  }

  String name() {
    return name;
  }

  /** Returns the columns that every row shows, whenever it was written. */
  List<String> settledColumns() {
    return allColumns().stream().filter(column -> !fresh.contains(column)).toList();
  }

  /** Returns all columns. */
  List<String> allColumns() {
    List<String> all = new ArrayList<>(List.of("id", "v"));
    columns.forEach(column -> all.add(column.name()));
    return all;
  }

  void create(Statement statement, Random random) throws SQLException {
    StringBuilder list = new StringBuilder();
    for (int i = 0; i <= LEAST_COLUMNS; i++) {
      Column column = newColumn(random);
      columns.add(column);
      list.append(", ").append(column.name()).append(' ').append(column.type());
    }
    statement.execute(
        "CREATE SEQUENCE %1$s_ids; CREATE SEQUENCE %1$s_writes;".formatted(name)
            + "CREATE TABLE %s (id bigint PRIMARY KEY, v bigint%s)".formatted(name, list));
    statement.execute(fill());
    statement.execute(
        "CREATE TRIGGER fills BEFORE INSERT OR UPDATE ON %1$s FOR EACH ROW EXECUTE FUNCTION %1$s_fill()"
            .formatted(name));
    insert(statement, FIRST_ROWS);
  }

  private Column newColumn(Random random) {
    named++;
    return new Column("c" + named, TYPES.get(random.nextInt(TYPES.size())));
  }

  private String fill() {
    StringBuilder body = new StringBuilder();
    for (Column column : columns) {
      body.append("NEW.%s := %s;\n".formatted(column.name(), FILLS.get(column.type())));
    }
    return """
    CREATE OR REPLACE FUNCTION %1$s_fill() RETURNS trigger LANGUAGE plpgsql AS $fill$ BEGIN
    NEW.v := nextval('%1$s_writes');
    %2$sRETURN NEW; END $fill$
    """
        .formatted(name, body);
  }

  /** Changes the table somehow, in one transaction; returns what was done. */
  Change change(Connection connection, Random random) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("LOCK TABLE " + name);
      Change change = next(random);
      statement.execute(change.sql());
      statement.execute(fill());
      connection.commit();
      return change;
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  private Change next(Random random) {
    int at = random.nextInt(columns.size());
    Column column = columns.get(at);
    String alter = "ALTER TABLE " + name + " ";
    String alterColumn = alter + "ALTER COLUMN " + column.name() + " ";
    int kind = random.nextInt(100);
    if (kind < 15 && columns.size() > LEAST_COLUMNS) {
      columns.remove(at);
      return new Change("drop", alter + "DROP COLUMN " + column.name());
    }
    if (kind < 30) {
      named++;
      columns.set(at, new Column("c" + named, column.type()));
      fresh.add("c" + named);
      return new Change("rename", alter + "RENAME COLUMN " + column.name() + " TO c" + named);
    }
    if (kind < 45 && WIDER.containsKey(column.type())) {
      String wider = WIDER.get(column.type());
      columns.set(at, new Column(column.name(), wider));
      return new Change("widen", alterColumn + "TYPE " + wider);
    }
    if (kind < 55 && column.type().equals("bigint")) {
      columns.set(at, new Column(column.name(), "int"));
      return new Change(
          "narrow", alterColumn + "TYPE int USING (" + column.name() + " % 1000000)::int");
    }
    if (kind < 60) {
      fresh.add(column.name());
      return new Change(
          "make again",
          alter + "DROP COLUMN %1$s, ADD COLUMN %1$s %2$s".formatted(column.name(), column.type()));
    }
    if (kind < 65) {
      return new Change("default", alterColumn + "SET DEFAULT NULL");
    }
    if (kind < 70) {
      return new Change("comment", "COMMENT ON COLUMN %s.%s IS 'x'".formatted(name, column.name()));
    }
    if (kind < 75) {
      return new Change("nullable", alterColumn + "DROP NOT NULL");
    }
    Column added = newColumn(random);
    columns.add(added);
    boolean filled = added.type().equals("text") || added.type().equals("boolean");
    return new Change(
        filled ? "add with default" : "add",
        alter
            + "ADD COLUMN %s %s%s"
                .formatted(added.name(), added.type(), filled ? " NOT NULL DEFAULT 'true'" : ""));
  }

  /** Writes once: new rows, changed, deleted and moved ones. */
  void write(Statement statement, Random random) throws SQLException {
    String some =
        "id = (SELECT min(id) FROM %1$s WHERE id >= (SELECT max(id) FROM %1$s) * %2$s)"
            .formatted(name, random.nextDouble());
    switch (random.nextInt(8)) {
      case 0 -> statement.execute("DELETE FROM %s WHERE %s".formatted(name, some));
      case 1 ->
          statement.execute(
              "UPDATE %1$s SET id = nextval('%1$s_ids') WHERE %2$s".formatted(name, some));
      case 2, 3, 4 -> statement.execute("UPDATE %s SET v = 0 WHERE %s".formatted(name, some));
      default -> insert(statement, 1);
    }
  }

  private void insert(Statement statement, int rows) throws SQLException {
    statement.execute(
        "INSERT INTO %1$s (id) SELECT nextval('%1$s_ids') FROM generate_series(1, %2$d)"
            .formatted(name, rows));
  }

  /** Writes every row, so that each has all columns. */
  void touch(Statement statement) throws SQLException {
    statement.execute("UPDATE " + name + " SET v = 0");
    fresh.clear();
  }

  /** Returns the number of the last write. */
  long writes(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("SELECT last_value FROM " + name + "_writes")) {
      row.next();
      return row.getLong(1);
    }
  }
}
