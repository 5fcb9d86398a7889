package dev.backlot.capture.postgres;

import dev.backlot.capture.postgres.catalog.Catalog;
import dev.backlot.capture.postgres.catalog.SourceConnections;
import dev.backlot.capture.postgres.catalog.TableId;
import dev.backlot.capture.postgres.catalog.TableSelection;
import dev.backlot.capture.postgres.catalog.TableShapes;
import dev.backlot.capture.postgres.preflight.Advice;
import dev.backlot.capture.postgres.preflight.Missing;
import dev.backlot.capture.postgres.preflight.PublicationCheck;
import dev.backlot.capture.postgres.preflight.Refusal;
import dev.backlot.capture.postgres.preflight.ServerCheck;
import dev.backlot.capture.postgres.preflight.TableCheck;
import dev.backlot.capture.secret.Secrets;
import dev.backlot.capture.worker.Sources;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemException;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.model.spec.ConnectionSpec;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks whether a database can be captured, and names everything that is missing, each with the
 * statement that mends it. Changes nothing.
 */
public final class PostgresPreflight {
  private final ConnectionSpec spec;
  private final Secrets secrets;
  private final Missing missing;
  private final List<SourceDescriptor> sources = new ArrayList<>();
  private final List<String> advice = new ArrayList<>();

  private PostgresPreflight(ConnectionSpec spec, Secrets secrets) {
    this.spec = spec;
    this.secrets = secrets;
    this.missing = new Missing(spec);
  }

  /**
   * What was found.
   *
   * @param problems of the connection first, then of single tables; none when all is well
   * @param sources what the connection's tables would be as Sources
   * @param advice what should be changed, though nothing forbids to capture without
   */
  public record Findings(
      List<Problem> problems, List<SourceDescriptor> sources, List<String> advice) {
    /** Copies what is mutable. */
    public Findings {
      problems = List.copyOf(problems);
      sources = List.copyOf(sources);
      advice = List.copyOf(advice);
    }
  }

  /** Checks a connection and discovers its tables. Takes seconds when the host does not answer. */
  public static Findings check(ConnectionSpec spec, Secrets secrets) {
    PostgresPreflight preflight = new PostgresPreflight(spec, secrets);
    preflight.run(true);
    return new Findings(preflight.missing.problems(), preflight.sources, preflight.advice);
  }

  /** Returns only the problems that keep the connection as a whole from being captured. */
  static List<Problem> blocking(ConnectionSpec spec, Secrets secrets) {
    PostgresPreflight preflight = new PostgresPreflight(spec, secrets);
    preflight.run(false);
    return preflight.missing.problems();
  }

  private void run(boolean withTables) {
    SourceConnections connections = new SourceConnections(spec.config(), secrets);
    try (Connection connection = connections.open()) {
      ServerCheck server = new ServerCheck(connection, missing);
      if (server.versionIsKnown()) {
        server.run(connections);
        tables(connection, withTables);
        advice.addAll(Advice.of(connection, spec));
      }
    } catch (ProblemException e) {
      e.problems().forEach(missing::add);
    } catch (SQLException e) {
      unreachable(spec, e).problems().forEach(missing::add);
    }
  }

  /** Says what a failed attempt to connect means. */
  public static ProblemException unreachable(ConnectionSpec spec, SQLException e) {
    return Refusal.of(spec, e);
  }

  static Problem noReplicationRight(ConnectionSpec spec) {
    return ServerCheck.noReplicationRight(spec);
  }

  private void tables(Connection connection, boolean withTables) throws SQLException {
    Catalog catalog = new Catalog(connection);
    TableSelection selection = TableSelection.of(spec, catalog.tables());
    Set<TableId> byInserts = selection.byInserts(spec);
    new PublicationCheck(connection, missing).run(selection.wholly(spec));
    if (!byInserts.isEmpty()) {
      PublicationCheck.ofInserts(connection, missing).run(byInserts);
    }
    if (!withTables) {
      return;
    }
    TableCheck check = new TableCheck(connection, missing);
    for (Map.Entry<String, Problem> refused : selection.refused().entrySet()) {
      missing.add(check.exactly(refused.getKey(), refused.getValue()));
    }
    TableShapes shapes = new TableShapes(catalog);
    for (Catalog.Table table : selection.captured().values()) {
      check.readable(table);
      TableId id = table.id();
      SourceDescriptor found =
          Sources.discovered(
              id.source(spec.name()),
              id.schema(),
              id.table(),
              shapes.current(id.source(spec.name()).toString(), table).schema());
      sources.add(
          table.tellsWholeBefore() && !byInserts.contains(id)
              ? found.withWholeBeforeSince(catalog.now().toString())
              : found);
    }
  }
}
