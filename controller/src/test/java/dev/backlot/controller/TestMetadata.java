package dev.backlot.controller;

import dev.backlot.embedded.PostgresServer;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.platform.PlatformConfig.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Metadata databases, each with nothing in it: copies of one that was migrated, in one server that
 * ends with the JVM.
 */
final class TestMetadata {
  private static final String MIGRATED = "migrated";
  private static PostgresServer server;
  private static int made;

  private TestMetadata() {}

  /** Returns a new one. */
  static synchronized Database database() {
    if (server == null) {
      server = PostgresServer.temporary().setting("max_connections", "300").start();
      create(MIGRATED, "template1");
      MetadataDatabase.open(named(MIGRATED)).close();
    }
    String name = "metadata_" + ++made;
    create(name, MIGRATED);
    return named(name);
  }

  private static void create(String name, String template) {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name + " TEMPLATE " + template);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Database named(String name) {
    return new Database(server.jdbcUrl(name), "postgres", "postgres");
  }
}
