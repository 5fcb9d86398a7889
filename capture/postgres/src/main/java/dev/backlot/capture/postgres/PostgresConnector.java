package dev.backlot.capture.postgres;

import dev.backlot.capture.postgres.catalog.DdlTrigger;
import dev.backlot.capture.postgres.catalog.Publication;
import dev.backlot.capture.postgres.catalog.Slot;
import dev.backlot.capture.postgres.catalog.SourceConnections;
import dev.backlot.capture.secret.Secrets;
import dev.backlot.capture.worker.CaptureConnector;
import dev.backlot.capture.worker.CaptureSession;
import dev.backlot.model.spec.ConnectionSpec;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Captures PostgreSQL 14 and newer by logical replication. */
public final class PostgresConnector implements CaptureConnector {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresConnector.class);

  @Override
  public boolean captures(ConnectionSpec.Type type) {
    return type == ConnectionSpec.Type.POSTGRESQL;
  }

  @Override
  public void run(CaptureSession session) throws Exception {
    new PostgresCapture(session).run();
  }

  @Override
  public Map<String, Object> watch(ConnectionSpec spec, Secrets secrets) throws Exception {
    SourceConnections connections = new SourceConnections(spec.config(), secrets);
    try (Connection connection = connections.open()) {
      RetainedLog retained = new RetainedLog(new Slot(connection, spec.name()));
      Map<String, Object> details = retained.measure(spec.wal());
      try {
        retained.enforce(spec.wal());
      } catch (SQLException e) {
        LOG.warn("Cannot drop the slot of '{}': {}", spec.name(), e.getMessage());
      }
      return details;
    }
  }

  @Override
  public void remove(ConnectionSpec spec, Secrets secrets) throws Exception {
    SourceConnections connections = new SourceConnections(spec.config(), secrets);
    try (Connection connection = connections.open()) {
      new Slot(connection, spec.name()).drop();
      Publication.dropAll(connection, spec.name());
      DdlTrigger.dropUnlessUsed(connection);
    } catch (SQLException e) {
      throw PostgresPreflight.unreachable(spec, e);
    }
  }
}
