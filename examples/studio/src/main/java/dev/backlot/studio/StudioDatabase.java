package dev.backlot.studio;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Properties;

/**
 * The studio's database on one PostgreSQL server: roles, schema, first data.
 *
 * @param database its name
 */
record StudioDatabase(
    String host, int port, String adminUser, String adminPassword, String database) {
  /** Owns the tables, and does the studio's own work on them. */
  static final String OWNER = "studio";

  /** What Backlot logs in as. */
  static final String CAPTURE_USER = "backlot";

  /** What the studio's graph logs in as, with its name as the password; it may only read. */
  static final String EDGE_USER = "studio_edge";

  /**
   * Makes what is missing and leaves what is there. The schema and the first data come in one
   * transaction, so a studio that was killed meanwhile starts over.
   *
   * @param capturePassword what the role {@code backlot} logs in with from now on
   * @return whether the data were loaded by this call
   */
  boolean create(String capturePassword, long seed, Instant now) throws SQLException {
    try (Connection admin = connect("postgres", adminUser, adminPassword)) {
      admin.setAutoCommit(true);
      makeRole(admin, OWNER, "LOGIN", OWNER);
      makeRole(admin, CAPTURE_USER, "LOGIN REPLICATION", capturePassword);
      makeRole(admin, EDGE_USER, "LOGIN", EDGE_USER);
      if (!exists(admin, "SELECT FROM pg_database WHERE datname = ?", database)) {
        execute(admin, "CREATE DATABASE " + quoted(database) + " OWNER " + OWNER);
      }
      // Only the owner of a table may publish it, so Backlot's role is a member of the owner.
      execute(admin, "GRANT " + OWNER + " TO " + CAPTURE_USER);
      execute(admin, "GRANT CREATE ON DATABASE " + quoted(database) + " TO " + CAPTURE_USER);
    }
    try (Connection admin = connect(database, adminUser, adminPassword)) {
      admin.setAutoCommit(true);
      execute(admin, "ALTER SCHEMA public OWNER TO " + OWNER);
      boolean loaded = loadOnce(seed, now);
      execute(admin, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + EDGE_USER);
      logOldMovieOfDeals(admin);
      return loaded;
    }
  }

  /**
   * Reports per movie must learn which movie a deal belonged to, also when it goes to another or is
   * deleted, and the movie is no part of its key. Studios from before there were such reports lack
   * this.
   */
  private static void logOldMovieOfDeals(Connection admin) throws SQLException {
    String lacking = "SELECT FROM pg_class WHERE oid = to_regclass(?) AND relreplident <> 'f'";
    if (exists(admin, lacking, "public.deal")) {
      execute(admin, "ALTER TABLE public.deal REPLICA IDENTITY FULL");
    }
  }

  private boolean loadOnce(long seed, Instant now) throws SQLException {
    try (Connection owner = connectAsOwner()) {
      if (exists(
          owner, "SELECT FROM pg_tables WHERE schemaname = ? AND tablename = 'movie'", "public")) {
        return false;
      }
      execute(owner, schema());
      load(owner, seed, now);
      owner.commit();
      return true;
    }
  }

  /** A connection of the studio itself, without automatic commit. */
  Connection connectAsOwner() throws SQLException {
    Connection connection = connect(database, OWNER, OWNER);
    connection.setAutoCommit(false);
    return connection;
  }

  /** The address with which other programs connect. */
  String url() {
    return "jdbc:postgresql://" + host + ":" + port + "/" + database;
  }

  private static void load(Connection owner, long seed, Instant now) throws SQLException {
    Slate slate = Slate.invent(Words.load(), seed, now);
    Inserts inserts = new Inserts(owner, now);
    inserts.movies(FilmLibrary.read());
    inserts.movies(slate.movies());
    inserts.talent(slate.talent());
    inserts.cast(slate.cast());
    inserts.deals(slate.deals());
    inserts.vendors(slate.vendors());
    inserts.payments(slate.payments());
    inserts.scheduleDays(slate.scheduleDays());
    inserts.reshootDays(slate.reshootDays());
    restartSequence(owner, "movie", "movie_id");
    restartSequence(owner, "talent", "talent_id");
  }

  private static void restartSequence(Connection owner, String table, String column)
      throws SQLException {
    execute(
        owner,
        "SELECT setval(pg_get_serial_sequence('%1$s', '%2$s'), (SELECT max(%2$s) FROM %1$s))"
            .formatted(table, column));
  }

  private Connection connect(String name, String user, String password) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("ApplicationName", "studio");
    properties.setProperty("connectTimeout", "10");
    properties.setProperty("reWriteBatchedInserts", "true");
    return DriverManager.getConnection(
        "jdbc:postgresql://" + host + ":" + port + "/" + name, properties);
  }

  /** Role names are ours and plain; the password is set on every start, so that it can change. */
  private static void makeRole(Connection admin, String role, String attributes, String password)
      throws SQLException {
    if (!exists(admin, "SELECT FROM pg_roles WHERE rolname = ?", role)) {
      execute(admin, "CREATE ROLE " + role);
    }
    String literal = "'" + password.replace("'", "''") + "'";
    if (password.contains("\\")) {
      literal = " E" + literal.replace("\\", "\\\\");
    }
    execute(admin, "ALTER ROLE " + role + " " + attributes + " PASSWORD " + literal);
  }

  private static boolean exists(Connection connection, String query, String parameter)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, parameter);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String quoted(String identifier) {
    return "\"" + identifier.replace("\"", "\"\"") + "\"";
  }

  private static String schema() {
    try (InputStream in = StudioDatabase.class.getResourceAsStream("schema.sql")) {
      if (in == null) {
        throw new IllegalStateException("No resource: schema.sql");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
