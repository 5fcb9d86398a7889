package dev.backlot.engine.source;

import dev.backlot.engine.source.TopicTails.Tail;
import dev.backlot.event.EventHeader;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.source.SourceDescriptor;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What the topics of Sources hold: newest rows and figures. Thread-safe. */
public final class SourceSamples {
  /** The most rows that a sample has. */
  public static final int CAP = 200;

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final SourceStore sources;
  private final RecordTexts texts;
  private final TopicReader topics;
  private final TopicTails tails;
  private final ToLongFunction<String> marks;
  private final Map<String, Count> counts = new ConcurrentHashMap<>();

  /**
   * Reads here; everything stays the caller's to close.
   *
   * @param marks how many offsets of a topic marks have taken
   */
  public SourceSamples(
      SourceStore sources,
      RecordTexts texts,
      TopicReader topics,
      TopicTails tails,
      ToLongFunction<String> marks) {
    this.sources = sources;
    this.texts = texts;
    this.topics = topics;
    this.tails = tails;
    this.marks = marks;
  }

  /**
   * Newest rows.
   *
   * @param rows newest first: columns in order, then the operation and times
   * @param age seconds since the newest one was written to the topic, if there is one
   * @param cap how many rows there are at most
   */
  public record Sample(List<Map<String, @Nullable Object>> rows, Optional<Double> age, int cap) {}

  /**
   * Figures of a topic.
   *
   * @param messages offsets between its first and last record, without those of marks; unknown for
   *     a published Source, whose marks nobody counts
   * @param rate changes a second, between the last two calls
   * @param newest when the last change was written
   */
  public record Stats(Optional<Long> messages, Optional<Double> rate, Optional<Instant> newest) {}

  private record Count(Instant at, long changes, Optional<Double> rate) {}

  /**
   * Returns the newest rows of a Source.
   *
   * @throws ProblemException {@code NOT_FOUND}
   */
  public Sample sample(String name, int limit) {
    SourceDescriptor source = find(name);
    List<ConsumerRecord<byte[], byte[]>> rows =
        newest(new Topic(source.topic(), source.partitions()), Math.max(1, Math.min(limit, CAP)));
    return new Sample(decoded(source, rows), age(rows), CAP);
  }

  /** Returns the newest records of a topic that hold rows, newest first. */
  public List<ConsumerRecord<byte[], byte[]>> newest(Topic topic, int most) {
    Map<TopicPartition, Long> ends = new HashMap<>();
    tails
        .of(topics.ends(topic.all()))
        .forEach((partition, tail) -> ends.put(partition, tail.changesEnd()));
    Map<TopicPartition, Long> begins = topics.begins(topic.all());
    List<ConsumerRecord<byte[], byte[]>> rows = List.of();
    for (long window = 2L * most;
        (rows.isEmpty() && window < 1_000_000) || (rows.size() < most && window <= 100L * most);
        window *= 50) {
      Map<TopicPartition, Long> from = new HashMap<>();
      for (TopicPartition partition : topic.all()) {
        from.put(
            partition,
            Math.max(
                TopicReader.offset(begins, partition),
                TopicReader.offset(ends, partition) - window));
      }
      rows =
          topics.read(from, ends, Integer.MAX_VALUE, PATIENCE).stream()
              .filter(SourceSamples::isRow)
              .sorted(
                  Comparator.<ConsumerRecord<byte[], byte[]>>comparingLong(
                          ConsumerRecord::timestamp)
                      .thenComparingLong(ConsumerRecord::offset)
                      .reversed())
              .limit(most)
              .toList();
      if (from.equals(begins)) {
        break;
      }
    }
    return rows;
  }

  /**
   * Returns figures of a Source's topic.
   *
   * @throws ProblemException {@code NOT_FOUND}
   */
  public Stats stats(String name) {
    SourceDescriptor source = find(name);
    Topic topic = new Topic(source.topic(), source.partitions());
    Map<TopicPartition, Long> ends = topics.ends(topic.all());
    Map<TopicPartition, Long> begins = topics.begins(topic.all());
    Collection<Tail> last = tails.of(ends).values();
    long end = ends.values().stream().mapToLong(Long::longValue).sum();
    long begin = begins.values().stream().mapToLong(Long::longValue).sum();
    long changes = last.stream().mapToLong(Tail::changes).sum();
    Optional<Instant> newest =
        last.stream().flatMap(tail -> tail.newest().stream()).max(Comparator.naturalOrder());
    Count count =
        counts.compute(source.topic(), (key, before) -> counted(before, Instant.now(), changes));
    long messages = Math.max(0, end - begin - marks.applyAsLong(source.topic()));
    return new Stats(
        source.publisher().exists() ? Optional.empty() : Optional.of(messages),
        count.rate(),
        newest);
  }

  private static Count counted(@Nullable Count before, Instant now, long changes) {
    if (before == null) {
      return new Count(now, changes, Optional.empty());
    }
    double seconds = Duration.between(before.at(), now).toMillis() / 1000.0;
    return seconds < 1
        ? before
        : new Count(now, changes, Optional.of(Math.max(0, changes - before.changes()) / seconds));
  }

  private SourceDescriptor find(String name) {
    return sources
        .find(name)
        .map(SourceStore.StoredSource::descriptor)
        .orElseThrow(
            () ->
                new ProblemException(
                    ProblemCode.NOT_FOUND,
                    "Cannot read Source '"
                        + name
                        + "': there is none of this name. See `backlot get sources`."));
  }

  private static boolean isRow(ConsumerRecord<byte[], byte[]> record) {
    return record.value() != null
        && record.headers().lastHeader(EventHeader.NAME) != null
        && TopicTails.isChange(record);
  }

  /** Returns the seconds since the newest of some records was written, if there is one. */
  public static Optional<Double> age(List<ConsumerRecord<byte[], byte[]>> rows) {
    return rows.stream()
        .findFirst()
        .map(row -> Math.max(0, System.currentTimeMillis() - row.timestamp()) / 1000.0);
  }

  private List<Map<String, @Nullable Object>> decoded(
      SourceDescriptor source, List<ConsumerRecord<byte[], byte[]>> records) {
    return records.stream()
        .map(record -> texts.row(source.name(), source.epoch(), record))
        .toList();
  }
}
