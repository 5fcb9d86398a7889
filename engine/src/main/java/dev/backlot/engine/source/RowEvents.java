package dev.backlot.engine.source;

import dev.backlot.event.Confluent;
import dev.backlot.event.ControlRecord;
import dev.backlot.event.EventHeader;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.source.SourceDescriptor;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The events of one key in a Source's topic, found by reading backwards from the topic's end,
 * within bounds. Thread-safe: calls wait for one another, but for nobody else's.
 */
public final class RowEvents {
  private static final int MOST_EVENTS = 200;
  private static final long MOST_RECORDS = 400_000;
  private static final long WINDOW = 5_000;
  private static final Duration PATIENCE = Duration.ofSeconds(6);
  private static final int SYSTEM_VALUES = 3;

  private final SourceStore sources;
  private final RecordTexts texts;
  private final TopicReader topics;

  /** Reads with a reader of its own, which stays the caller's to close. */
  public RowEvents(SourceStore sources, RecordTexts texts, TopicReader topics) {
    this.sources = sources;
    this.texts = texts;
    this.topics = topics;
  }

  /**
   * What was found of a key.
   *
   * @param events newest first
   * @param scanned how many records were looked at
   * @param complete whether all was looked at that the topic still holds of the key
   * @param since the topic was read back to this time; empty when it is complete
   */
  public record Found(
      List<Event> events, long scanned, boolean complete, Optional<Instant> since) {}

  /**
   * One change of the key, or of all keys at once.
   *
   * @param op c, u, d, r or t
   * @param dump whether the row was read from the table, not from the log
   * @param reselected whether a value that the log left out was read from the table
   * @param position of the change in the source's log
   * @param committedAt when it was committed in the source; for a dump row, when it was read
   * @param writtenAt when it was written to the topic
   * @param row the columns in order; of a delete what it tells
   */
  public record Event(
      String op,
      boolean dump,
      boolean reselected,
      String position,
      Instant committedAt,
      Instant writtenAt,
      int epoch,
      int partition,
      long offset,
      int schemaId,
      Map<String, @Nullable Object> row) {}

  /**
   * Returns the events of a key.
   *
   * @param key texts of the key's columns in key order
   * @throws ProblemException {@code NOT_FOUND} without such a Source; {@code USAGE} when the key
   *     has another number of columns, or a value that its column can't have
   */
  public Found of(String name, List<String> key) {
    SourceDescriptor source =
        sources
            .find(name)
            .map(SourceStore.StoredSource::descriptor)
            .orElseThrow(
                () ->
                    new ProblemException(
                        ProblemCode.NOT_FOUND,
                        "Cannot read Source '"
                            + name
                            + "': there is none of this name. See `backlot get sources`."));
    RowKey wanted = RowKey.of(source, key);
    Topic topic = new Topic(source.topic(), source.partitions());
    List<TopicPartition> partitions =
        wanted
            .partition(source.partitions())
            .map(p -> List.of(new TopicPartition(source.topic(), p)))
            .orElseGet(topic::all);
    return search(source, wanted, partitions);
  }

  private Found search(SourceDescriptor source, RowKey wanted, List<TopicPartition> partitions) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Map<TopicPartition, Long> begins = topics.begins(partitions);
    Map<TopicPartition, Long> to = new HashMap<>(topics.ends(partitions));
    List<Event> events = new ArrayList<>();
    long scanned = 0;
    long oldest = Long.MAX_VALUE;
    boolean left = true;
    while (left
        && events.size() < MOST_EVENTS
        && scanned < MOST_RECORDS
        && System.nanoTime() < deadline) {
      Map<TopicPartition, Long> from = new HashMap<>();
      for (TopicPartition partition : partitions) {
        long end = TopicReader.offset(to, partition);
        from.put(partition, Math.max(TopicReader.offset(begins, partition), end - WINDOW));
      }
      for (ConsumerRecord<byte[], byte[]> record : topics.readAll(from, to, PATIENCE)) {
        scanned++;
        oldest = Math.min(oldest, record.timestamp());
        Optional<EventHeader> header = header(record);
        if (header.isPresent() && record.value() != null) {
          event(source, wanted, record, header.get()).ifPresent(events::add);
        }
      }
      to = from;
      left = false;
      for (TopicPartition partition : partitions) {
        left |= TopicReader.offset(from, partition) > TopicReader.offset(begins, partition);
      }
    }
    events.sort(Comparator.comparing(Event::writtenAt).thenComparingLong(Event::offset).reversed());
    return new Found(
        List.copyOf(events.subList(0, Math.min(events.size(), MOST_EVENTS))),
        scanned,
        !left,
        left && oldest < Long.MAX_VALUE
            ? Optional.of(Instant.ofEpochMilli(oldest))
            : Optional.empty());
  }

  private static Optional<EventHeader> header(ConsumerRecord<byte[], byte[]> record) {
    return Optional.ofNullable(record.headers().lastHeader(EventHeader.NAME))
        .map(header -> EventHeader.decode(header.value()));
  }

  private Optional<Event> event(
      SourceDescriptor source,
      RowKey wanted,
      ConsumerRecord<byte[], byte[]> record,
      EventHeader header) {
    if (header.isControl()) {
      return ControlRecord.decode(record.key()).kind() == ControlRecord.Kind.TRUNCATE
          ? Optional.of(event("t", source, record, header, Map.of()))
          : Optional.empty();
    }
    if (!wanted.mayBe(record.key())) {
      return Optional.empty();
    }
    Map<String, @Nullable Object> decoded = texts.row(source.name(), source.epoch(), record);
    if (!wanted.is(decoded)) {
      return Optional.empty();
    }
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    int own = decoded.size() - SYSTEM_VALUES;
    for (Map.Entry<String, @Nullable Object> value : decoded.entrySet()) {
      if (row.size() < own) {
        row.put(value.getKey(), value.getValue());
      }
    }
    return Optional.of(event(String.valueOf(decoded.get("_op")), source, record, header, row));
  }

  private static Event event(
      String op,
      SourceDescriptor source,
      ConsumerRecord<byte[], byte[]> record,
      EventHeader header,
      Map<String, @Nullable Object> row) {
    return new Event(
        op,
        header.isDump(),
        (header.flags() & EventHeader.RESELECTED) != 0,
        header.position().toString(),
        Instant.EPOCH.plus(header.sourceMicros(), ChronoUnit.MICROS),
        Instant.ofEpochMilli(record.timestamp()),
        source.epoch(),
        record.partition(),
        record.offset(),
        Confluent.schemaId(record.value()),
        row);
  }
}
