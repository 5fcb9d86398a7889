package dev.backlot.capture.postgres.catalog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A publication of a connection: {@code backlot_<connection>} tells all changes of tables whose
 * rows can be told apart, {@code backlot_<connection>_inserts} the inserts of those whose rows
 * can't: were they in the other one, PostgreSQL would refuse to update and delete their rows. For
 * one thread.
 */
public final class Publication {
  private static final String ALL = "insert, update, delete, truncate";
  private static final String INSERTS = "insert";

  private final Connection connection;
  private final String name;
  private final String published;

  /** Looks after the publication of a Backlot connection that tells all changes. */
  public Publication(Connection connection, String backlotConnection) {
    this(connection, name(backlotConnection), ALL);
  }

  private Publication(Connection connection, String name, String published) {
    this.connection = connection;
    this.name = name;
    this.published = published;
  }

  /** Looks after the publication of a Backlot connection that tells inserts only. */
  public static Publication ofInserts(Connection connection, String backlotConnection) {
    return new Publication(connection, insertsName(backlotConnection), INSERTS);
  }

  /** Drops both publications of a Backlot connection, as far as there are any. */
  public static void dropAll(Connection connection, String backlotConnection) throws SQLException {
    new Publication(connection, backlotConnection).drop();
    ofInserts(connection, backlotConnection).drop();
  }

  /** Returns the name of a Backlot connection's slot, and of its publication of all changes. */
  public static String name(String backlotConnection) {
    return fitting("backlot_" + backlotConnection);
  }

  /** Returns the name of a Backlot connection's publication of inserts. */
  public static String insertsName(String backlotConnection) {
    return fitting("backlot_" + backlotConnection + "_inserts");
  }

  /** Returns its name. */
  public String name() {
    return name;
  }

  /** Returns whether it tells all changes, and not inserts only. */
  public boolean tellsAll() {
    return published.equals(ALL);
  }

  /** Returns what it publishes, as its statements say it. */
  public String published() {
    return published;
  }

  /** PostgreSQL cuts names off after 63 bytes. */
  private static String fitting(String name) {
    return name.length() <= 63
        ? name
        : name.substring(0, 54) + "_" + Integer.toHexString(name.hashCode());
  }

  /** Returns the tables in the publication, unless there is none. */
  public Optional<Set<TableId>> tables() throws SQLException {
    try (PreparedStatement exists =
        connection.prepareStatement("SELECT 1 FROM pg_catalog.pg_publication WHERE pubname = ?")) {
      exists.setString(1, name);
      try (ResultSet row = exists.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
      }
    }
    Set<TableId> tables = new TreeSet<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT n.nspname, c.relname FROM pg_catalog.pg_publication p
            JOIN pg_catalog.pg_publication_rel r ON r.prpubid = p.oid
            JOIN pg_catalog.pg_class c ON c.oid = r.prrelid
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE p.pubname = ?
            """)) {
      statement.setString(1, name);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          tables.add(new TableId(rows.getString(1), rows.getString(2)));
        }
      }
    }
    return Optional.of(tables);
  }

  /** Returns the statement that creates the publication. */
  public String createStatement(Collection<TableId> tables) {
    return "CREATE PUBLICATION "
        + SqlText.identifier(name)
        + (tables.isEmpty() ? "" : " FOR TABLE " + list(tables))
        + " WITH (publish = '"
        + published
        + "', publish_via_partition_root = true)";
  }

  /** Returns the statement that adds tables. */
  public String addStatement(Collection<TableId> tables) {
    return "ALTER PUBLICATION " + SqlText.identifier(name) + " ADD TABLE " + list(tables);
  }

  /** Returns the statement that takes tables out. */
  public String removeStatement(Collection<TableId> tables) {
    return "ALTER PUBLICATION " + SqlText.identifier(name) + " DROP TABLE " + list(tables);
  }

  /** Creates the publication. */
  public void create(Collection<TableId> tables) throws SQLException {
    execute(createStatement(tables));
  }

  /** Adds tables; what changes in others goes on. */
  public void add(Collection<TableId> tables) throws SQLException {
    execute(addStatement(tables));
  }

  /** Takes tables out. */
  public void remove(Collection<TableId> tables) throws SQLException {
    execute(removeStatement(tables));
  }

  /** Drops the publication, if there is one. */
  public void drop() throws SQLException {
    execute("DROP PUBLICATION IF EXISTS " + SqlText.identifier(name));
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String list(Collection<TableId> tables) {
    return tables.stream().map(table -> "ONLY " + table.sql()).collect(Collectors.joining(", "));
  }
}
