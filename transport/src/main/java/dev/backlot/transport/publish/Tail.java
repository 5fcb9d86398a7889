package dev.backlot.transport.publish;

import dev.backlot.event.EventHeader;
import dev.backlot.event.InputHeader;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Where a published partition stands, found in its last records: those of generations that a fence
 * has ended count for nobody.
 */
final class Tail {
  /** Stands for the key of a truncation. */
  static final byte[] NO_KEY = {};

  private long generation;
  private @Nullable InputHeader mark;
  private @Nullable InputHeader last;
  private final Set<Sent> sentOfLast = new HashSet<>();

  /** A record of an input offset that gives several: its key, and whether it has no value. */
  private record Sent(ByteBuffer key, boolean tombstone) {}

  /** Returns the tail that a partition's last records tell, oldest first. */
  static Tail of(List<ConsumerRecord<byte[], byte[]>> records) {
    Tail tail = new Tail();
    records.forEach(tail::pass);
    return tail;
  }

  private void pass(ConsumerRecord<byte[], byte[]> record) {
    Header header = record.headers().lastHeader(EventHeader.NAME);
    if (header == null) {
      return;
    }
    EventHeader event = EventHeader.decode(header.value());
    if (event.generation() < generation) {
      return;
    }
    // A generation writes nothing before its fence, which may stand before the first of these.
    generation = event.generation();
    Header inputHeader = record.headers().lastHeader(InputHeader.NAME);
    if (inputHeader == null) {
      return;
    }
    InputHeader input = InputHeader.decode(inputHeader.value());
    if (input.isMark()) {
      mark = input;
      return;
    }
    if (last == null || last.epoch() != input.epoch() || last.offset() != input.offset()) {
      sentOfLast.clear();
    }
    last = input;
    // The key of a truncation names its generation, and a record gives one of them at most.
    byte[] key = event.isControl() ? NO_KEY : record.key();
    sentOfLast.add(new Sent(ByteBuffer.wrap(key), record.value() == null));
  }

  /** Returns the highest generation that is known to have written. */
  long generation() {
    return generation;
  }

  /**
   * Returns up to where the input was read at the last barrier: all that it gave before is here, in
   * a letter, or was dropped.
   */
  Optional<InputHeader> mark() {
    return Optional.ofNullable(mark);
  }

  /** Returns the newest of what the partition tells of its input, be it a mark or a row. */
  Optional<InputHeader> newest() {
    if (last == null || (mark != null && isBefore(last, mark))) {
      return Optional.ofNullable(mark);
    }
    return Optional.of(last);
  }

  private static boolean isBefore(InputHeader one, InputHeader other) {
    return one.epoch() < other.epoch()
        || (one.epoch() == other.epoch() && one.offset() < other.offset());
  }

  /** Returns whether a row's record is here already. */
  boolean has(int epoch, long offset, byte[] key, boolean tombstone) {
    if (last == null || epoch != last.epoch() || offset > last.offset()) {
      return false;
    }
    return offset < last.offset() || sentOfLast.contains(new Sent(ByteBuffer.wrap(key), tombstone));
  }
}
