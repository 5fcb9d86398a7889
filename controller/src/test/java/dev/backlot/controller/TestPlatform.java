package dev.backlot.controller;

import dev.backlot.controller.web.Json;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.platform.PlatformConfig;
import dev.backlot.model.source.SourceDescriptor;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A real controller on a real metadata database, with a data plane in memory. */
final class TestPlatform implements AutoCloseable {
  /** What the supervisor writes into the data directory: an admin's. */
  static final String TOKEN = "0123456789abcdef0123456789abcdef0123456789abcdef";

  final FakeDataPlane dataPlane;
  final PlatformConfig config;
  Controller controller;
  private final HttpClient client = HttpClient.newHttpClient();

  TestPlatform() throws IOException {
    this("localhost:1");
  }

  /** Starts with a Kafka to keep schemas in. */
  TestPlatform(String bootstrapServers) throws IOException {
    this(bootstrapServers, PlatformConfig.SignIn.DEFAULT);
  }

  /** Starts with other ways to sign in. */
  TestPlatform(PlatformConfig.SignIn signIn) throws IOException {
    this("localhost:1", signIn);
  }

  private TestPlatform(String bootstrapServers, PlatformConfig.SignIn signIn) throws IOException {
    dataPlane = new FakeDataPlane();
    Path directory = Files.createTempDirectory("backlot-controller-");
    config =
        new PlatformConfig(
            directory,
            directory,
            0,
            dataPlane.port(),
            "secret",
            TestMetadata.database(),
            bootstrapServers,
            Map.of(),
            (short) 1,
            Optional.empty(),
            "http://localhost:1",
            Optional.empty(),
            directory.resolve("warehouse").toUri().toString(),
            Map.of(),
            directory.resolve("ui"),
            "",
            signIn,
            new PlatformConfig.OwnSecrets(Set.of("BACKLOT_SECRET_OWN"), Set.of()));
    Files.writeString(directory.resolve("token"), TOKEN);
    controller = Controller.start(config);
  }

  /** Does what capture does once a connection's table is there: writes its Source. */
  void capture(String connection, String table) {
    SourceDescriptor source =
        FakeDataPlane.source(connection + ".public." + table, connection, table);
    dataPlane.discovered.put(connection, List.of(source));
    try (MetadataDatabase metadata = MetadataDatabase.open(config.metadata())) {
      metadata.sources().put(source, SourceStore.State.STREAMING, "");
    }
  }

  /** An answer, its body read as JSON. */
  record Answer(int status, Map<String, Object> body) {
    Object at(Object... path) {
      Object value = body;
      for (Object step : path) {
        value =
            step instanceof Integer index
                ? ((List<?>) value).get(index)
                : ((Map<?, ?>) value).get(step);
      }
      return value;
    }
  }

  /** Begins a request with the admin's token. */
  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + controller.port() + path))
        .header("Authorization", "Bearer " + TOKEN);
  }

  Answer get(String path) {
    return call("GET", path, null);
  }

  /** Returns what a page that is no JSON says. */
  String page(String path) throws IOException, InterruptedException {
    return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString()).body();
  }

  Answer post(String path, Object body) {
    return call("POST", path, body);
  }

  Answer apply(String... documents) {
    return post("/api/v1/apply", request(false, documents));
  }

  static Map<String, Object> request(boolean prune, String... documents) {
    List<Map<String, String>> files = new java.util.ArrayList<>();
    for (int i = 0; i < documents.length; i++) {
      files.add(Map.of("name", "f" + (i + 1) + ".yaml", "text", documents[i]));
    }
    return Map.of("files", files, "prune", prune);
  }

  Answer call(String method, String path, @Nullable Object body) {
    HttpResponse<String> response = send(method, path, body);
    return new Answer(response.statusCode(), Json.readMap(response.body()));
  }

  /** Returns an answer's body as it is. */
  String text(String method, String path, @Nullable Object body) {
    return send(method, path, body).body();
  }

  private HttpResponse<String> send(String method, String path, @Nullable Object body) {
    HttpRequest.Builder request =
        request(path)
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(Json.write(body)));
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a command did. */
  record Said(int exitCode, String out, String err) {}

  /** Runs a command of the command line tool against this platform. */
  Said run(String... arguments) {
    List<String> all = new java.util.ArrayList<>(List.of(arguments));
    all.add("--server");
    all.add("http://localhost:" + controller.port());
    all.add("--data-dir");
    all.add(config.dataDir().toString());
    return runWithout(all.toArray(String[]::new));
  }

  static Said runWithout(String... arguments) {
    java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
    java.io.ByteArrayOutputStream err = new java.io.ByteArrayOutputStream();
    java.nio.charset.Charset utf8 = java.nio.charset.StandardCharsets.UTF_8;
    int code =
        dev.backlot.cli.Main.run(
            arguments,
            new java.io.ByteArrayInputStream(new byte[0]),
            new java.io.PrintStream(out, true, utf8),
            new java.io.PrintStream(err, true, utf8));
    return new Said(code, out.toString(utf8), err.toString(utf8));
  }

  static Answer health(Controller controller) {
    try {
      HttpResponse<String> response =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(
                          URI.create("http://localhost:" + controller.port() + "/api/v1/health"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      return new Answer(response.statusCode(), Json.readMap(response.body()));
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Sends a request with a Host header that java.net.http would not let through. */
  static int statusWithHost(Controller controller, String host) throws IOException {
    try (java.net.Socket socket = new java.net.Socket("localhost", controller.port())) {
      socket
          .getOutputStream()
          .write(
              ("GET /api/v1/health HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                  .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      String line =
          new java.io.BufferedReader(
                  new java.io.InputStreamReader(
                      socket.getInputStream(), java.nio.charset.StandardCharsets.US_ASCII))
              .readLine();
      return Integer.parseInt(line.split(" ")[1]);
    }
  }

  @Override
  public void close() {
    controller.close();
    dataPlane.close();
  }
}
