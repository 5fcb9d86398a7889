package dev.backlot.sink.iceberg;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.LakeSettings;
import dev.backlot.warehouse.rest.Answer;
import dev.backlot.warehouse.rest.Call;
import dev.backlot.warehouse.rest.CatalogProtocol;
import dev.backlot.warehouse.rest.TableOwners;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A REST catalog over another catalog, which fails commits on demand. */
final class RestCatalogServer implements AutoCloseable {
  private static final Pattern PARAMETER = Pattern.compile("([^&=]+)=([^&]*)");

  private final CatalogProtocol protocol;
  private final AtomicReference<Fault> next = new AtomicReference<>(Fault.NONE);
  private final AtomicInteger faults = new AtomicInteger();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;
  private final int port;

  /** What happens to one commit. */
  enum Fault {
    NONE,
    /** It happens, and the connection breaks before the client hears so. */
    LOSE_ANSWER,
    /** It happens, and the client hears of a failure whose outcome is unknown. */
    ANSWER_UNKNOWN,
    /** It happens, something between repeats it, and the client hears the second answer. */
    REPEAT,
    /** It does not happen, and the connection breaks. */
    LOSE_REQUEST
  }

  RestCatalogServer(LakeCatalog lake) {
    protocol = new CatalogProtocol(lake, TableOwners.NONE);
    server = started(0);
    port = server.getAddress().getPort();
  }

  /** Returns how to reach tables through this server. */
  LakeSettings settings(LakeCatalog lake) {
    return new LakeSettings(
        Map.of("type", "rest", "uri", "http://127.0.0.1:" + port, "rest.client.max-retries", "1"),
        lake.settings().warehouse());
  }

  /** Sets what happens to the next commit. */
  void fail(Fault fault) {
    next.set(fault);
  }

  /** Returns how many commits met a fault. */
  int faults() {
    return faults.get();
  }

  /** Ends it in the middle of whatever it does. */
  void stop() {
    server.stop(0);
  }

  /** Starts it again where it was. */
  void startAgain() {
    server = started(port);
  }

  private HttpServer started(int on) {
    try {
      HttpServer http =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), on), 0);
      http.createContext("/", this::handle);
      http.setExecutor(threads);
      http.start();
      return http;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Call call = call(exchange);
      boolean commit = call.method().equals("POST") && call.path().matches(".*/tables/[^/]+");
      Fault fault = commit ? next.getAndSet(Fault.NONE) : Fault.NONE;
      if (fault != Fault.NONE) {
        faults.incrementAndGet();
      }
      if (fault == Fault.LOSE_REQUEST) {
        return;
      }
      Answer answer = protocol.answer(call);
      switch (fault) {
        case LOSE_ANSWER -> {
          return;
        }
        case REPEAT -> answer = protocol.answer(call);
        case ANSWER_UNKNOWN ->
            answer =
                new Answer(
                    500,
                    "{\"error\":{\"code\":500,\"type\":\"CommitStateUnknownException\","
                        + "\"message\":\"on purpose\"}}",
                    Optional.empty());
        default -> {}
      }
      send(exchange, answer);
    }
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    answer.etag().ifPresent(etag -> exchange.getResponseHeaders().set("ETag", etag));
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  private static Call call(HttpExchange exchange) throws IOException {
    Map<String, String> parameters = new HashMap<>();
    String query = exchange.getRequestURI().getQuery();
    Matcher matcher = PARAMETER.matcher(query == null ? "" : query);
    while (matcher.find()) {
      parameters.put(matcher.group(1), matcher.group(2));
    }
    return new Call(
        exchange.getRequestMethod(),
        exchange.getRequestURI().getRawPath(),
        parameters,
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("If-None-Match")),
        new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
