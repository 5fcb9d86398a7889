package dev.backlot.capture.postgres;

import dev.backlot.capture.postgres.catalog.Catalog;
import dev.backlot.capture.postgres.catalog.Publication;
import dev.backlot.capture.postgres.catalog.Slot;
import dev.backlot.capture.postgres.catalog.SourceConnections;
import dev.backlot.capture.postgres.catalog.SqlText;
import dev.backlot.capture.postgres.catalog.TableId;
import dev.backlot.capture.postgres.catalog.TableSelection;
import dev.backlot.capture.postgres.catalog.TableShapes;
import dev.backlot.capture.secret.Secrets;
import dev.backlot.capture.worker.Sources;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.model.spec.ConnectionSpec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether a database can be captured, and names everything that is missing, each with the
 * statement that mends it. Changes nothing.
 */
public final class PostgresPreflight {
  private static final int OLDEST_VERSION = 140_000;

  private final ConnectionSpec spec;
  private final Secrets secrets;
  private final List<Problem> problems = new ArrayList<>();
  private final List<SourceDescriptor> sources = new ArrayList<>();

  private PostgresPreflight(ConnectionSpec spec, Secrets secrets) {
    this.spec = spec;
    this.secrets = secrets;
  }

  /**
   * What was found.
   *
   * @param problems of the connection first, then of single tables; none when all is well
   * @param sources what the connection's tables would be as Sources
   */
  public record Findings(List<Problem> problems, List<SourceDescriptor> sources) {
    /** Copies what is mutable. */
    public Findings {
      problems = List.copyOf(problems);
      sources = List.copyOf(sources);
    }
  }

  /** Checks a connection and discovers its tables. Takes seconds when the host does not answer. */
  public static Findings check(ConnectionSpec spec, Secrets secrets) {
    PostgresPreflight preflight = new PostgresPreflight(spec, secrets);
    preflight.run(true);
    return new Findings(preflight.problems, preflight.sources);
  }

  /** Returns only the problems that keep the connection as a whole from being captured. */
  static List<Problem> blocking(ConnectionSpec spec, Secrets secrets) {
    PostgresPreflight preflight = new PostgresPreflight(spec, secrets);
    preflight.run(false);
    return preflight.problems;
  }

  private void run(boolean withTables) {
    SourceConnections connections = new SourceConnections(spec.config(), secrets);
    try (Connection connection = connections.open()) {
      if (version(connection)) {
        server(connection, connections);
        tables(connection, withTables);
      }
    } catch (ProblemException e) {
      problems.addAll(e.problems());
    } catch (SQLException e) {
      problems.addAll(unreachable(spec, e).problems());
    }
  }

  /** Says what a failed attempt to connect means. */
  public static ProblemException unreachable(ConnectionSpec spec, SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    String where = spec.config().host() + ":" + spec.config().port();
    String text = message(e);
    return switch (state) {
      case "28P01", "28000" ->
          new ProblemException(
              ProblemCode.CONNECTION_LOGIN_REFUSED,
              "Cannot log in to connection '"
                  + spec.name()
                  + "': the server at "
                  + where
                  + " refuses user '"
                  + spec.config().user()
                  + "' ("
                  + text
                  + "). Correct user and password; to set it, run: ALTER ROLE "
                  + SqlText.identifier(spec.config().user())
                  + " LOGIN PASSWORD '…'.",
              e);
      case "3D000" ->
          new ProblemException(
              ProblemCode.CONNECTION_UNREACHABLE,
              "Cannot reach connection '"
                  + spec.name()
                  + "': the server at "
                  + where
                  + " has no database '"
                  + spec.config().database()
                  + "'. Correct config.database, or run: CREATE DATABASE "
                  + SqlText.identifier(spec.config().database())
                  + ".",
              e);
      default ->
          new ProblemException(
              ProblemCode.CONNECTION_UNREACHABLE,
              "Cannot reach connection '"
                  + spec.name()
                  + "': "
                  + where
                  + " does not serve ("
                  + text
                  + "). Start the server, or correct config.host and config.port.",
              e);
    };
  }

  private static String message(SQLException e) {
    String text = String.valueOf(e.getMessage()).strip();
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }

  private boolean version(Connection connection) throws SQLException {
    int version = (int) number(connection, "SHOW server_version_num");
    if (version >= OLDEST_VERSION) {
      return true;
    }
    add(
        ProblemCode.CONNECTION_VERSION_UNSUPPORTED,
        "the server is PostgreSQL "
            + version / 10_000
            + ", and 14 is the oldest that can be captured. Upgrade it.");
    return false;
  }

  private void server(Connection connection, SourceConnections connections) throws SQLException {
    String walLevel = text(connection, "SHOW wal_level");
    if (!walLevel.equals("logical")) {
      add(
          ProblemCode.CONNECTION_WAL_LEVEL,
          "the server's wal_level is '"
              + walLevel
              + "', and changes can only be told from 'logical'. Run: ALTER SYSTEM SET wal_level ="
              + " 'logical'; and restart the server.");
    }
    if (!new Catalog(connection).mayReplicate()) {
      problems.add(noReplicationRight(spec));
    } else if (walLevel.equals("logical")) {
      replicationLogin(connections);
    }
    slot(connection);
  }

  static Problem noReplicationRight(ConnectionSpec spec) {
    return Problem.of(
        ProblemCode.CONNECTION_NO_REPLICATION_RIGHT,
        "Cannot capture connection '"
            + spec.name()
            + "': user '"
            + spec.config().user()
            + "' may not replicate. Run: ALTER ROLE "
            + SqlText.identifier(spec.config().user())
            + " REPLICATION;");
  }

  private void replicationLogin(SourceConnections connections) {
    try (Connection replication = connections.openReplication(() -> {})) {
      replication.isValid(5);
    } catch (SQLException e) {
      if ("53300".equals(e.getSQLState())) {
        add(
            ProblemCode.CONNECTION_NO_SLOT_FREE,
            "no walsender is free. Run: ALTER SYSTEM SET max_wal_senders = 20; and restart the"
                + " server.");
        return;
      }
      add(
          ProblemCode.CONNECTION_NO_REPLICATION_RIGHT,
          "the server refuses a replication connection ("
              + message(e)
              + "). Allow user '"
              + spec.config().user()
              + "' in pg_hba.conf and run: SELECT pg_reload_conf();");
    }
  }

  private void slot(Connection connection) throws SQLException {
    Slot slot = new Slot(connection, spec.name());
    Optional<Slot.Status> status = slot.status();
    if (status.isPresent()) {
      String database = text(connection, "SELECT pg_catalog.current_database()");
      if (!status.get().database().equals(database)) {
        add(
            ProblemCode.CONNECTION_NO_SLOT_FREE,
            "the replication slot "
                + slot.name()
                + " belongs to the database '"
                + status.get().database()
                + "'. Name this connection differently.");
      }
      return;
    }
    long used = number(connection, "SELECT count(*) FROM pg_catalog.pg_replication_slots");
    long most = number(connection, "SHOW max_replication_slots");
    if (used >= most) {
      add(
          ProblemCode.CONNECTION_NO_SLOT_FREE,
          "all "
              + most
              + " replication slots are taken. Run: ALTER SYSTEM SET max_replication_slots = "
              + (most + 10)
              + "; and restart the server.");
    }
  }

  private void tables(Connection connection, boolean withTables) throws SQLException {
    Catalog catalog = new Catalog(connection);
    TableSelection selection = TableSelection.of(spec, catalog.tables());
    publicationRight(connection, selection.captured().keySet());
    if (!withTables) {
      return;
    }
    problems.addAll(selection.refused().values());
    TableShapes shapes = new TableShapes(catalog);
    for (Catalog.Table table : selection.captured().values()) {
      Problem right = readRight(connection, table);
      if (right != null) {
        problems.add(right);
      }
      TableId id = table.id();
      SourceDescriptor found =
          Sources.discovered(
              id.source(spec.name()),
              id.schema(),
              id.table(),
              shapes.current(id.source(spec.name()).toString(), table).schema());
      sources.add(
          table.tellsWholeBefore() ? found.withWholeBeforeSince(catalog.now().toString()) : found);
    }
  }

  /** Returns why a table can't be read, or null. */
  private @Nullable Problem readRight(Connection connection, Catalog.Table table)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT pg_catalog.has_schema_privilege(c.relnamespace, 'USAGE'),
              pg_catalog.has_table_privilege(c.oid, 'SELECT')
            FROM pg_catalog.pg_class c WHERE c.oid = ?
            """)) {
      statement.setLong(1, table.oid() & 0xffffffffL);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next() || (row.getBoolean(1) && row.getBoolean(2))) {
          return null;
        }
        String user = SqlText.identifier(spec.config().user());
        return Problem.of(
            ProblemCode.CONNECTION_TABLE_NO_RIGHT,
            "Cannot capture table '"
                + table.id()
                + "' of connection '"
                + spec.name()
                + "': user '"
                + spec.config().user()
                + "' may not read it. Run: GRANT USAGE ON SCHEMA "
                + SqlText.identifier(table.id().schema())
                + " TO "
                + user
                + "; GRANT SELECT ON "
                + table.id().sql()
                + " TO "
                + user
                + ";");
      }
    }
  }

  private void publicationRight(Connection connection, Collection<TableId> wanted)
      throws SQLException {
    Publication publication = new Publication(connection, spec.name());
    Optional<Set<TableId>> present = publication.tables();
    Set<TableId> lacking = new TreeSet<>(wanted);
    present.ifPresent(lacking::removeAll);
    if (present.isPresent() && lacking.isEmpty()) {
      return;
    }
    boolean mayCreate =
        present.isPresent()
            || isTrue(
                connection,
                "SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(),"
                    + " 'CREATE')");
    boolean ownsAll = true;
    for (TableId table : lacking) {
      ownsAll &= owns(connection, table);
    }
    if (mayCreate && ownsAll) {
      return;
    }
    String statement =
        present.isPresent()
            ? publication.addStatement(lacking)
            : publication.createStatement(wanted);
    add(
        ProblemCode.CONNECTION_NO_PUBLICATION_RIGHT,
        "user '"
            + spec.config().user()
            + "' may not publish "
            + (ownsAll ? "in this database" : "tables that others own")
            + ". Let an administrator run: "
            + statement
            + ";");
  }

  private static boolean owns(Connection connection, TableId table) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT pg_catalog.pg_has_role(c.relowner, 'USAGE') FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relname = ?
            """)) {
      statement.setString(1, table.schema());
      statement.setString(2, table.table());
      try (ResultSet row = statement.executeQuery()) {
        return !row.next() || row.getBoolean(1);
      }
    }
  }

  private void add(ProblemCode code, String cause) {
    problems.add(Problem.of(code, "Cannot capture connection '" + spec.name() + "': " + cause));
  }

  private static String text(Connection connection, String sql) throws SQLException {
    return new Catalog(connection).text(sql);
  }

  private static long number(Connection connection, String sql) throws SQLException {
    return Long.parseLong(text(connection, sql));
  }

  private static boolean isTrue(Connection connection, String sql) throws SQLException {
    return "t".equals(text(connection, sql));
  }
}
