package dev.backlot.controller.watch;

import dev.backlot.controller.web.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * One listener and the paths that it follows. Asks this very server, with the listener's own
 * credentials: what may not be read may not be watched, and a session that ends is seen at once.
 * Thread-safe.
 */
final class Watch {
  /** Says to this server that nobody pressed a key: it must not keep a session alive. */
  static final String HEADER = "X-Backlot-Watch";

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final HttpClient client;
  private final String server;
  private final Map<String, String> credentials;
  private final SseEmitter emitter;
  private final List<Followed> followed = new ArrayList<>();
  private volatile boolean ended;

  Watch(
      HttpClient client,
      String server,
      Map<String, String> credentials,
      List<String> paths,
      SseEmitter emitter) {
    this.client = client;
    this.server = server;
    this.credentials = credentials;
    this.emitter = emitter;
    paths.forEach(path -> followed.add(new Followed(path)));
  }

  /** Asks for every path whose last answer has come; does not wait. */
  void look() {
    followed.forEach(Followed::look);
    if (followed.stream().noneMatch(Followed::hasNews)) {
      beat();
    }
  }

  boolean ended() {
    return ended;
  }

  void end() {
    ended = true;
    emitter.complete();
  }

  /** A comment, without which neither side would notice for long that the other one is gone. */
  private void beat() {
    send(SseEmitter.event().comment(""));
  }

  private synchronized void send(SseEmitter.SseEventBuilder event) {
    try {
      emitter.send(event);
    } catch (IOException | IllegalStateException e) {
      ended = true;
    }
  }

  private final class Followed {
    private final String path;
    private final AtomicBoolean asked = new AtomicBoolean();
    private volatile String told = "";
    private volatile boolean news;

    Followed(String path) {
      this.path = path;
    }

    boolean hasNews() {
      boolean had = news;
      news = false;
      return had;
    }

    void look() {
      if (ended || !asked.compareAndSet(false, true)) {
        return;
      }
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(server + path))
              .timeout(PATIENCE)
              .header("Accept", "application/json")
              .header(HEADER, "1");
      credentials.forEach(request::header);
      client
          .sendAsync(request.build(), HttpResponse.BodyHandlers.ofString())
          .whenComplete(
              (answer, failure) -> {
                asked.set(false);
                if (failure == null) {
                  boolean json =
                      answer.headers().firstValue("Content-Type").orElse("").contains("json");
                  tell(answer.statusCode(), json ? answer.body() : "");
                }
              });
    }

    private void tell(int status, String body) {
      String now = status + body;
      if (now.equals(told)) {
        return;
      }
      told = now;
      news = true;
      Map<String, Object> head = new LinkedHashMap<>();
      head.put("of", path);
      head.put("status", status);
      String opened = Json.write(head);
      String read = body.isBlank() ? "null" : body;
      send(
          SseEmitter.event()
              .name("answer")
              .reconnectTime(1000)
              .data(opened.substring(0, opened.length() - 1) + ",\"body\":" + read + "}"));
    }
  }
}
