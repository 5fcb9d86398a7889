package dev.backlot.transport;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Up to where the partitions of one topic were read, and what of that was reported. For one thread.
 */
final class PassedOffsets {
  private final String topic;
  private final Map<Integer, Reached> partitions = new HashMap<>();
  private Reached last = new Reached(-1, 0);

  PassedOffsets(String topic) {
    this.topic = topic;
  }

  /** A partition's state since the last report. */
  private static final class Reached {
    final int partition;
    long from;
    long nextOffset;
    long generation;
    boolean marked;
    boolean reported = true;

    Reached(int partition, long from) {
      this.partition = partition;
      this.from = from;
      this.nextOffset = from;
    }
  }

  /** A record was passed, or a partition begins. */
  void pass(ReadEvent event) {
    if (event.start()) {
      partitions.put(event.partition(), new Reached(event.partition(), event.nextOffset()));
    }
    Reached reached = reached(event.partition());
    reached.nextOffset = event.nextOffset();
    reached.generation = event.generation();
    reached.marked |= event.mark();
    reached.reported = false;
  }

  private Reached reached(int partition) {
    if (last.partition != partition || partitions.get(partition) != last) {
      Reached found = partitions.get(partition);
      if (found == null) {
        throw new IllegalStateException(
            "Records of " + topic + "/" + partition + " before its start");
      }
      last = found;
    }
    return last;
  }

  /** Reports what was passed since the last report. */
  void report(Consumer<Progress> to) {
    for (Reached reached : partitions.values()) {
      if (!reached.reported) {
        to.accept(
            new Progress(
                topic,
                reached.partition,
                reached.from,
                reached.nextOffset,
                reached.generation,
                reached.marked));
        reached.from = reached.nextOffset;
        reached.marked = false;
        reached.reported = true;
      }
    }
  }
}
