package dev.backlot.controller.live;

import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.dataplane.DataPlane.SourceStats;
import dev.backlot.metadata.SourceStore;
import dev.backlot.metadata.SourceStore.StoredSource;
import dev.backlot.model.ProblemException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Figures and newest rows of every Source, refreshed by one thread every two seconds for as long as
 * someone looks, so that nobody waits for Kafka. Thread-safe.
 */
final class SourceBoard implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SourceBoard.class);
  private static final int ROWS = 8;
  private static final int LONGEST_TEXT = 200;
  private static final long PERIOD_MILLIS = 2_000;
  private static final long PATIENCE_MILLIS = 1_500;
  private static final long INTEREST_NANOS = 6_000_000_000L;

  private final SourceStore sources;
  private final DataPlane dataPlane;
  private final Map<String, Seen> board = new ConcurrentHashMap<>();
  private volatile long lastLook = System.nanoTime() - 2 * INTEREST_NANOS;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "source-board");
            thread.setDaemon(true);
            return thread;
          });

  SourceBoard(SourceStore sources, DataPlane dataPlane) {
    this.sources = sources;
    this.dataPlane = dataPlane;
    clock.scheduleWithFixedDelay(
        this::refreshIfWatched, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** What was seen of a Source; rows newest first, as the page shows them. */
  record Seen(SourceStats stats, List<String> columns, List<Map<String, Object>> rows) {}

  /** Returns what was seen of each Source; the first look after a while waits a moment for it. */
  Map<String, Seen> look() {
    boolean stale = System.nanoTime() - lastLook > INTEREST_NANOS;
    lastLook = System.nanoTime();
    if (stale) {
      try {
        clock.submit(this::refreshAll).get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException | ExecutionException e) {
        LOG.debug("The Sources are still being looked at", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return board;
  }

  private void refreshIfWatched() {
    if (System.nanoTime() - lastLook < INTEREST_NANOS) {
      refreshAll();
    }
  }

  private void refreshAll() {
    try {
      List<StoredSource> all = sources.list();
      board
          .keySet()
          .removeIf(name -> all.stream().noneMatch(s -> s.descriptor().name().equals(name)));
      for (StoredSource source : all) {
        refresh(source.descriptor().name());
      }
    } catch (RuntimeException e) {
      LOG.debug("Cannot look at the Sources", e);
    }
  }

  private void refresh(String source) {
    try {
      SourceStats stats = dataPlane.stats(source);
      List<String> columns = new ArrayList<>();
      List<Map<String, Object>> rows = new ArrayList<>();
      if (dataPlane.sample(source, ROWS).get("rows") instanceof List<?> sample) {
        for (Object row : sample) {
          if (row instanceof Map<?, ?> values) {
            rows.add(row(source, values, columns));
          }
        }
      }
      board.put(source, new Seen(stats, columns, rows));
    } catch (ProblemException e) {
      LOG.debug("Cannot look at Source '{}'", source, e);
      board.remove(source);
    }
  }

  private static Map<String, Object> row(String source, Map<?, ?> sample, List<String> columns) {
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
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("id", source + "/" + sample.get("_ts") + "/" + values.hashCode());
    row.put("op", sample.get("_op"));
    row.put("at", isoTime(sample.get("_ts")));
    row.put("values", values);
    return row;
  }

  /** Turns PostgreSQL's text of a timestamp with time zone into ISO 8601. */
  private static Object isoTime(@org.jspecify.annotations.Nullable Object time) {
    String text = String.valueOf(time);
    return text.endsWith("+00")
        ? text.substring(0, text.length() - 3).replace(' ', 'T') + "Z"
        : text;
  }

  private static Object shortened(@org.jspecify.annotations.Nullable Object value) {
    if (value instanceof String text && text.length() > LONGEST_TEXT) {
      return text.substring(0, LONGEST_TEXT) + "\u2026";
    }
    return value == null ? NULL : value;
  }

  private static final Object NULL = com.fasterxml.jackson.databind.node.NullNode.getInstance();

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
