package dev.backlot.capture.heartbeat;

import dev.backlot.capture.log.OrderedWriter;
import dev.backlot.capture.log.SourceChannel;
import dev.backlot.capture.metrics.CaptureMetrics;
import dev.backlot.event.Position;
import dev.backlot.metadata.HeartbeatStore;
import dev.backlot.metadata.HeartbeatStore.Beat;
import dev.backlot.metadata.HeartbeatStore.Operation;
import dev.backlot.metadata.HeartbeatStore.Volume;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The heartbeats of one run of a connection's capture. One thread asks for messages and writes them
 * into the source's log ({@link #due}); the one that reads the log meets them there, behind every
 * change that was committed before, and puts a mark into every partition of every Source ({@link
 * #passed}). Once Kafka has acknowledged all of these, the heartbeat is noted.
 */
public final class Heartbeats {
  private static final Logger LOG = LoggerFactory.getLogger(Heartbeats.class);
  private static final String PREFIX = "heartbeat:";

  private final HeartbeatStore store;
  private final OrderedWriter writer;
  private final CaptureMetrics metrics;
  private final String connection;
  private final long generation;
  private long sequence;
  private long lastNanos;
  private boolean begun;

  /** Continues a connection's heartbeats under a lease's generation. */
  public Heartbeats(
      HeartbeatStore store,
      OrderedWriter writer,
      CaptureMetrics metrics,
      String connection,
      long generation) {
    this.store = store;
    this.metrics = metrics;
    this.writer = writer;
    this.connection = connection;
    this.generation = generation;
  }

  /**
   * Returns the message of the next heartbeat when it is time for it.
   *
   * @param every how often there is one; empty for never
   */
  public Optional<String> due(Optional<Duration> every) {
    long now = System.nanoTime();
    if (every.isEmpty() || (begun && now - lastNanos < every.get().toNanos())) {
      return Optional.empty();
    }
    if (!begun) {
      sequence = store.lastSequence(connection);
      begun = true;
    }
    lastNanos = now;
    sequence++;
    return Optional.of(PREFIX + generation + ":" + sequence + ":" + Operation.of(sequence).label());
  }

  /**
   * Hears of a message in the log; those of others, and heartbeats of earlier owners, are passed
   * over. By the thread that reads the log.
   *
   * @param at where it stands in the log
   * @param commitMicros when the source committed it
   * @param channels of all Sources that are captured, by name
   */
  public void passed(
      String content, Position at, long commitMicros, Map<String, SourceChannel> channels) {
    if (!content.startsWith(PREFIX)) {
      return;
    }
    String[] parts = content.split(":", 4);
    if (parts.length < 4 || Long.parseLong(parts[1]) != generation) {
      return;
    }
    Map<String, AtomicLongArray> offsets = new HashMap<>();
    Map<String, Volume> volumes = new HashMap<>();
    Map<String, Long> changes = new HashMap<>();
    for (Map.Entry<String, SourceChannel> source : channels.entrySet()) {
      SourceChannel channel = source.getValue();
      AtomicLongArray ofTopic = new AtomicLongArray(channel.partitions());
      channel.writeMark(at, commitMicros, ofTopic::set);
      offsets.put(channel.topic(), ofTopic);
      Volume volume = channel.takeVolume();
      volumes.put(channel.topic(), volume);
      changes.put(source.getKey(), volume.changes());
    }
    long number = Long.parseLong(parts[2]);
    writer.whenAcknowledged(() -> note(number, parts[3], commitMicros, offsets, volumes, changes));
  }

  private void note(
      long number,
      String operation,
      long commitMicros,
      Map<String, AtomicLongArray> offsets,
      Map<String, Volume> volumes,
      Map<String, Long> changes) {
    Instant committed = Instant.EPOCH.plus(commitMicros, ChronoUnit.MICROS);
    Instant now = Instant.now();
    Map<String, List<Long>> places = new HashMap<>();
    offsets.forEach((topic, ofTopic) -> places.put(topic, list(ofTopic)));
    changes.forEach(metrics::written);
    metrics.heartbeat(HeartbeatStore.seconds(committed, now));
    try {
      store.add(new Beat(connection, number, operation, committed, now, places), volumes);
    } catch (RuntimeException e) {
      // Without the metadata database the lease ends soon; one heartbeat less is no reason to.
      LOG.warn("Cannot note heartbeat {} of connection '{}'", number, connection, e);
    }
  }

  private static List<Long> list(AtomicLongArray offsets) {
    Long[] list = new Long[offsets.length()];
    Arrays.setAll(list, offsets::get);
    return List.of(list);
  }
}
