package dev.backlot.transport;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** A Source's record as it stands in its topic. Its bytes must not be changed. */
public final class OriginalRecord implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The topic no longer has the record. */
  public static final OriginalRecord GONE = new OriginalRecord(0, null, null, List.of());

  private final long timestampMillis;
  private final byte @Nullable [] key;
  private final byte @Nullable [] value;
  private final ArrayList<Head> headers;

  OriginalRecord(
      long timestampMillis, byte @Nullable [] key, byte @Nullable [] value, List<Head> headers) {
    this.timestampMillis = timestampMillis;
    this.key = key;
    this.value = value;
    this.headers = new ArrayList<>(headers);
  }

  /** A header's name and bytes. */
  record Head(String name, byte @Nullable [] value) implements Serializable {
    /** Compares the bytes. */
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Head that
          && name.equals(that.name)
          && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
      return Objects.hash(name, Arrays.hashCode(value));
    }
  }

  /** Returns a record as it was read. */
  public static OriginalRecord of(ConsumerRecord<byte[], byte[]> record) {
    return new OriginalRecord(
        record.timestamp(), record.key(), record.value(), heads(record.headers()));
  }

  static List<Head> heads(Headers headers) {
    List<Head> heads = new ArrayList<>();
    headers.forEach(header -> heads.add(new Head(header.key(), header.value())));
    return heads;
  }

  /** Returns whether the record is not there any more. */
  public boolean isGone() {
    return value == null;
  }

  /** Returns when it was written to its topic, in milliseconds since 1970 UTC. */
  public long timestampMillis() {
    return timestampMillis;
  }

  /** Returns its key's bytes, if it has any. */
  public Optional<byte[]> key() {
    return Optional.ofNullable(key);
  }

  /** Returns its value's bytes, unless it is gone. */
  public Optional<byte[]> value() {
    return Optional.ofNullable(value);
  }

  List<Head> headers() {
    return headers;
  }

  /** Returns the record as it is read from its topic. */
  public ConsumerRecord<byte[], byte[]> at(String topic, int partition, long offset) {
    RecordHeaders all = new RecordHeaders();
    headers.forEach(head -> all.add(new RecordHeader(head.name(), head.value())));
    return new ConsumerRecord<>(
        topic,
        partition,
        offset,
        timestampMillis,
        TimestampType.CREATE_TIME,
        key == null ? ConsumerRecord.NULL_SIZE : key.length,
        value == null ? ConsumerRecord.NULL_SIZE : value.length,
        key,
        value,
        all,
        Optional.empty());
  }
}
