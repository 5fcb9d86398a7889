package dev.backlot.controller;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.controller.web.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real Trino as a child process, with one catalog over a REST catalog. Its parts are fetched by
 * Maven at the first use and unpacked into {@code ~/.cache/backlot}. Needs a Java 24 or newer, from
 * JAVA25_HOME or where Linux keeps them.
 */
final class TrinoServer implements AutoCloseable {
  private static final String VERSION = "476";
  private static final Duration START_LIMIT = Duration.ofMinutes(3);

  private final Path directory;
  private final Process process;
  private final URI uri;
  private final HttpClient client = HttpClient.newHttpClient();

  private TrinoServer(Path directory, Process process, URI uri) {
    this.directory = directory;
    this.process = process;
    this.uri = uri;
  }

  /** What a statement gave. */
  record Rows(List<String> columns, List<JsonNode> rows) {}

  /** Starts a server and returns when it answers queries. */
  static TrinoServer start(String catalog, String restCatalogUrl, String token) throws IOException {
    String java = newJava().toString();
    Path parts = parts();
    Path directory = Files.createTempDirectory("backlot-trino-");
    int port = freePort();
    Files.createDirectories(directory.resolve("catalog"));
    Files.writeString(
        directory.resolve("config.properties"),
        """
        coordinator=true
        node-scheduler.include-coordinator=true
        http-server.http.port=%d
        node.internal-address=127.0.0.1
        discovery.uri=http://127.0.0.1:%d
        query.max-memory-per-node=128MB
        memory.heap-headroom-per-node=128MB
        """
            .formatted(port, port));
    Files.writeString(
        directory.resolve("catalog").resolve(catalog + ".properties"),
        """
        connector.name=iceberg
        iceberg.catalog.type=rest
        iceberg.rest-catalog.uri=%s
        iceberg.rest-catalog.security=OAUTH2
        iceberg.rest-catalog.oauth2.token=%s
        iceberg.rest-catalog.oauth2.token-refresh-enabled=false
        fs.native-local.enabled=true
        local.location=/
        """
            .formatted(restCatalogUrl, token));
    Process process =
        new ProcessBuilder(
                java,
                "-Xmx1G",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--add-modules=jdk.incubator.vector",
                "-Dnode.environment=test",
                "-Dnode.id=test",
                "-Dnode.bind-ip=127.0.0.1",
                "-Dnode.data-dir=" + directory.resolve("data"),
                "-Dconfig=" + directory.resolve("config.properties"),
                "-Dplugin.dir=" + parts.resolve("plugin"),
                "-Dcatalog.config-dir=" + directory.resolve("catalog"),
                "-cp",
                parts.resolve("lib") + "/*",
                "io.trino.server.TrinoServer")
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("trino.log").toFile())
            .start();
    TrinoServer server =
        new TrinoServer(directory, process, URI.create("http://127.0.0.1:" + port));
    server.awaitReady();
    return server;
  }

  /** Runs a statement to its end. */
  Rows query(String sql) {
    return query(sql, "");
  }

  /** Runs a statement to its end with session properties, such as {@code lake.x=true}. */
  Rows query(String sql, String session) {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      try {
        return attempt(sql, session);
      } catch (NoWorkerYetException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
        pause();
      }
    }
  }

  /** For some seconds after its start, Trino does not know itself as a worker. */
  private static final class NoWorkerYetException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    NoWorkerYetException(String message) {
      super(message);
    }
  }

  private Rows attempt(String sql, String session) {
    JsonNode answer =
        send(
            HttpRequest.newBuilder(uri.resolve("/v1/statement"))
                .POST(HttpRequest.BodyPublishers.ofString(sql))
                .header("X-Trino-User", "test")
                .header("X-Trino-Session", session)
                // Without it, times are rounded to milliseconds.
                .header("X-Trino-Client-Capabilities", "PARAMETRIC_DATETIME")
                .build());
    List<String> columns = new ArrayList<>();
    List<JsonNode> rows = new ArrayList<>();
    while (true) {
      if (answer.hasNonNull("error")) {
        String message = sql + ": " + answer.at("/error/message").asText();
        // Said under several names, by whoever needs a node first.
        throw message.toLowerCase(Locale.ROOT).contains("no nodes available")
            ? new NoWorkerYetException(message)
            : new IllegalStateException(message);
      }
      if (columns.isEmpty()) {
        answer.path("columns").forEach(column -> columns.add(column.path("name").asText()));
      }
      answer.path("data").forEach(rows::add);
      if (!answer.hasNonNull("nextUri")) {
        return new Rows(columns, rows);
      }
      answer = send(HttpRequest.newBuilder(URI.create(answer.path("nextUri").asText())).build());
    }
  }

  private JsonNode send(HttpRequest request) {
    try {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IllegalStateException(response.statusCode() + ": " + response.body());
      }
      return Json.readTree(response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void awaitReady() throws IOException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      try {
        query("SHOW SCHEMAS FROM lake");
        return;
      } catch (RuntimeException e) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          String log = Files.readString(directory.resolve("trino.log"));
          close();
          throw new AssertionError(
              "Trino does not start: " + log.substring(Math.max(0, log.length() - 4000)), e);
        }
      }
      pause();
    }
  }

  private void pause() {
    try {
      process.waitFor(250, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    delete(directory);
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static Path newJava() throws IOException {
    List<Path> homes = new ArrayList<>();
    Optional.ofNullable(System.getenv("JAVA25_HOME")).map(Path::of).ifPresent(homes::add);
    homes.add(Path.of(System.getProperty("java.home")));
    Path installed = Path.of("/usr/lib/jvm");
    if (Files.isDirectory(installed)) {
      try (Stream<Path> found = Files.list(installed)) {
        found.sorted().forEach(homes::add);
      }
    }
    for (Path home : homes) {
      Path release = home.resolve("release");
      if (Files.isReadable(release)
          && Files.readString(release).matches("(?s).*JAVA_VERSION=\"(2[4-9]|[3-9][0-9]).*")) {
        return home.resolve("bin").resolve("java");
      }
    }
    throw new AssertionError(
        "Cannot start Trino: it needs a Java 24 or newer, and there is none among "
            + homes
            + ". Install a JDK 25, or set JAVA25_HOME.");
  }

  /** Returns the directory with Trino's libraries and its Iceberg plug-in. */
  private static Path parts() throws IOException {
    Path cache = Path.of(System.getProperty("user.home"), ".cache", "backlot");
    Path trino = cache.resolve("trino-" + VERSION);
    if (Files.isDirectory(trino)) {
      return trino;
    }
    Files.createDirectories(cache);
    Path unpacked = Files.createTempDirectory(cache, "unpack-");
    try {
      MavenArtifact.unpack("io.trino:trino-server-core:" + VERSION + ":tar.gz", unpacked);
      MavenArtifact.unpack("io.trino:trino-iceberg:" + VERSION + ":zip", unpacked);
      Path server = unpacked.resolve("trino-server-core-" + VERSION);
      Files.createDirectories(server.resolve("plugin"));
      Files.move(
          unpacked.resolve("trino-iceberg-" + VERSION),
          server.resolve("plugin").resolve("iceberg"));
      Files.move(server, trino);
    } catch (java.nio.file.FileSystemException e) {
      // Another test run on this machine may have been faster.
      if (!Files.isDirectory(trino)) {
        throw e;
      }
    } finally {
      delete(unpacked);
    }
    return trino;
  }
}
