package dev.backlot.capture.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Changes a few tables and their rows at random, by a seed: every kind of ALTER TABLE that capture
 * has to follow, among writes, in transactions that sometimes end in a rollback. Statements that
 * the database refuses are left out.
 */
final class RandomDdl {
  private static final String[] TYPES = {
    "int", "bigint", "text", "varchar(40)", "numeric(10,2)", "numeric(12,3)", "boolean"
  };

  private final Connection connection;
  private final Random random;
  private final List<String> done = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();
  private int names;

  RandomDdl(Connection connection, long seed) {
    this.connection = connection;
    this.random = new Random(seed);
  }

  /** Returns all statements that took effect, for whoever looks for the cause of a difference. */
  List<String> done() {
    return done;
  }

  /** Returns why the database refused statements. */
  List<String> refused() {
    return refused;
  }

  void createTables(int count) throws SQLException {
    for (int i = 0; i < count; i++) {
      create("t" + i, i == 0);
    }
  }

  private void create(String table, boolean partitioned) throws SQLException {
    String columns = "(id int, a text, b int, c numeric(10,2), PRIMARY KEY (id))";
    if (partitioned) {
      execute("CREATE TABLE " + table + columns + " PARTITION BY RANGE (id)");
      execute("CREATE TABLE %1$s_low PARTITION OF %1$s DEFAULT".formatted(table));
      // Its columns stand in another order and have other numbers.
      execute(
          "CREATE TABLE %1$s_high (gone int, c numeric(10,2), b int, id int NOT NULL, a text)"
              .formatted(table));
      execute("ALTER TABLE %s_high DROP COLUMN gone".formatted(table));
      execute(
          "ALTER TABLE %1$s ATTACH PARTITION %1$s_high FOR VALUES FROM (30) TO (60)"
              .formatted(table));
    } else {
      execute("CREATE TABLE " + table + columns);
    }
    for (int i = 0; i < 5; i++) {
      write(table);
    }
  }

  /** Does one thing. */
  void step() throws SQLException {
    boolean transaction = random.nextInt(4) == 0;
    connection.setAutoCommit(!transaction);
    int statements = transaction ? 1 + random.nextInt(6) : 1;
    for (int i = 0; i < statements; i++) {
      List<String> tables = tables();
      String table = tables.get(random.nextInt(tables.size()));
      if (random.nextInt(3) == 0) {
        change(table);
      } else {
        write(table);
      }
    }
    if (transaction) {
      boolean commit = random.nextInt(4) > 0;
      done.add(commit ? "COMMIT" : "ROLLBACK");
      if (commit) {
        connection.commit();
      } else {
        connection.rollback();
      }
      connection.setAutoCommit(true);
    }
  }

  /** Gives every table a key again, and rows to look at. */
  void finish() throws SQLException {
    for (String table : tables()) {
      if (query("SELECT 1 FROM pg_index WHERE indisprimary AND indrelid = '%s'::regclass", table)
          .isEmpty()) {
        // Without a key, rows may have come that no key holds.
        execute(
            "TRUNCATE " + table,
            "ALTER TABLE %1$s ADD PRIMARY KEY (%2$s)".formatted(table, columns(table).get(0)));
      }
      execute("ALTER TABLE %s REPLICA IDENTITY DEFAULT".formatted(table));
      for (int i = 0; i < 3; i++) {
        write(table);
      }
    }
  }

  private void change(String table) throws SQLException {
    List<String> columns = columns(table);
    String key = columns.get(0);
    String column = columns.get(columns.size() > 1 ? 1 + random.nextInt(columns.size() - 1) : 0);
    String fresh = "n" + names++;
    String type = TYPES[random.nextInt(TYPES.length)];
    switch (random.nextInt(20)) {
      case 0, 1, 2 -> execute("ALTER TABLE %s ADD COLUMN %s %s".formatted(table, fresh, type));
      case 3 ->
          execute("ALTER TABLE %s ADD COLUMN %s int DEFAULT %d".formatted(table, fresh, names));
      case 4 ->
          execute(
              "ALTER TABLE %s ADD COLUMN %s text DEFAULT clock_timestamp()::text"
                  .formatted(table, fresh));
      case 5, 6 -> {
        if (columns.size() > 2) {
          execute("ALTER TABLE %s DROP COLUMN %s".formatted(table, column));
        }
      }
      case 7, 8, 9 ->
          execute("ALTER TABLE %s RENAME COLUMN %s TO %s".formatted(table, column, fresh));
      case 10 -> {
        if (columns.size() > 2 && !column.equals(columns.get(1))) {
          execute("ALTER TABLE %s RENAME COLUMN %s TO swapped".formatted(table, column));
          execute("ALTER TABLE %s RENAME COLUMN %s TO %s".formatted(table, columns.get(1), column));
          execute("ALTER TABLE %s RENAME COLUMN swapped TO %s".formatted(table, columns.get(1)));
        }
      }
      case 11, 12 ->
          execute(
              "ALTER TABLE %1$s ALTER COLUMN %2$s TYPE %3$s USING left(%2$s::text, 9)::%3$s"
                  .formatted(table, column, type));
      case 13 -> {
        // The same name again, for another column.
        if (columns.size() > 2) {
          execute(
              "ALTER TABLE %1$s DROP COLUMN %2$s, ADD COLUMN %2$s int".formatted(table, column));
        }
      }
      case 14 ->
          execute(
              "COMMENT ON TABLE %s IS 'x%d'".formatted(table, names),
              "CREATE INDEX %1$s_%2$s ON %1$s (%3$s)".formatted(table, fresh, column));
      case 15 ->
          execute(
              "ALTER TABLE %s REPLICA IDENTITY %s"
                  .formatted(table, random.nextBoolean() ? "FULL" : "DEFAULT"));
      case 16 -> execute("TRUNCATE " + table);
      case 17 -> execute("ALTER TABLE %s RENAME COLUMN %s TO k%s".formatted(table, key, fresh));
      case 18 -> {
        List<String> constraint =
            query(
                "SELECT conname FROM pg_constraint WHERE contype = 'p' AND conrelid = '%s'::regclass",
                table);
        if (constraint.isEmpty()) {
          execute("ALTER TABLE %s ADD PRIMARY KEY (%s)".formatted(table, key));
        } else {
          execute("ALTER TABLE %s DROP CONSTRAINT %s".formatted(table, constraint.get(0)));
        }
      }
      default -> {
        if (random.nextInt(3) == 0 && connection.getAutoCommit()) {
          execute("DROP TABLE " + table);
          create(table, false);
        }
      }
    }
  }

  private void write(String table) throws SQLException {
    List<String> columns = columns(table);
    String key = columns.get(0);
    int id = random.nextInt(60);
    switch (random.nextInt(6)) {
      case 0 -> execute("DELETE FROM %s WHERE %s = %d".formatted(table, key, id));
      case 1, 2 -> {
        String column = columns.get(random.nextInt(columns.size()));
        String value = column.equals(key) ? key + " + 30" : value(table, column);
        execute("UPDATE %s SET %s = %s WHERE %s = %d".formatted(table, column, value, key, id));
      }
      default -> {
        List<String> values = new ArrayList<>();
        values.add(Integer.toString(id));
        for (String column : columns.subList(1, columns.size())) {
          values.add(value(table, column));
        }
        execute(
            "INSERT INTO %s (%s) VALUES (%s)"
                .formatted(table, String.join(", ", columns), String.join(", ", values)));
      }
    }
  }

  private String value(String table, String column) throws SQLException {
    String type =
        query(
                "SELECT format_type(atttypid, -1) FROM pg_attribute WHERE attrelid = '%s'::regclass"
                    + " AND attname = '"
                    + column
                    + "'",
                table)
            .get(0);
    if (random.nextInt(8) == 0) {
      return "NULL";
    }
    int number = random.nextInt(1000);
    return switch (type) {
      case "boolean" -> number % 2 == 0 ? "true" : "false";
      case "text" ->
          random.nextInt(5) == 0
              ? "repeat('large %d ', 3000)".formatted(number)
              : "'" + number + "'";
      default -> "'" + number + "'";
    };
  }

  private List<String> tables() throws SQLException {
    return query(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
            + " AND relnamespace = 'public'::regnamespace ORDER BY 1%s",
        "");
  }

  private List<String> columns(String table) throws SQLException {
    return query(
        "SELECT attname FROM pg_attribute WHERE attrelid = '%s'::regclass AND attnum > 0 AND NOT"
            + " attisdropped ORDER BY attnum",
        table);
  }

  private List<String> query(String sql, String argument) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql.formatted(argument))) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    }
    return found;
  }

  /** Executes statements, all or, when the database refuses one, none. */
  private void execute(String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      boolean inTransaction = !connection.getAutoCommit();
      if (inTransaction) {
        statement.execute("SAVEPOINT one");
      }
      for (String sql : statements) {
        try {
          statement.execute(sql);
          done.add(sql);
        } catch (SQLException e) {
          refused.add(e.getMessage());
          if (inTransaction) {
            statement.execute("ROLLBACK TO one");
          }
          return;
        }
      }
    }
  }
}
