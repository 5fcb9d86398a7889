package dev.backlot.controller.home;

import com.fasterxml.jackson.databind.node.NullNode;
import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.home.Home.Movement;
import dev.backlot.controller.home.Home.MovingSource;
import dev.backlot.controller.home.Home.Row;
import dev.backlot.metadata.HeartbeatStore;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.ProblemException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where most moves, and the newest changes there: of a few Sources only, however many there are.
 * One thread looks every two seconds for as long as somebody asks. Thread-safe.
 */
public final class MovementBoard implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MovementBoard.class);
  private static final int SOURCES = 6;
  private static final int ROWS = 8;
  private static final int LONGEST_TEXT = 200;
  private static final long PERIOD_MILLIS = 2_000;
  private static final long PATIENCE_MILLIS = 1_500;
  private static final long INTEREST_NANOS = 10_000_000_000L;
  private static final long VOLUMES_NANOS = 5_000_000_000L;
  private static final int VOLUMES_KEPT = 7;

  private final SourceStore sources;
  private final HeartbeatStore heartbeats;
  private final DataPlane dataPlane;
  private final Deque<Volumes> volumes = new ArrayDeque<>();
  private volatile Movement board = new Movement(Optional.empty(), List.of());
  private volatile long lastLook = System.nanoTime() - 2 * INTEREST_NANOS;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "movement");
            thread.setDaemon(true);
            return thread;
          });

  /** Watches these. */
  public MovementBoard(MetadataDatabase metadata, DataPlane dataPlane) {
    this.sources = metadata.sources();
    this.heartbeats = metadata.heartbeats();
    this.dataPlane = dataPlane;
    clock.scheduleWithFixedDelay(
        this::refreshIfWatched, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  private record Volumes(long nanos, Map<String, Long> changesByTopic) {}

  /** Returns what moves; the first look after a while waits a moment for it. */
  Movement look() {
    boolean stale = System.nanoTime() - lastLook > INTEREST_NANOS;
    lastLook = System.nanoTime();
    if (stale) {
      try {
        clock.submit(this::refresh).get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException | ExecutionException e) {
        LOG.debug("What moves is still being looked at", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return board;
  }

  private void refreshIfWatched() {
    if (System.nanoTime() - lastLook < INTEREST_NANOS) {
      refresh();
    }
  }

  private void refresh() {
    try {
      measure();
      Map<String, Double> rates = rates();
      List<MovingSource> moving = new ArrayList<>();
      busiest(rates).forEach((name, rate) -> moving.add(sample(name, rate)));
      board =
          new Movement(
              rates.isEmpty()
                  ? Optional.empty()
                  : Optional.of(rates.values().stream().mapToDouble(rate -> rate).sum()),
              moving);
    } catch (RuntimeException e) {
      LOG.debug("Cannot look at what moves", e);
    }
  }

  private void measure() {
    long now = System.nanoTime();
    if (!volumes.isEmpty() && now - volumes.getLast().nanos() > INTEREST_NANOS) {
      volumes.clear();
    }
    if (volumes.isEmpty() || now - volumes.getLast().nanos() > VOLUMES_NANOS) {
      Map<String, Long> changes = new HashMap<>();
      heartbeats.volumes().forEach((topic, volume) -> changes.put(topic, volume.changes()));
      volumes.addLast(new Volumes(now, changes));
      if (volumes.size() > VOLUMES_KEPT) {
        volumes.removeFirst();
      }
    }
  }

  /** Returns the Sources where most moves; before anything was measured, those that began last. */
  private Map<String, Optional<Double>> busiest(Map<String, Double> rates) {
    Map<String, Optional<Double>> busiest = new LinkedHashMap<>();
    Map<String, Long> changes = volumes.isEmpty() ? Map.of() : volumes.getLast().changesByTopic();
    List<String> topics =
        changes.keySet().stream()
            .sorted(
                Comparator.comparing((String topic) -> rates.getOrDefault(topic, 0.0))
                    .thenComparing(topic -> changes.getOrDefault(topic, 0L))
                    .reversed())
            // Topics of former epochs are among them.
            .limit(4L * SOURCES)
            .toList();
    Map<String, String> names = sources.namesByTopic(topics);
    for (String topic : topics) {
      String name = names.get(topic);
      if (name != null && busiest.size() < SOURCES) {
        busiest.put(name, Optional.ofNullable(rates.get(topic)));
      }
    }
    if (busiest.isEmpty()) {
      sources.newest(SOURCES).forEach(name -> busiest.put(name, Optional.empty()));
    }
    return busiest;
  }

  /** Capture tells with each heartbeat what it has written: none is told between two. */
  private Map<String, Double> rates() {
    Map<String, Double> rates = new HashMap<>();
    double seconds =
        volumes.isEmpty() ? 0 : (volumes.getLast().nanos() - volumes.getFirst().nanos()) / 1e9;
    if (seconds < VOLUMES_NANOS / 1e9 * (VOLUMES_KEPT - 1) / 2) {
      return rates;
    }
    Map<String, Long> before = volumes.getFirst().changesByTopic();
    volumes
        .getLast()
        .changesByTopic()
        .forEach(
            (topic, changes) -> {
              if (before.containsKey(topic)) {
                rates.put(topic, Math.max(0, changes - before.getOrDefault(topic, 0L)) / seconds);
              }
            });
    return rates;
  }

  private MovingSource sample(String name, Optional<Double> rate) {
    List<String> columns = new ArrayList<>();
    List<Row> rows = new ArrayList<>();
    try {
      if (dataPlane.sample(name, ROWS).get("rows") instanceof List<?> sample) {
        for (Object row : sample) {
          if (row instanceof Map<?, ?> values) {
            rows.add(row(name, values, columns));
          }
        }
      }
    } catch (ProblemException e) {
      LOG.debug("Cannot look at Source '{}'", name, e);
    }
    return new MovingSource(name, rate, columns, rows);
  }

  private static Row row(String source, Map<?, ?> sample, List<String> columns) {
    Map<String, Object> values = new LinkedHashMap<>();
    sample.forEach(
        (name, value) -> {
          String column = String.valueOf(name);
          if (!column.equals("_op") && !column.equals("_ts") && !column.equals("_source_ts")) {
            values.put(column, shortened(value));
            if (!columns.contains(column)) {
              columns.add(column);
            }
          }
        });
    return new Row(
        source + "/" + sample.get("_ts") + "/" + values.hashCode(),
        String.valueOf(sample.get("_op")),
        Optional.ofNullable(sample.get("_ts")).map(MovementBoard::isoTime),
        values);
  }

  /** Turns PostgreSQL's text of a timestamp with time zone into ISO 8601. */
  private static String isoTime(Object time) {
    String text = String.valueOf(time);
    return text.endsWith("+00")
        ? text.substring(0, text.length() - 3).replace(' ', 'T') + "Z"
        : text;
  }

  private static Object shortened(@Nullable Object value) {
    if (value instanceof String text && text.length() > LONGEST_TEXT) {
      return text.substring(0, LONGEST_TEXT) + "…";
    }
    return value == null ? NullNode.getInstance() : value;
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
