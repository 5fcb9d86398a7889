package dev.backlot.controller.pipeline;

import dev.backlot.model.platform.PlatformConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one of several controllers the leader: the one whose session holds a PostgreSQL advisory
 * lock. The database lets go of it when the session ends, whatever ended it. Used by one thread.
 */
final class LeaderLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderLock.class);
  private static final long KEY = 0x6261636b6c6f7402L;
  private static final int ALIVE_SECONDS = 2;

  private final PlatformConfig.Database database;
  private @Nullable Connection session;
  private volatile boolean leading;

  LeaderLock(PlatformConfig.Database database) {
    this.database = database;
  }

  /** Returns whether this controller leads now, after trying to when nobody does. */
  boolean tryLead() {
    try {
      Connection current = session;
      if (current != null && leading && current.isValid(ALIVE_SECONDS)) {
        return true;
      }
      if (current == null || !current.isValid(ALIVE_SECONDS)) {
        close();
        current = open();
        session = current;
      }
      leading = lock(current);
    } catch (SQLException e) {
      LOG.debug("Cannot try to lead", e);
      close();
    }
    return leading;
  }

  /** Returns whether this controller led when it last tried. */
  boolean isLeading() {
    return leading;
  }

  private Connection open() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", database.user());
    properties.setProperty("password", database.password());
    properties.setProperty("ApplicationName", "backlot-leader");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("socketTimeout", "10");
    return DriverManager.getConnection(database.jdbcUrl(), properties);
  }

  private static boolean lock(Connection session) throws SQLException {
    try (PreparedStatement statement = session.prepareStatement("SELECT pg_try_advisory_lock(?)")) {
      statement.setLong(1, KEY);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  @Override
  public void close() {
    leading = false;
    Connection current = session;
    session = null;
    if (current != null) {
      try {
        current.close();
      } catch (SQLException e) {
        LOG.debug("Cannot close the leader's session", e);
      }
    }
  }
}
