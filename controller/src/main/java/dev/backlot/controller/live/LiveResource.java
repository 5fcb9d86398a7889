package dev.backlot.controller.live;

import dev.backlot.controller.access.Caller;
import dev.backlot.controller.web.Json;
import java.io.IOException;
import java.util.IdentityHashMap;
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
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Pushes the whole state to every listener once a second, while there is any. */
@RestController
public final class LiveResource implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LiveResource.class);
  private static final int MOST_LISTENERS = 50;

  /** Then a listener comes again, and must show again that it is signed in. */
  private static final long LIFE_MILLIS = 60_000;

  private final LiveState state;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "live");
            thread.setDaemon(true);
            return thread;
          });

  /** Who listens, and over what. */
  private record Listener(SseEmitter emitter, Caller caller) {}

  /** Pushes this state. */
  public LiveResource(LiveState state) {
    this.state = state;
    clock.scheduleWithFixedDelay(this::push, 1, 1, TimeUnit.SECONDS);
  }

  @GetMapping("/api/v1/live/snapshot")
  Map<String, Object> snapshot(Caller caller) {
    return state.snapshot(caller);
  }

  @GetMapping(value = "/api/v1/live", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  SseEmitter live(Caller caller) {
    SseEmitter emitter = new SseEmitter(LIFE_MILLIS);
    Listener listener = new Listener(emitter, caller);
    if (listeners.size() >= MOST_LISTENERS) {
      listeners.remove(0).emitter().complete();
    }
    emitter.onCompletion(() -> listeners.remove(listener));
    emitter.onError(e -> listeners.remove(listener));
    emitter.onTimeout(
        () -> {
          listeners.remove(listener);
          emitter.complete();
        });
    clock.execute(
        () -> {
          if (send(emitter, Json.write(state.snapshot(caller)))) {
            listeners.add(listener);
          }
        });
    return emitter;
  }

  private void push() {
    if (listeners.isEmpty()) {
      return;
    }
    try {
      Map<Map<String, Object>, String> written = new IdentityHashMap<>();
      listeners.removeIf(
          listener ->
              !send(
                  listener.emitter(),
                  written.computeIfAbsent(state.snapshot(listener.caller()), Json::write)));
    } catch (RuntimeException e) {
      LOG.warn("Cannot push the live state, trying again: {}", e.toString());
    }
  }

  private static boolean send(SseEmitter emitter, String json) {
    try {
      emitter.send(SseEmitter.event().name("live").reconnectTime(1000).data(json));
      return true;
    } catch (IOException | IllegalStateException e) {
      LOG.debug("A listener went away", e);
      return false;
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
    listeners.forEach(listener -> listener.emitter().complete());
  }
}
