package dev.backlot.server.process;

import dev.backlot.embedded.PostgresServer;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** An embedded PostgreSQL with one database and the role that owns it. */
public final class PostgresService implements Service {
  private final String name;
  private final PostgresServer.Builder builder;
  private final int port;
  private final String database;
  private final String role;
  private final String password;
  private final LogFile log;

  /**
   * Prepares a server.
   *
   * @param builder the server, whose superuser has the same password as the role
   * @param role the owner of the database, created with it; may be {@code postgres} itself
   */
  public PostgresService(
      String name,
      PostgresServer.Builder builder,
      int port,
      String database,
      String role,
      String password,
      Path log) {
    this.name = name;
    this.builder = builder.port(port).password(password).log(log);
    this.port = port;
    this.database = database;
    this.role = role;
    this.password = password;
    this.log = new LogFile(log);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Optional<String> url() {
    return Optional.of("postgresql://" + role + "@localhost:" + port + "/" + database);
  }

  @Override
  public Running start() {
    PostgresServer server = builder.start();
    try {
      createDatabase(server);
    } catch (SQLException | RuntimeException e) {
      server.stop();
      throw new ProblemException(
          ProblemCode.INTERNAL,
          "Cannot create database '"
              + database
              + "': "
              + e.getMessage()
              + ". See "
              + log.path()
              + ".",
          e);
    }
    return new RunningServer(server);
  }

  private void createDatabase(PostgresServer server) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      if (!exists(statement, "SELECT 1 FROM pg_roles WHERE rolname = '" + role + "'")) {
        statement.execute("CREATE ROLE " + role + " LOGIN PASSWORD '" + password + "'");
      }
      if (!exists(statement, "SELECT 1 FROM pg_database WHERE datname = '" + database + "'")) {
        statement.execute("CREATE DATABASE " + database + " OWNER " + role);
      }
    }
  }

  private static boolean exists(Statement statement, String query) throws SQLException {
    try (ResultSet rows = statement.executeQuery(query)) {
      return rows.next();
    }
  }

  private final class RunningServer implements Running {
    private final PostgresServer server;

    private RunningServer(PostgresServer server) {
      this.server = server;
    }

    @Override
    public ProcessHandle process() {
      return server.process();
    }

    /** The postmaster watches its own children; whether it lives is all there is to ask. */
    @Override
    public boolean ready() {
      return server.isAlive();
    }

    @Override
    public boolean responds() {
      return server.isAlive();
    }

    @Override
    public void stop() {
      server.stop();
    }

    @Override
    public void tidy() {
      log.cutWhenLarge();
    }

    @Override
    public String lastWords() {
      return log.lastWords(Long.MAX_VALUE);
    }
  }
}
