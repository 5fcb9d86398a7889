package dev.backlot.embedded;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * A PostgreSQL server on loopback, run as a child process from {@link PostgresBinaries}; listens on
 * TCP only, so that no socket file can go stale. Durable settings (fsync, synchronous_commit) are
 * on unless set otherwise. The superuser is {@code postgres}.
 *
 * <p>Starting on a data directory that an orphan of a killed run still serves stops the orphan
 * first. A server outlives its JVM only when that is killed with -9, unless it is left to the
 * caller.
 */
public final class PostgresServer implements AutoCloseable {
  private static final Duration STARTUP = Duration.ofSeconds(60);

  private final Builder builder;
  private final int port;
  private final Process process;
  private final Thread hook;

  private PostgresServer(Builder builder, int port, Process process) {
    this.builder = builder;
    this.port = port;
    this.process = process;
    this.hook = new Thread(this::stopQuietly, "stop-postgres-" + port);
    if (builder.stopWithJvm) {
      Runtime.getRuntime().addShutdownHook(hook);
    }
  }

  /** Prepares a server on a directory, which is initialized when it is empty. */
  public static Builder at(Path dataDir) {
    return new Builder(dataDir.toAbsolutePath().normalize(), false);
  }

  /** Prepares a server on a new directory that {@link #close()} deletes; for tests. */
  public static Builder temporary() {
    return new Builder(Directories.temporary("backlot-postgres-"), true).setting("fsync", "off");
  }

  /**
   * Ends a server that outlived the process which started it on this directory, if there is one.
   */
  public static void stopOrphan(Path dataDir) throws IOException {
    PostgresOrphan.stop(dataDir.toAbsolutePath().normalize());
  }

  /** What a server is started with. */
  public static final class Builder {
    private final Path dataDir;
    private final boolean temporary;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private PostgresBinaries binaries = PostgresBinaries.bundled();
    private int port;
    private String password = "postgres";
    private Path log;
    private boolean stopWithJvm = true;

    private Builder(Path dataDir, boolean temporary) {
      this.dataDir = dataDir;
      this.temporary = temporary;
      this.log = dataDir.resolveSibling(dataDir.getFileName() + ".log");
      settings.put("listen_addresses", "127.0.0.1");
      settings.put("unix_socket_directories", "");
      settings.put("fsync", "on");
      settings.put("synchronous_commit", "on");
      settings.put("full_page_writes", "on");
      settings.put("wal_level", "logical");
      settings.put("max_wal_senders", "20");
      settings.put("max_replication_slots", "20");
      settings.put("max_connections", "100");
      settings.put("shared_buffers", "32MB");
      settings.put("log_timezone", "UTC");
      settings.put("timezone", "UTC");
    }

    /** Sets the port; 0, the default, takes a free one. */
    public Builder port(int newPort) {
      this.port = newPort;
      return this;
    }

    /**
     * Sets a parameter of postgresql.conf; it can't be altered by SQL then. Defaults: wal_level
     * logical, fsync on, synchronous_commit on (fsync is off for temporary servers: they survive
     * kill -9, not a power cut).
     */
    public Builder setting(String name, String value) {
      settings.put(name, value);
      return this;
    }

    /** Returns the directory that the server will run on. */
    public Path dataDir() {
      return dataDir;
    }

    /** Leaves a parameter to the files of the data directory, so that SQL can alter it. */
    public Builder alterable(String name) {
      settings.remove(name);
      return this;
    }

    /** Sets parameters of postgresql.conf. */
    public Builder settings(Map<String, String> more) {
      settings.putAll(more);
      return this;
    }

    /** Sets the superuser's password (scram-sha-256); counts when the directory is initialized. */
    public Builder password(String newPassword) {
      this.password = newPassword;
      return this;
    }

    /** Sets the PostgreSQL to run. */
    public Builder binaries(PostgresBinaries newBinaries) {
      this.binaries = newBinaries;
      return this;
    }

    /** Sets the file that the server's log is appended to; default: {@code <data dir>.log}. */
    public Builder log(Path newLog) {
      this.log = newLog;
      return this;
    }

    /** Leaves the server running when this JVM ends in order: the caller stops it. */
    public Builder leaveToCaller() {
      this.stopWithJvm = false;
      return this;
    }

    /**
     * Starts the server and returns when it accepts connections.
     *
     * @throws ProblemException when it doesn't start; the message ends in the log's last lines
     */
    public PostgresServer start() {
      try {
        PostgresOrphan.stop(dataDir);
        initialize();
        return launch();
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot start PostgreSQL in " + dataDir, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Interrupted while starting PostgreSQL", e);
      }
    }

    private void initialize() throws IOException, InterruptedException {
      if (Files.exists(dataDir.resolve("PG_VERSION"))) {
        return;
      }
      // Initialized beside and moved, so that a half-made directory never looks like a whole one.
      Path unfinished = dataDir.resolveSibling(dataDir.getFileName() + ".initializing");
      Directories.delete(unfinished);
      Files.createDirectories(unfinished);
      Path passwordFile = Files.createTempFile("backlot-initdb-", "");
      Path output = Files.createTempFile("backlot-initdb-", ".log");
      try {
        Files.writeString(passwordFile, password);
        int exit =
            Processes.unprivileged(initdb(unfinished, passwordFile), unfinished, output.toFile())
                .start()
                .waitFor();
        if (exit != 0) {
          throw new ProblemException(
              ProblemCode.PREREQUISITE_MISSING,
              "Cannot initialize PostgreSQL in '"
                  + dataDir
                  + "': "
                  + Files.readString(output).strip()
                  + ". Mend this, or configure an external metadata database.");
        }
        Files.move(unfinished, dataDir, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(passwordFile);
        Files.deleteIfExists(output);
      }
    }

    private List<String> initdb(Path target, Path passwordFile) {
      List<String> command = new ArrayList<>();
      command.add(binaries.program("initdb").toString());
      command.add("--pgdata=" + target);
      command.add("--username=postgres");
      command.add("--auth=scram-sha-256");
      command.add("--pwfile=" + passwordFile);
      command.add("--encoding=UTF8");
      command.add("--locale=C");
      if ("off".equals(settings.get("fsync"))) {
        command.add("--no-sync");
      }
      return command;
    }

    private PostgresServer launch() throws IOException, InterruptedException {
      long deadline = System.nanoTime() + STARTUP.toNanos();
      while (true) {
        int chosen = FreePorts.orNext(port);
        long logStart = Files.exists(log) ? Files.size(log) : 0;
        Process process = Processes.unprivileged(command(chosen), dataDir, log.toFile()).start();
        process.getOutputStream().close();
        if (awaitReady(process, chosen, deadline)) {
          return new PostgresServer(this, chosen, process);
        }
        process.destroyForcibly().waitFor();
        String said = lastLines(logStart);
        boolean backendsOfKilledServer = said.contains("pre-existing shared memory block");
        boolean lostRace = port == 0 && said.contains("Address already in use");
        if (System.nanoTime() > deadline || !(backendsOfKilledServer || lostRace)) {
          throw new ProblemException(
              ProblemCode.INTERNAL,
              "Cannot start PostgreSQL in '"
                  + dataDir
                  + "' on port "
                  + chosen
                  + ": "
                  + said.strip()
                  + ". See "
                  + log
                  + ".");
        }
        TimeUnit.MILLISECONDS.sleep(200);
      }
    }

    private List<String> command(int chosen) {
      List<String> command = new ArrayList<>();
      command.add(binaries.program("postgres").toString());
      command.addAll(List.of("-D", dataDir.toString(), "-p", String.valueOf(chosen)));
      settings.forEach(
          (name, value) -> {
            command.add("-c");
            command.add(name + "=" + value);
          });
      return command;
    }

    private boolean awaitReady(Process process, int chosen, long deadline)
        throws InterruptedException {
      Properties login = new Properties();
      login.setProperty("user", "postgres");
      login.setProperty("password", password);
      login.setProperty("connectTimeout", "2");
      login.setProperty("loginTimeout", "5");
      while (process.isAlive() && System.nanoTime() < deadline) {
        try (Connection connection = DriverManager.getConnection(url(chosen, "postgres"), login)) {
          return connection.isValid(5) && process.isAlive();
        } catch (SQLException e) {
          if ("28P01".equals(e.getSQLState())) {
            throw new ProblemException(
                ProblemCode.CONNECTION_LOGIN_REFUSED,
                "Cannot log in to the PostgreSQL in '"
                    + dataDir
                    + "': its password is another one. Restore the secrets beside the data, or"
                    + " start with an empty data directory.",
                e);
          }
          process.waitFor(20, TimeUnit.MILLISECONDS);
        }
      }
      return false;
    }

    private String lastLines(long from) throws IOException {
      if (!Files.exists(log)) {
        return "it wrote no log";
      }
      byte[] bytes = Files.readAllBytes(log);
      int start = (int) Math.max(Math.min(from, bytes.length), bytes.length - 2000L);
      return new String(
          bytes, start, bytes.length - start, java.nio.charset.StandardCharsets.UTF_8);
    }
  }

  /** Returns the port that the server listens on. */
  public int port() {
    return port;
  }

  /** Returns the superuser's name. */
  public String user() {
    return "postgres";
  }

  /** Returns the superuser's password. */
  public String password() {
    return builder.password;
  }

  /** Returns the JDBC URL of the database {@code postgres}, without user and password. */
  public String jdbcUrl() {
    return url(port, "postgres");
  }

  /** Returns the JDBC URL of a database, without user and password. */
  public String jdbcUrl(String database) {
    return url(port, database);
  }

  /** Connects as the superuser to the database {@code postgres}; the caller closes. */
  public Connection connect() throws SQLException {
    return connect("postgres");
  }

  /** Connects as the superuser; the caller closes. */
  public Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(jdbcUrl(database), user(), password());
  }

  /** Returns the process id of the postmaster. */
  public long pid() {
    return process.pid();
  }

  /** Returns the process of the postmaster. */
  public ProcessHandle process() {
    return process.toHandle();
  }

  /** Returns whether the postmaster runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Returns the directory with the data. */
  public Path dataDir() {
    return builder.dataDir;
  }

  /**
   * Ends the server: a fast shutdown, then harder ones when it takes too long (a walsender whose
   * client doesn't read holds it up). The data stay.
   */
  public void stop() {
    forgetHook();
    stopQuietly();
  }

  /** Kills the postmaster with -9, as a crash would; its backends follow by themselves. */
  public void kill() {
    forgetHook();
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Starts a server again as this one was, on the same port, whether stopped or killed. */
  public PostgresServer startAgain() {
    int configured = builder.port;
    try {
      return builder.port(port).start();
    } finally {
      builder.port(configured);
    }
  }

  /** Ends the server, and deletes its data when it is a temporary one. */
  @Override
  public void close() {
    stop();
    if (builder.temporary) {
      Directories.delete(builder.dataDir);
      Directories.delete(builder.log);
    }
  }

  private void stopQuietly() {
    Processes.stop(
        process.toHandle(),
        List.of(
            new Processes.Step("INT", Duration.ofSeconds(10)),
            new Processes.Step("QUIT", Duration.ofSeconds(5)),
            new Processes.Step("KILL", Duration.ofSeconds(5))));
  }

  private void forgetHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      // The hook runs already, and stopping twice is harmless.
    }
  }

  private static String url(int port, String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }
}
