package dev.backlot.capture.postgres.preflight;

import dev.backlot.capture.postgres.catalog.Publication;
import dev.backlot.capture.postgres.catalog.SqlText;
import dev.backlot.capture.postgres.catalog.TableId;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether the publication tells everything, and whether whoever logs in may keep it in step with
 * the document. Reads only. For one thread.
 */
public final class PublicationCheck {
  private static final int CHOOSES_ROWS = 15;

  private final Connection connection;
  private final Missing missing;
  private final Publication publication;
  private final String name;

  /** Asks about the publication of all changes over this connection. */
  public PublicationCheck(Connection connection, Missing missing) {
    this(connection, missing, new Publication(connection, missing.spec().name()));
  }

  private PublicationCheck(Connection connection, Missing missing, Publication publication) {
    this.connection = connection;
    this.missing = missing;
    this.publication = publication;
    this.name = SqlText.identifier(publication.name());
  }

  /** Asks about the publication of inserts over this connection. */
  public static PublicationCheck ofInserts(Connection connection, Missing missing) {
    return new PublicationCheck(
        connection, missing, Publication.ofInserts(connection, missing.spec().name()));
  }

  /** What a publication is made to tell. */
  private record Settings(boolean owned, boolean allTables, boolean whole, boolean newest) {}

  /** Checks for the tables that are to be captured. */
  public void run(Collection<TableId> wanted) throws SQLException {
    Optional<Settings> settings = settings();
    if (settings.isEmpty()) {
      creation(wanted);
      return;
    }
    Optional<String> alteration = alteration(settings.get(), new TreeSet<>(wanted));
    if (alteration.isPresent()) {
      differs(alteration.get());
    } else {
      membership(settings.get(), new TreeSet<>(wanted));
    }
  }

  /** Checks what does not depend on the tables that are to be captured. */
  void runForNoTable() throws SQLException {
    Optional<Settings> settings = settings();
    if (settings.isEmpty()) {
      creation(Set.of());
    } else {
      alteration(settings.get(), Set.of()).ifPresent(this::differs);
    }
  }

  /** Says that a publication leaves out what capture needs to read, when it does. */
  public static Optional<Problem> leavesOut(
      Connection connection, Missing missing, Collection<TableId> wanted) throws SQLException {
    PublicationCheck check = new PublicationCheck(connection, missing);
    Optional<Settings> settings = check.settings();
    if (settings.isPresent()) {
      check.alteration(settings.get(), new TreeSet<>(wanted)).ifPresent(check::differs);
    }
    return missing.problems().stream().findFirst();
  }

  private void differs(String statements) {
    missing.connection(
        ProblemCode.CONNECTION_PUBLICATION_DIFFERS,
        "the publication "
            + publication.name()
            + (publication.tellsAll()
                ? " does not tell every change of every row as it is now."
                : " does not tell inserts of every row, and them only.")
            + " Let an administrator run: "
            + statements);
  }

  private void creation(Collection<TableId> wanted) throws SQLException {
    boolean mayCreate =
        isTrue("SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')");
    if (!mayCreate || !ownsAll(wanted)) {
      notAllowed(
          mayCreate ? "tables that others own" : "in this database",
          publication.createStatement(wanted));
    }
  }

  /** Returns the statements that make the publication tell everything, unless it does. */
  private Optional<String> alteration(Settings settings, Set<TableId> wanted) throws SQLException {
    if (settings.allTables()) {
      return Optional.of(
          "DROP PUBLICATION " + name + "; " + publication.createStatement(wanted) + ";");
    }
    StringBuilder statements = new StringBuilder();
    if (!settings.whole()) {
      statements
          .append("ALTER PUBLICATION ")
          .append(name)
          .append(" SET (publish = '")
          .append(publication.published())
          .append("',")
          .append(" publish_via_partition_root = true")
          .append(settings.newest() ? ", publish_generated_columns = none" : "")
          .append(");");
    }
    if (!wanted.isEmpty() && choosesRows()) {
      statements
          .append(statements.length() == 0 ? "" : " ")
          .append("ALTER PUBLICATION ")
          .append(name)
          .append(" SET TABLE ")
          .append(String.join(", ", wanted.stream().map(TableId::sql).toList()))
          .append(";");
    }
    return statements.length() == 0 ? Optional.empty() : Optional.of(statements.toString());
  }

  private void membership(Settings settings, Set<TableId> wanted) throws SQLException {
    Set<TableId> published = publication.tables().orElse(Set.of());
    Set<TableId> lacking = new TreeSet<>(wanted);
    lacking.removeAll(published);
    Set<TableId> surplus = new TreeSet<>(published);
    surplus.removeAll(wanted);
    if (!lacking.isEmpty() && (!settings.owned() || !ownsAll(lacking))) {
      notAllowed(
          settings.owned() ? "tables that others own" : "through a publication that others own",
          publication.addStatement(lacking));
    }
    if (!surplus.isEmpty() && !settings.owned()) {
      missing.connection(
          ProblemCode.CONNECTION_NO_PUBLICATION_RIGHT,
          missing.user()
              + " may not take tables out of the publication. Let an administrator run: "
              + publication.removeStatement(surplus)
              + ";");
    }
  }

  private void notAllowed(String what, String statement) {
    missing.connection(
        ProblemCode.CONNECTION_NO_PUBLICATION_RIGHT,
        missing.user()
            + " may not publish "
            + what
            + ". Let an administrator run: "
            + statement
            + ";");
  }

  private Optional<Settings> settings() throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT pg_catalog.pg_has_role(p.pubowner, 'USAGE'), p.puballtables,
              p.pubinsert AND p.pubupdate = %1$s AND p.pubdelete = %1$s AND p.pubtruncate = %1$s
                AND p.pubviaroot
                AND coalesce(pg_catalog.to_jsonb(p) ->> 'pubgencols', 'n') = 'n',
              pg_catalog.to_jsonb(p) ->> 'pubgencols' IS NOT NULL
            FROM pg_catalog.pg_publication p WHERE p.pubname = ?
            """
                .formatted(publication.tellsAll()))) {
      statement.setString(1, publication.name());
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(
                new Settings(
                    row.getBoolean(1), row.getBoolean(2), row.getBoolean(3), row.getBoolean(4)))
            : Optional.empty();
      }
    }
  }

  /** From version 15 on, a publication can leave out rows and columns, and name whole schemas. */
  private boolean choosesRows() throws SQLException {
    if (connection.getMetaData().getDatabaseMajorVersion() < CHOOSES_ROWS) {
      return false;
    }
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_publication_rel r
                WHERE r.prpubid = p.oid AND (r.prqual IS NOT NULL OR r.prattrs IS NOT NULL))
              OR EXISTS (SELECT 1 FROM pg_catalog.pg_publication_namespace s WHERE s.pnpubid = p.oid)
            FROM pg_catalog.pg_publication p WHERE p.pubname = ?
            """)) {
      statement.setString(1, publication.name());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  private boolean ownsAll(Collection<TableId> tables) throws SQLException {
    for (TableId table : tables) {
      if (!owns(table)) {
        return false;
      }
    }
    return true;
  }

  private boolean owns(TableId table) throws SQLException {
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

  private boolean isTrue(String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      return row.next() && row.getBoolean(1);
    }
  }
}
