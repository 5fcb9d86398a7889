package dev.backlot.controller.evolution;

import dev.backlot.model.platform.PlatformConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells at once when a Source appears or changes its schema, as the metadata database says so. A
 * notice that is lost with the connection costs time only: whoever is told looks by itself as well.
 */
public final class SourceNotices implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SourceNotices.class);
  private static final int PATIENCE_MILLIS = 5_000;

  private final PlatformConfig.Database database;
  private final Runnable listener;
  private final Thread thread = new Thread(this::run, "source-notices");
  private volatile boolean closed;

  /** Prepares; {@link #start} begins to listen. */
  public SourceNotices(PlatformConfig.Database database, Runnable listener) {
    this.database = database;
    this.listener = listener;
  }

  /** Starts the one thread that listens. */
  public void start() {
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    while (!closed) {
      try {
        listen();
      } catch (SQLException e) {
        LOG.debug("Cannot listen to the metadata database, trying again", e);
        rest();
      }
    }
  }

  private void listen() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", database.user());
    properties.setProperty("password", database.password());
    properties.setProperty("ApplicationName", "backlot-notices");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("connectTimeout", "5");
    try (Connection connection = DriverManager.getConnection(database.jdbcUrl(), properties);
        Statement statement = connection.createStatement()) {
      statement.execute("LISTEN backlot_source");
      listener.run();
      PGConnection notices = connection.unwrap(PGConnection.class);
      while (!closed) {
        if (notices.getNotifications(PATIENCE_MILLIS).length > 0) {
          listener.run();
        } else {
          statement.execute("SELECT 1");
        }
      }
    }
  }

  private static void rest() {
    try {
      TimeUnit.SECONDS.sleep(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
