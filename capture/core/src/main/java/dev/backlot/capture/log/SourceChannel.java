package dev.backlot.capture.log;

import dev.backlot.event.ControlRecord;
import dev.backlot.event.EventHeader;
import dev.backlot.event.Partitioning;
import dev.backlot.event.Position;
import dev.backlot.metadata.HeartbeatStore;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * One Source's way into its topic: chooses the partition, adds the header, and leaves out what an
 * earlier owner has written already. For the one thread that writes.
 */
public final class SourceChannel {
  /** The key of a keyless table's records. */
  public static final byte[] NO_KEY = {};

  /** A change has as many ordinals in its transaction, all of one partition when it has no key. */
  public static final int ORDINALS_PER_CHANGE = 4;

  private final OrderedWriter writer;
  private final String topic;
  private final Position[] tails;
  private final long generation;
  private final int controlSchemaId;
  private Position highestTail = Position.START;
  private long marks;
  private long changes;

  /**
   * Opens the channel.
   *
   * @param tails the last position of each partition
   */
  public SourceChannel(
      OrderedWriter writer, String topic, Position[] tails, long generation, int controlSchemaId) {
    this.writer = writer;
    this.topic = topic;
    this.tails = tails.clone();
    this.generation = generation;
    this.controlSchemaId = controlSchemaId;
    for (Position tail : tails) {
      if (after(tail.lsn(), tail.ordinal(), highestTail)) {
        highestTail = tail;
      }
    }
  }

  /** Returns the topic. */
  public String topic() {
    return topic;
  }

  /** Returns how many partitions the topic has. */
  public int partitions() {
    return tails.length;
  }

  /**
   * Writes a change that the log told, unless its partition has it already.
   *
   * @param key framed; empty for a keyless table
   * @param value framed; null for a tombstone
   */
  public void writeChange(
      byte[] key, byte @Nullable [] value, Position position, int flags, long sourceMicros) {
    int partition = partition(key, position);
    if (!isWritten(partition, position)) {
      send(partition, key, value, position, flags, sourceMicros);
    }
  }

  /**
   * Writes a change of a keyless table at another place than its own: behind the truncation with
   * which a dump begins.
   */
  public void writeRepeated(byte[] value, Position position, int flags, long sourceMicros) {
    send(partition(NO_KEY, position), NO_KEY, value, position, flags, sourceMicros);
  }

  /** Writes a row that was read from the table. */
  public void writeDumpRow(byte[] key, byte[] value, Position position, long sourceMicros) {
    send(partition(key, position), key, value, position, EventHeader.DUMP, sourceMicros);
  }

  /**
   * Writes that the table was read and does not have this key: a delete, and its tombstone with the
   * next ordinal.
   */
  public void writeDumpDelete(byte[] key, byte[] value, Position position, long sourceMicros) {
    int partition = partition(key, position);
    Position next = new Position(position.timeline(), position.lsn(), position.ordinal() + 1);
    send(partition, key, value, position, EventHeader.DUMP, sourceMicros);
    send(partition, key, null, next, EventHeader.DUMP, sourceMicros);
  }

  /** Writes into every partition that all rows are gone. */
  public void writeTruncate(byte[] value, Position position, long sourceMicros) {
    byte[] key =
        new ControlRecord(ControlRecord.Kind.TRUNCATE, generation, position)
            .encode(controlSchemaId);
    for (int partition = 0; partition < tails.length; partition++) {
      if (!isWritten(partition, position)) {
        send(partition, key, value, position, EventHeader.CONTROL, sourceMicros);
      }
    }
  }

  /**
   * Writes a mark into every partition: what the log said before it stands before it there, and
   * what it says later behind it.
   *
   * @param passed hears of each mark's partition and offset once Kafka has acknowledged it, by the
   *     producer's thread
   */
  public void writeMark(Position position, long sourceMicros, OffsetListener passed) {
    byte[] key = ControlRecord.MARK.encode(controlSchemaId);
    marks += tails.length;
    for (int partition = 0; partition < tails.length; partition++) {
      ProducerRecord<byte[], byte[]> record =
          record(partition, key, null, position, EventHeader.CONTROL, sourceMicros);
      writer.send(record, passed);
    }
  }

  /** Returns what was written since this was last asked; for the thread that writes. */
  public HeartbeatStore.Volume takeVolume() {
    HeartbeatStore.Volume written = new HeartbeatStore.Volume(marks, changes);
    marks = 0;
    changes = 0;
    return written;
  }

  private int partition(byte[] key, Position position) {
    return key.length == 0
        ? Partitioning.partition(
            position.lsn(), position.ordinal() / ORDINALS_PER_CHANGE, tails.length)
        : Partitioning.partition(key, tails.length);
  }

  /** A promotion may repeat old transactions on a new timeline, so only the place counts. */
  private boolean isWritten(int partition, Position position) {
    return !after(position.lsn(), position.ordinal(), highestTail)
        && !after(position.lsn(), position.ordinal(), tails[partition]);
  }

  private static boolean after(long lsn, int ordinal, Position tail) {
    int byLsn = Long.compareUnsigned(lsn, tail.lsn());
    return byLsn > 0 || (byLsn == 0 && Integer.compareUnsigned(ordinal, tail.ordinal()) > 0);
  }

  private void send(
      int partition,
      byte[] key,
      byte @Nullable [] value,
      Position position,
      int flags,
      long sourceMicros) {
    changes++;
    byte @Nullable [] told = key.length == 0 ? null : key;
    writer.send(record(partition, told, value, position, flags, sourceMicros));
  }

  private ProducerRecord<byte[], byte[]> record(
      int partition,
      byte @Nullable [] key,
      byte @Nullable [] value,
      Position position,
      int flags,
      long sourceMicros) {
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, partition, key, value);
    record
        .headers()
        .add(EventHeader.NAME, new EventHeader(flags, generation, position, sourceMicros).encode());
    return record;
  }
}
