package dev.backlot.capture.postgres.catalog;

import dev.backlot.capture.secret.Secrets;
import dev.backlot.model.spec.ConnectionSpec;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Opens connections to a captured database, all with the settings that decoding relies on. */
public final class SourceConnections {
  private static final String[] SETTINGS = {
    "SET DateStyle = 'ISO, MDY'",
    "SET IntervalStyle = 'postgres'",
    "SET TimeZone = 'UTC'",
    "SET extra_float_digits = 1",
    "SET bytea_output = 'hex'",
    "SET search_path = ''",
    "SET standard_conforming_strings = on",
    // Rows that a policy hides must not be missed in silence.
    "SET row_security = off",
    "SET default_transaction_read_only = off",
    "SET statement_timeout = 0",
    "SET idle_in_transaction_session_timeout = 0",
  };

  private final ConnectionSpec.Config config;
  private final Secrets secrets;
  private final Set<Connection> opened = ConcurrentHashMap.newKeySet();

  /** Takes the address and where its password is. */
  public SourceConnections(ConnectionSpec.Config config, Secrets secrets) {
    this.config = config;
    this.secrets = secrets;
  }

  /**
   * Opens a connection for queries. Its commits don't wait for standbys: watermarks would stall
   * with them.
   */
  public Connection open() throws SQLException {
    Connection connection = connect(login());
    try {
      prepare(connection);
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET synchronous_commit = 'local'");
      }
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return connection;
  }

  /**
   * Opens a connection for replication, which reads ahead.
   *
   * @param beforeWait run by the reading thread when nothing has come for a moment
   * @param heard run by the reading thread when something has come
   */
  public Connection openReplication(Runnable beforeWait, Runnable heard) throws SQLException {
    String token = UUID.randomUUID().toString();
    ReadAhead.register(token, new ReadAhead.Listener(beforeWait, heard));
    try {
      return openReplication(token);
    } finally {
      ReadAhead.unregister(token);
    }
  }

  private Connection openReplication(String token) throws SQLException {
    Properties login = login();
    login.setProperty("socketFactory", ReadAhead.class.getName());
    login.setProperty("socketFactoryArg", token);
    login.setProperty("replication", "database");
    login.setProperty("preferQueryMode", "simple");
    login.setProperty("assumeMinServerVersion", "14");
    Connection connection = connect(login);
    try {
      prepare(connection);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return connection;
  }

  private Connection connect(Properties login) throws SQLException {
    ConnectionSpec.Tls tls = config.tls();
    login.setProperty("sslmode", tls.mode().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    if (tls.mode() == ConnectionSpec.TlsMode.DISABLE) {
      return kept(DriverManager.getConnection(url(), login));
    }
    String token = TlsSockets.register(TlsContext.factory(tls, secrets));
    try {
      login.setProperty("sslfactory", TlsSockets.class.getName());
      login.setProperty("sslfactoryarg", token);
      return kept(DriverManager.getConnection(url(), login));
    } finally {
      TlsSockets.unregister(token);
    }
  }

  private Connection kept(Connection connection) throws SQLException {
    for (Connection earlier : opened) {
      if (earlier.isClosed()) {
        opened.remove(earlier);
      }
    }
    opened.add(connection);
    return connection;
  }

  /**
   * Ends all connections at once, so that whoever waits for an answer of a server that is cut off
   * waits no more. For any thread.
   */
  public void abort() {
    for (Connection connection : opened) {
      try {
        connection.abort(Runnable::run);
      } catch (SQLException e) {
        // It is gone already.
      }
    }
  }

  private static void prepare(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String setting : SETTINGS) {
        statement.execute(setting);
      }
    }
  }

  private String url() {
    return "jdbc:postgresql://"
        + (config.host().contains(":") ? "[" + config.host() + "]" : config.host())
        + ":"
        + config.port()
        + "/"
        + java.net.URLEncoder.encode(config.database(), java.nio.charset.StandardCharsets.UTF_8);
  }

  private Properties login() {
    Properties login = new Properties();
    login.setProperty("user", config.user());
    login.setProperty("password", secrets.resolve(config.password()));
    login.setProperty("ApplicationName", "backlot");
    login.setProperty("connectTimeout", "10");
    login.setProperty("loginTimeout", "15");
    login.setProperty("tcpKeepAlive", "true");
    login.setProperty("stringtype", "unspecified");
    return login;
  }
}
