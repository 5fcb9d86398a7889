package dev.backlot.engine.source;

import dev.backlot.event.EventHeader;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/**
 * Where the changes in partitions of Sources' topics end. Behind the last change an idle Source's
 * topic has any number of marks and fences, which are neither volume nor lag. Remembers what it has
 * read, so that a look costs the few records that came since the last one. Thread-safe.
 */
public final class TopicTails {
  /** Fewer new records than this are all looked at; of more, only the last ones. */
  private static final long FEW = 64;

  private static final long WINDOW = 16;
  private static final long WIDER = 16;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final TopicReader topics;
  private final Map<TopicPartition, Tail> known = new HashMap<>();

  /** Reads here, which stays the caller's to close. */
  public TopicTails(TopicReader topics) {
    this.topics = topics;
  }

  /**
   * A partition's end.
   *
   * @param changesEnd behind the last change; the topic's beginning when there is none
   * @param end up to where was looked
   * @param newest when the last change was written
   * @param changes how many changes came since the first look; marks among many at once count too
   */
  public record Tail(long changesEnd, long end, Optional<Instant> newest, long changes) {}

  /** Returns whether a record tells a change, or the end of one's key. */
  static boolean isChange(ConsumerRecord<byte[], byte[]> record) {
    Header header = record.headers().lastHeader(EventHeader.NAME);
    return header == null || !EventHeader.decode(header.value()).isControl();
  }

  /**
   * Looks at partitions up to their ends.
   *
   * @param ends of partitions, as Kafka has just said
   * @throws dev.backlot.model.ProblemException {@code KAFKA_UNREACHABLE}
   */
  public synchronized Map<TopicPartition, Tail> of(Map<TopicPartition, Long> ends) {
    Map<TopicPartition, Long> from = new HashMap<>();
    Set<TopicPartition> unknown = new HashSet<>();
    ends.forEach(
        (partition, end) -> {
          Tail tail = known.get(partition);
          if (tail == null || end < tail.end() || end - tail.end() > FEW) {
            unknown.add(partition);
          } else if (end > tail.end()) {
            from.put(partition, tail.end());
          }
        });
    Map<TopicPartition, Tail> next = new HashMap<>();
    if (!from.isEmpty()) {
      from.forEach(
          (partition, offset) -> {
            Tail tail = known.get(partition);
            if (tail != null) {
              next.put(partition, moved(tail, TopicReader.offset(ends, partition)));
            }
          });
      topics.readAll(from, ends, PATIENCE).forEach(record -> take(record, next, 1));
    }
    if (!unknown.isEmpty()) {
      search(unknown, ends, next);
    }
    known.putAll(next);
    Map<TopicPartition, Tail> all = new HashMap<>();
    ends.keySet()
        .forEach(
            partition -> {
              Tail tail = known.get(partition);
              if (tail != null) {
                all.put(partition, tail);
              }
            });
    return all;
  }

  private static Tail moved(Tail tail, long end) {
    return new Tail(tail.changesEnd(), end, tail.newest(), tail.changes());
  }

  private static void take(
      ConsumerRecord<byte[], byte[]> record, Map<TopicPartition, Tail> into, long counts) {
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    Tail before = into.get(partition);
    if (before == null || !isChange(record) || record.offset() < before.changesEnd()) {
      return;
    }
    into.put(
        partition,
        new Tail(
            record.offset() + 1,
            before.end(),
            Optional.of(Instant.ofEpochMilli(record.timestamp())),
            before.changes() + counts));
  }

  /** Looks backwards until there is a change, or nothing more. */
  private void search(
      Set<TopicPartition> partitions,
      Map<TopicPartition, Long> ends,
      Map<TopicPartition, Tail> next) {
    Map<TopicPartition, Long> begins = topics.begins(partitions);
    Set<TopicPartition> left = new HashSet<>(partitions);
    Map<TopicPartition, Long> to = new HashMap<>();
    for (TopicPartition partition : partitions) {
      Tail tail = known.get(partition);
      long end = TopicReader.offset(ends, partition);
      boolean continues = tail != null && tail.end() <= end;
      long came = continues && tail != null ? end - tail.end() : 0;
      next.put(
          partition,
          new Tail(
              TopicReader.offset(begins, partition),
              end,
              Optional.empty(),
              continues && tail != null ? tail.changes() + came : 0));
      to.put(partition, end);
    }
    for (long window = WINDOW; !left.isEmpty(); window *= WIDER) {
      Map<TopicPartition, Long> from = new HashMap<>();
      for (TopicPartition partition : left) {
        from.put(
            partition,
            Math.max(
                TopicReader.offset(begins, partition),
                TopicReader.offset(ends, partition) - window));
      }
      List<ConsumerRecord<byte[], byte[]>> records = topics.readAll(from, to, PATIENCE);
      records.forEach(record -> take(record, next, 0));
      left.removeIf(
          partition -> {
            long begin = TopicReader.offset(from, partition);
            to.put(partition, begin);
            Tail tail = next.get(partition);
            return begin <= TopicReader.offset(begins, partition)
                || (tail != null && tail.newest().isPresent());
          });
    }
  }
}
