package dev.backlot.engine.api;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.backlot.engine.metrics.MetricsPage;
import dev.backlot.model.Blame;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP on loopback: checks the token, reads and writes JSON, and turns problems into answers. The
 * process's metrics are beside it, without a token.
 */
final class HttpService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpService.class);
  private static final String ROOT = "/v1/";
  private static final int LONGEST_BODY = 32 * 1024 * 1024;

  private final HttpServer server;
  private final ExecutorService threads;
  private final byte[] authorization;
  private final Handler handler;

  /** Answers one request. */
  @FunctionalInterface
  interface Handler {
    /**
     * Returns what is sent as JSON; {@link Lines} are sent as they come.
     *
     * @param path the decoded parts of the path
     * @throws ProblemException for what is wrong with the request or the world
     */
    Object answer(HttpExchange exchange, List<String> path, String body);
  }

  /** An answer that comes bit by bit, each a line of JSON. */
  @FunctionalInterface
  interface Lines {
    /**
     * Writes all lines.
     *
     * @param out takes the next one, and throws when nobody listens any more
     */
    void write(Consumer<Object> out);
  }

  HttpService(int port, String token, Handler handler) {
    this.authorization = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
    this.handler = handler;
    try {
      this.server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new ProblemException(
          ProblemCode.PORT_TAKEN,
          "Cannot open port '%d': %s. Choose another port for the data plane."
              .formatted(port, e.getMessage()),
          e);
    }
    AtomicInteger number = new AtomicInteger();
    this.threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "engine-http-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    server.createContext(ROOT, this::handle);
    server.createContext(MetricsPage.PATH, new MetricsPage());
  }

  void start() {
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      try {
        if (!isAuthorized(exchange)) {
          send(exchange, 401, "application/problem+json", Map.of("title", "Unauthorized"));
          return;
        }
        String path = exchange.getRequestURI().getRawPath().substring(ROOT.length());
        List<String> parts =
            Arrays.stream(path.split("/"))
                .map(part -> URLDecoder.decode(part, StandardCharsets.UTF_8))
                .toList();
        byte[] body = exchange.getRequestBody().readNBytes(LONGEST_BODY);
        Object answer = handler.answer(exchange, parts, new String(body, StandardCharsets.UTF_8));
        if (answer instanceof Lines lines) {
          send(exchange, lines);
        } else {
          send(exchange, 200, "application/json", answer);
        }
      } catch (ProblemException e) {
        send(exchange, e.problems());
      } catch (RuntimeException e) {
        LOG.error("{} {} failed", exchange.getRequestMethod(), exchange.getRequestURI(), e);
        send(
            exchange,
            List.of(
                Problem.of(
                    ProblemCode.INTERNAL,
                    "Cannot answer the request: %s. See the data plane's log.".formatted(e))));
      }
    }
  }

  private boolean isAuthorized(HttpExchange exchange) {
    String given = exchange.getRequestHeaders().getFirst("Authorization");
    return given != null
        && MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), authorization);
  }

  private static void send(HttpExchange exchange, List<Problem> problems) throws IOException {
    ProblemCode code = problems.get(0).code();
    int status = code == ProblemCode.NOT_FOUND ? 404 : code.blame() == Blame.PLATFORM ? 503 : 422;
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("title", code.name());
    body.put("status", status);
    body.put("detail", problems.get(0).message());
    body.put("problems", problems);
    send(exchange, status, "application/problem+json", body);
  }

  private static void send(HttpExchange exchange, Lines lines) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/x-ndjson");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      lines.write(
          line -> {
            try {
              out.write(Json.bytes(line));
              out.write('\n');
              out.flush();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      LOG.debug("Nobody listens to {} any more", exchange.getRequestURI(), e);
    }
  }

  private static void send(HttpExchange exchange, int status, String type, Object body)
      throws IOException {
    byte[] bytes = Json.bytes(body);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
