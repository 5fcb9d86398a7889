package dev.backlot.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.backlot.controller.web.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** An HTTP server that takes messages, verifying signatures as docs/alerts.md says. */
final class Receiver implements AutoCloseable {
  final List<JsonNode> messages = new CopyOnWriteArrayList<>();
  final List<String> unsigned = new CopyOnWriteArrayList<>();

  /** How many requests came, refused ones included. */
  final AtomicInteger requests = new AtomicInteger();

  /** What is answered; anything but 200 takes no message. */
  volatile int status = 200;

  private final String secret;
  private final HttpServer server;

  /** Takes messages signed with a secret; any message when it is empty. */
  Receiver(String secret) throws IOException {
    this.secret = secret;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "http://localhost:" + server.getAddress().getPort() + "/hook";
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      requests.incrementAndGet();
      if (!secret.isEmpty() && !isSigned(exchange, body)) {
        unsigned.add(new String(body, StandardCharsets.UTF_8));
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      if (status == 200) {
        messages.add(Json.readTree(new String(body, StandardCharsets.UTF_8)));
      }
      exchange.sendResponseHeaders(status, -1);
    }
  }

  private boolean isSigned(HttpExchange exchange, byte[] body) {
    String timestamp = exchange.getRequestHeaders().getFirst("Backlot-Timestamp");
    String given = exchange.getRequestHeaders().getFirst("Backlot-Signature");
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      mac.update((timestamp + ".").getBytes(StandardCharsets.UTF_8));
      String wanted = "sha256=" + HexFormat.of().formatHex(mac.doFinal(body));
      Duration age =
          Duration.between(Instant.ofEpochSecond(Long.parseLong(timestamp)), Instant.now());
      return wanted.equals(given) && age.abs().toMinutes() < 5;
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the messages that say something of a subject. */
  List<JsonNode> about(String what, String subject) {
    return messages.stream()
        .filter(message -> message.path("what").asText().equals(what))
        .filter(message -> subjects(message).contains(subject))
        .toList();
  }

  static List<String> subjects(JsonNode message) {
    return message.path("incidents").findValues("subject").stream()
        .map(subject -> subject.path("name").asText())
        .toList();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
