package dev.backlot.capture.worker;

import dev.backlot.metadata.CaptureStore;
import dev.backlot.metadata.MetadataDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens for notifications of the metadata database and passes them on; survives its restarts. */
final class MetadataSignals implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MetadataSignals.class);
  private static final int WAIT_MILLIS = 1_000;

  private final MetadataDatabase metadata;
  private final Runnable onSignal;
  private final Thread thread;
  private volatile boolean closed;

  MetadataSignals(MetadataDatabase metadata, Runnable onSignal) {
    this.metadata = metadata;
    this.onSignal = onSignal;
    this.thread = new Thread(this::run, "backlot-capture-signals");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    while (!closed) {
      try (Connection connection = metadata.dataSource().getConnection()) {
        listen(connection);
      } catch (SQLException | RuntimeException e) {
        LOG.debug("Not listening to the metadata database", e);
        pause();
      }
    }
  }

  private void listen(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("LISTEN " + CaptureStore.CHANNEL);
    }
    PGConnection postgres = connection.unwrap(PGConnection.class);
    while (!closed) {
      PGNotification[] notifications = postgres.getNotifications(WAIT_MILLIS);
      if (notifications != null && notifications.length > 0) {
        onSignal.run();
      }
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute("UNLISTEN *");
    }
  }

  private static void pause() {
    try {
      Thread.sleep(WAIT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
