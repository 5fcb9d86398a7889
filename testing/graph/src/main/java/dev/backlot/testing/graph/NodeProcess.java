package dev.backlot.testing.graph;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One server of the graph, in a process of its own that ends when this one does. It says on its
 * first line where it listens, so nobody polls.
 */
final class NodeProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(90);
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String name;
  private final Process process;
  private final StringBuffer complaints = new StringBuffer();
  private final HttpClient http = HttpClient.newHttpClient();
  private final CompletableFuture<JsonNode> ports = new CompletableFuture<>();

  private NodeProcess(String name, Process process) {
    this.name = name;
    this.process = process;
    thread("output", process.getInputStream(), this::readPorts);
    thread("complaints", process.getErrorStream(), line -> complaints.append(line).append('\n'));
    process.onExit().thenRun(() -> ports.completeExceptionally(new IOException("it has ended")));
  }

  /** Starts a script of this module; does not wait. */
  static NodeProcess start(Path module, String name, String script, List<String> arguments) {
    List<String> line = new ArrayList<>(List.of("node", "--max-old-space-size=512"));
    line.add(module.resolve("src/main/node").resolve(script).toString());
    line.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(line);
    // Without the first, the gateway's libraries look for a cloud's metadata service.
    builder.environment().put("APOLLO_TELEMETRY_DISABLED", "true");
    builder.environment().put("NODE_ENV", "production");
    try {
      return new NodeProcess(name, builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until it listens. */
  NodeProcess awaitReady() {
    ports();
    return this;
  }

  /** Returns where it answers GraphQL, once it does. */
  URI url() {
    return URI.create("http://127.0.0.1:" + ports().path("port").asInt() + "/graphql");
  }

  /** Sends a command to its control port and returns the answer. */
  JsonNode control(String method, String path, @Nullable Object body) {
    URI uri = URI.create("http://127.0.0.1:" + ports().path("control").asInt() + path);
    HttpResponse<byte[]> response = send(method, uri, body);
    JsonNode answer = json(response);
    if (response.statusCode() != 200) {
      throw new IllegalStateException(
          method + " " + path + " of " + name + ": " + answer.path("error").asText("not known"));
    }
    return answer;
  }

  /** Asks it in GraphQL and returns its whole answer. */
  JsonNode ask(String query, Map<String, ?> variables) {
    return json(send("POST", url(), Map.of("query", query, "variables", variables)));
  }

  private HttpResponse<byte[]> send(String method, URI uri, @Nullable Object body) {
    try {
      HttpRequest.BodyPublisher sent =
          body == null
              ? HttpRequest.BodyPublishers.noBody()
              : HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body));
      return http.send(
          HttpRequest.newBuilder(uri)
              .timeout(LIMIT)
              .header("content-type", "application/json")
              .method(method, sent)
              .build(),
          HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode json(HttpResponse<byte[]> response) {
    try {
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the process and waits until it has. */
  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Closes the pipe to it, as the end of this process would. */
  void letGo() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  private JsonNode ports() {
    try {
      return ports.get(START_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(
          "The graph's " + name + " has not started. It said:\n" + complaints, e);
    }
  }

  private void readPorts(String line) {
    try {
      ports.complete(JSON.readTree(line));
    } catch (IOException e) {
      complaints.append(line).append('\n');
    }
  }

  private void thread(String what, InputStream stream, Consumer<String> each) {
    Thread thread =
        new Thread(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                lines.lines().forEach(each);
              } catch (IOException | UncheckedIOException e) {
                complaints.append(e).append('\n');
              }
            },
            "graph-" + name + "-" + what);
    thread.setDaemon(true);
    thread.start();
  }
}
