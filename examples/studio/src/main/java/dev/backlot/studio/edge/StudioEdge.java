package dev.backlot.studio.edge;

import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The studio's graph, served on loopback: a federated GraphQL subgraph that answers with schedules,
 * talent and deals per movie, straight from the database and never from a cache. It can only read.
 *
 * <p>While the database is away it answers 503 and goes on by itself when it is back.
 */
public final class StudioEdge implements AutoCloseable {
  private static final int THREADS = 8;
  private static final int CONNECTIONS = 6;
  private static final long WAIT_FOR_CONNECTION_MILLIS = 5_000;

  private final HttpServer server;
  private final ExecutorService threads;
  private final HikariDataSource pool;

  private StudioEdge(HttpServer server, ExecutorService threads, HikariDataSource pool) {
    this.server = server;
    this.threads = threads;
    this.pool = pool;
  }

  /**
   * Starts to answer.
   *
   * @param databaseUrl as JDBC has it
   * @param user who may read the studio's tables
   * @param port on loopback; 0 for any that is free
   * @throws IOException if the port is taken
   */
  public static StudioEdge start(String databaseUrl, String user, String password, int port)
      throws IOException {
    // Otherwise each answer waits 40 ms for the client's delayed acknowledgement of its header.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    HttpServer server;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new IOException("Cannot serve the graph on port " + port + ": " + e.getMessage(), e);
    }
    HikariDataSource pool = pool(databaseUrl, user, password);
    ExecutorService threads =
        Executors.newFixedThreadPool(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "studio-edge");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    server.createContext("/", new EdgeHandler(EdgeGraph.create(), pool));
    server.start();
    return new StudioEdge(server, threads, pool);
  }

  /** Every answer comes from one moment of the database, and nothing can be changed through it. */
  private static HikariDataSource pool(String url, String user, String password) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("studio-edge");
    config.setJdbcUrl(url);
    config.setUsername(user);
    config.setPassword(password);
    config.setReadOnly(true);
    config.setAutoCommit(false);
    config.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
    config.setMinimumIdle(1);
    config.setMaximumPoolSize(CONNECTIONS);
    config.setConnectionTimeout(WAIT_FOR_CONNECTION_MILLIS);
    config.setInitializationFailTimeout(-1);
    config.addDataSourceProperty("ApplicationName", "studio-edge");
    config.addDataSourceProperty("options", "-c statement_timeout=10s -c jit=off");
    return new HikariDataSource(config);
  }

  /** Returns where the graph answers. */
  public String url() {
    return "http://localhost:" + server.getAddress().getPort() + "/graphql";
  }

  /** Ends it; requests that are being answered have a second. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdown();
    try {
      if (!threads.awaitTermination(1, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    pool.close();
  }
}
