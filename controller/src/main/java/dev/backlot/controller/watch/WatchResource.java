package dev.backlot.controller.watch;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * {@code GET /api/v1/watch?of=PATH&of=PATH…}: follows what these paths answer, at most once a
 * second each, as server-sent events named {@code answer}: {@code {"of", "status", "body"}}.
 */
@RestController
public final class WatchResource implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WatchResource.class);
  private static final int MOST_WATCHES = 200;
  private static final int MOST_PATHS = 24;
  private static final String ROOT = "/api/v1/";

  private final List<Watch> watches = new CopyOnWriteArrayList<>();
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "watch");
            thread.setDaemon(true);
            return thread;
          });

  /** Starts with no listener. */
  public WatchResource() {
    clock.scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
  }

  @GetMapping(value = "/api/v1/watch", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  SseEmitter watch(@RequestParam("of") List<String> of, HttpServletRequest request) {
    of.forEach(WatchResource::requireReadable);
    if (of.size() > MOST_PATHS) {
      throw new ProblemException(
          ProblemCode.USAGE,
          "Cannot watch " + of.size() + " paths: " + MOST_PATHS + " are the most. Name fewer.");
    }
    SseEmitter emitter = new SseEmitter(0L);
    Watch watch =
        new Watch(
            client,
            "http://localhost:" + request.getLocalPort(),
            credentials(request),
            of,
            emitter);
    emitter.onCompletion(() -> watches.remove(watch));
    emitter.onError(e -> watches.remove(watch));
    emitter.onTimeout(() -> watches.remove(watch));
    while (watches.size() >= MOST_WATCHES) {
      watches.remove(0).end();
    }
    watches.add(watch);
    clock.execute(watch::look);
    return emitter;
  }

  private static Map<String, String> credentials(HttpServletRequest request) {
    Map<String, String> credentials = new LinkedHashMap<>();
    for (String name : List.of("Cookie", "Authorization")) {
      String value = request.getHeader(name);
      if (value != null) {
        credentials.put(name, value);
      }
    }
    return credentials;
  }

  /** Other hosts and streams are out of reach: the path is appended to this server's address. */
  private static void requireReadable(String path) {
    boolean readable;
    try {
      URI uri = new URI("http://localhost" + path);
      String plain = uri.normalize().getRawPath();
      readable =
          "localhost".equals(uri.getHost())
              && uri.getPort() < 0
              && plain.equals(uri.getRawPath())
              && plain.startsWith(ROOT)
              && !plain.startsWith(ROOT + "watch");
    } catch (java.net.URISyntaxException e) {
      readable = false;
    }
    if (!readable) {
      throw new ProblemException(
          ProblemCode.USAGE,
          "Cannot watch '"
              + path
              + "': it is not the path of something to read. Give the path, percent-encoded, of a GET"
              + " under /api/v1.");
    }
  }

  private void look() {
    try {
      watches.removeIf(Watch::ended);
      watches.forEach(Watch::look);
    } catch (RuntimeException e) {
      LOG.warn("Cannot look at what is watched, trying again: {}", e.toString());
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
    watches.forEach(Watch::end);
  }
}
