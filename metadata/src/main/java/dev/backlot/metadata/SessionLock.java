package dev.backlot.metadata;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;

/** PostgreSQL's advisory locks, by a kind and a name; they go with the session. */
final class SessionLock {
  private SessionLock() {}

  /**
   * Does something while no other session holds the lock.
   *
   * @return empty when another one does
   */
  static <T> Optional<T> holding(Jdbi jdbi, int kind, String name, Supplier<T> work) {
    return jdbi.withHandle(
        handle -> {
          Connection session = handle.getConnection();
          if (!call(session, "pg_try_advisory_lock", kind, name)) {
            return Optional.empty();
          }
          try {
            return Optional.of(work.get());
          } finally {
            call(session, "pg_advisory_unlock", kind, name);
          }
        });
  }

  private static boolean call(Connection session, String function, int kind, String name) {
    try (var statement = session.prepareStatement("SELECT " + function + "(?, hashtext(?))")) {
      statement.setInt(1, kind);
      statement.setString(2, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("Cannot lock " + name, e);
    }
  }
}
