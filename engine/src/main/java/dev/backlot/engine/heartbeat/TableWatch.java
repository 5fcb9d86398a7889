package dev.backlot.engine.heartbeat;

import dev.backlot.engine.heartbeat.Latencies.Taken;
import dev.backlot.metadata.HeartbeatStore.Beat;
import dev.backlot.metadata.HeartbeatStore.Shown;
import dev.backlot.transport.Mark;
import dev.backlot.transport.Marks;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The heartbeats of one connection on their way to one table. A table shows a heartbeat when its
 * marks lie behind the heartbeat's in every partition that it reads of that connection. For one
 * thread.
 */
final class TableWatch {
  private final String pipeline;
  private final String sink;
  private final String table;
  private final String connection;
  private final Set<String> topics;
  private final Instant since;
  private final Deque<Beat> open = new ArrayDeque<>();
  private final Map<TopicPartition, Moved> moved = new HashMap<>();
  private final Latencies latencies = new Latencies();
  private long lastSequence;
  private @Nullable Beat newest;
  private @Nullable Instant newestShownAt;

  /**
   * Begins to watch.
   *
   * @param topics that the table's pipeline reads of the connection
   * @param before what was known of it until now, as after a restart; without, heartbeats from
   *     before {@code now} are none of its own
   */
  TableWatch(
      String pipeline,
      String sink,
      String table,
      String connection,
      Set<String> topics,
      Optional<Shown> before,
      Instant now) {
    this.pipeline = pipeline;
    this.sink = sink;
    this.table = table;
    this.connection = connection;
    this.topics = Set.copyOf(topics);
    this.newest = before.flatMap(Shown::beat).orElse(null);
    this.newestShownAt = before.flatMap(Shown::shownAt).orElse(null);
    this.lastSequence = newest == null ? 0 : newest.sequence();
    this.since = newest == null ? now : Instant.EPOCH;
  }

  /** The mark of a partition, and since when it is that. */
  private record Moved(long nextOffset, Instant since) {}

  /** A snapshot of the table that carries marks. */
  record Stand(Instant at, Marks marks) {}

  String connection() {
    return connection;
  }

  Set<String> topics() {
    return topics;
  }

  /**
   * Takes heartbeats that capture has written, oldest first; those known already are passed over.
   */
  void written(List<Beat> beats) {
    for (Beat beat : beats) {
      if (beat.sequence() > lastSequence && topics.stream().anyMatch(beat.offsets()::containsKey)) {
        lastSequence = beat.sequence();
        if (!beat.writtenAt().isBefore(since)) {
          open.addLast(beat);
        }
      }
    }
  }

  /** Returns whether there are heartbeats that the table did not show yet. */
  boolean isWaiting() {
    return !open.isEmpty();
  }

  /**
   * Looks at the table.
   *
   * @param stands since the last look, oldest first
   * @param current the table's marks now
   * @return what heartbeats took that the table shows for the first time
   */
  List<Taken> look(List<Stand> stands, Marks current, Instant now) {
    List<Taken> arrived = new ArrayList<>();
    for (Stand stand : stands) {
      while (!open.isEmpty() && shows(stand.marks(), open.getFirst())) {
        Beat beat = open.removeFirst();
        newest = beat;
        newestShownAt = stand.at();
        Taken taken = Taken.of(beat, stand.at());
        latencies.add(taken);
        arrived.add(taken);
      }
    }
    // Snapshots go after a while; what they showed the newest one still shows, nobody knows since
    // when.
    while (!open.isEmpty() && shows(current, open.getFirst())) {
      newest = open.removeFirst();
      newestShownAt = now;
    }
    current
        .byPartition()
        .forEach(
            (partition, mark) -> {
              Moved known = moved.get(partition);
              if (known == null || known.nextOffset() != mark.nextOffset()) {
                moved.put(partition, new Moved(mark.nextOffset(), now));
              }
            });
    return arrived;
  }

  private boolean shows(Marks marks, Beat beat) {
    return topics.stream()
        .filter(beat.offsets()::containsKey)
        .allMatch(topic -> behind(marks, beat, topic).isEmpty());
  }

  private static List<TopicPartition> behind(Marks marks, Beat beat, String topic) {
    List<TopicPartition> behind = new ArrayList<>();
    List<Long> offsets = beat.offsets().getOrDefault(topic, List.of());
    for (int partition = 0; partition < offsets.size(); partition++) {
      long next = marks.mark(topic, partition).map(Mark::nextOffset).orElse(0L);
      if (next <= offsets.get(partition)) {
        behind.add(new TopicPartition(topic, partition));
      }
    }
    return behind;
  }

  /**
   * Returns since when a partition that is before a heartbeat has stood still: a table that is far
   * behind but moves is late, not silent.
   */
  private Optional<Instant> stillSince(Marks current) {
    Beat oldest = open.peekFirst();
    if (oldest == null) {
      return Optional.empty();
    }
    return topics.stream()
        .flatMap(topic -> behind(current, oldest, topic).stream())
        .map(moved::get)
        .map(known -> known == null ? oldest.writtenAt() : known.since())
        .map(since -> since.isAfter(oldest.writtenAt()) ? since : oldest.writtenAt())
        .min(Instant::compareTo);
  }

  /** Returns what there is to tell. */
  Shown shown(Marks current, Instant now) {
    return new Shown(
        pipeline,
        sink,
        table,
        connection,
        Optional.ofNullable(newest),
        Optional.ofNullable(newestShownAt),
        stillSince(current),
        latencies.windows(now),
        now);
  }
}
