package dev.backlot.controller.connection;

import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.heartbeat.HeartbeatBoard;
import dev.backlot.metadata.HeartbeatStore;
import dev.backlot.metadata.HeartbeatStore.Beat;
import dev.backlot.metadata.HeartbeatStore.Volume;
import dev.backlot.metadata.SourceStore.StoredSource;
import dev.backlot.model.ProblemException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * How fast the tables of connections change, by what capture tells with each heartbeat. When a
 * topic got its last change is asked of Kafka once, while nobody waits for it, and followed from
 * then on. Thread-safe.
 */
public final class ChangeRates implements AutoCloseable {

  private final HeartbeatStore store;
  private final HeartbeatBoard heartbeats;
  private final DataPlane dataPlane;
  private final Map<String, Rate> known = new ConcurrentHashMap<>();
  private final Map<String, Optional<Instant>> lastChanges = new ConcurrentHashMap<>();
  private final ExecutorService asker =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "last-changes");
            thread.setDaemon(true);
            return thread;
          });

  /** Follows what heartbeats tell. */
  public ChangeRates(HeartbeatStore store, HeartbeatBoard heartbeats, DataPlane dataPlane) {
    this.store = store;
    this.heartbeats = heartbeats;
    this.dataPlane = dataPlane;
  }

  /**
   * How a topic moves.
   *
   * @param at the heartbeat up to which changes are counted
   * @param changes that capture has written
   * @param perSecond between the last two heartbeats
   * @param last when the last change was written
   */
  record Rate(long changes, Instant at, Optional<Double> perSecond, Optional<Instant> last) {}

  /** Returns how the topics of a connection's Sources move, by topic. */
  Map<String, Rate> of(String connection, List<StoredSource> sources) {
    Optional<Instant> at = heartbeats.newest(connection).map(Beat::writtenAt);
    if (at.isEmpty() || sources.isEmpty()) {
      return Map.of();
    }
    Map<String, Volume> volumes = store.volumes();
    Map<String, Rate> rates = new HashMap<>();
    for (StoredSource source : sources) {
      String topic = source.descriptor().topic();
      Volume volume = volumes.get(topic);
      if (volume == null) {
        continue;
      }
      if (lastChanges.putIfAbsent(topic, Optional.empty()) == null) {
        asker.execute(() -> lastChanges.put(topic, newest(source.descriptor().name())));
      }
      rates.put(
          topic,
          known.compute(topic, (name, before) -> next(name, before, volume.changes(), at.get())));
    }
    return rates;
  }

  private Rate next(
      String topic, @org.jspecify.annotations.Nullable Rate before, long changes, Instant at) {
    Optional<Instant> last = lastChanges.getOrDefault(topic, Optional.empty());
    if (before == null) {
      return new Rate(changes, at, Optional.empty(), last);
    }
    double seconds = HeartbeatStore.seconds(before.at(), at);
    if (seconds < 0.5) {
      return new Rate(
          before.changes(), before.at(), before.perSecond(), before.last().or(() -> last));
    }
    long came = Math.max(0, changes - before.changes());
    Optional<Instant> newest = came > 0 ? Optional.of(at) : before.last().or(() -> last);
    return new Rate(changes, at, Optional.of(came / seconds), newest);
  }

  private Optional<Instant> newest(String source) {
    try {
      return dataPlane.stats(source).newest();
    } catch (ProblemException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    asker.shutdownNow();
  }
}
