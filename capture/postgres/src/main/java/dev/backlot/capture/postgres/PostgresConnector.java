package dev.backlot.capture.postgres;

import dev.backlot.capture.postgres.catalog.Publication;
import dev.backlot.capture.postgres.catalog.Slot;
import dev.backlot.capture.postgres.catalog.SourceConnections;
import dev.backlot.capture.secret.Secrets;
import dev.backlot.capture.worker.CaptureConnector;
import dev.backlot.capture.worker.CaptureSession;
import dev.backlot.model.spec.ConnectionSpec;
import java.sql.Connection;

/** Captures PostgreSQL 14 and newer by logical replication. */
public final class PostgresConnector implements CaptureConnector {
  @Override
  public boolean captures(ConnectionSpec.Type type) {
    return type == ConnectionSpec.Type.POSTGRESQL;
  }

  @Override
  public void run(CaptureSession session) throws Exception {
    new PostgresCapture(session).run();
  }

  @Override
  public void remove(ConnectionSpec spec, Secrets secrets) throws Exception {
    SourceConnections connections = new SourceConnections(spec.config(), secrets);
    try (Connection connection = connections.open()) {
      new Slot(connection, spec.name()).drop();
      new Publication(connection, spec.name()).drop();
    } catch (java.sql.SQLException e) {
      throw PostgresPreflight.unreachable(spec, e);
    }
  }
}
