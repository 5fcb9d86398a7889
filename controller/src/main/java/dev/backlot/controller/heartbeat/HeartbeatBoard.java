package dev.backlot.controller.heartbeat;

import dev.backlot.metadata.HeartbeatStore;
import dev.backlot.metadata.HeartbeatStore.Beat;
import dev.backlot.metadata.HeartbeatStore.Percentiles;
import dev.backlot.metadata.HeartbeatStore.Shown;
import dev.backlot.metadata.HeartbeatStore.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** What tables show of heartbeats, asked for at most once in two seconds. Thread-safe. */
public final class HeartbeatBoard {
  private static final long FRESH_NANOS = 2_000_000_000L;

  private final HeartbeatStore store;
  private Map<String, List<Shown>> byPipeline = Map.of();
  private Map<String, Beat> byConnection = Map.of();
  private long readAt;
  private boolean read;

  /** Shows what is stored. */
  public HeartbeatBoard(HeartbeatStore store) {
    this.store = store;
  }

  private synchronized void refresh() {
    if (read && System.nanoTime() - readAt < FRESH_NANOS) {
      return;
    }
    byPipeline = store.shown().stream().collect(Collectors.groupingBy(Shown::pipeline));
    byConnection = store.newest().stream().collect(Collectors.toMap(Beat::connection, b -> b));
    readAt = System.nanoTime();
    read = true;
  }

  /** Returns what the tables of a pipeline show, one entry per table and connection. */
  public synchronized List<Shown> of(String pipeline) {
    refresh();
    return byPipeline.getOrDefault(pipeline, List.of());
  }

  /** Returns what all tables show. */
  public synchronized List<Shown> all() {
    refresh();
    return byPipeline.values().stream().flatMap(List::stream).toList();
  }

  /** Returns a connection's newest heartbeat, without offsets. */
  public synchronized Optional<Beat> newest(String connection) {
    refresh();
    return Optional.ofNullable(byConnection.get(connection));
  }

  /** Returns what the slowest table's newest heartbeat took, in seconds. */
  public static OptionalDouble seconds(List<Shown> shown) {
    return shown.stream().flatMap(s -> s.seconds().stream()).mapToDouble(s -> s).max();
  }

  /** Adds a pipeline's heartbeats to its status. */
  public void addTo(Map<String, Object> status, String pipeline) {
    List<Shown> shown = of(pipeline);
    if (shown.isEmpty()) {
      return;
    }
    Instant now = Instant.now();
    seconds(shown).ifPresent(slowest -> status.put("heartbeat_seconds", rounded(slowest)));
    shown.stream()
        .flatMap(s -> s.beat().stream())
        .mapToDouble(beat -> HeartbeatStore.seconds(beat.committedAt(), now))
        .max()
        .ifPresent(age -> status.put("heartbeat_age_seconds", rounded(age)));
    shown.stream()
        .flatMap(s -> s.stillSince().stream())
        .min(Instant::compareTo)
        .ifPresent(since -> status.put("heartbeat_still_since", since));
    List<Map<String, Object>> tables = new ArrayList<>();
    shown.forEach(table -> tables.add(table(table, now)));
    status.put("heartbeats", tables);
  }

  private static Map<String, Object> table(Shown shown, Instant now) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("table", shown.table());
    map.put("connection", shown.connection());
    shown
        .beat()
        .ifPresent(
            beat -> {
              map.put("sequence", beat.sequence());
              map.put("operation", beat.operation());
              map.put("committed_at", beat.committedAt());
              map.put("age_seconds", rounded(HeartbeatStore.seconds(beat.committedAt(), now)));
              map.put(
                  "topic_seconds",
                  rounded(HeartbeatStore.seconds(beat.committedAt(), beat.writtenAt())));
            });
    shown.shownAt().ifPresent(at -> map.put("shown_at", at));
    shown.seconds().ifPresent(seconds -> map.put("seconds", rounded(seconds)));
    shown.stillSince().ifPresent(since -> map.put("still_since", since));
    map.put("windows", shown.windows().stream().map(HeartbeatBoard::window).toList());
    return map;
  }

  private static Map<String, Object> window(Window window) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("seconds", window.seconds());
    map.put("count", window.count());
    map.put("topic", percentiles(window.topic()));
    map.put("table", percentiles(window.table()));
    map.put("total", percentiles(window.total()));
    return map;
  }

  private static Map<String, Object> percentiles(Percentiles of) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("p50", rounded(of.p50()));
    map.put("p95", rounded(of.p95()));
    map.put("p99", rounded(of.p99()));
    return map;
  }

  private static double rounded(double seconds) {
    return Math.round(seconds * 1000) / 1000.0;
  }
}
