package dev.backlot.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The change events of a topic, as any Kafka client reads them: without tombstones and control
 * records.
 */
record TopicRecords(List<Event> events) {
  private static final int FLAGS = 1;
  private static final int CONTROL = 4;

  /** Where an event stands. */
  record Place(int partition, long offset) {}

  /**
   * An event.
   *
   * @param key its bytes, to be compared only
   */
  record Event(Place place, ByteBuffer key, int schema) {}

  /** Reads a topic from its beginning to its end. */
  static TopicRecords read(String bootstrapServers, String topic) {
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrapServers);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(partition -> new TopicPartition(topic, partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<Event> events = new ArrayList<>();
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        consumer.poll(Duration.ofMillis(100)).forEach(read -> add(read, ends, events));
      }
      return new TopicRecords(List.copyOf(events));
    }
  }

  private static void add(
      ConsumerRecord<byte[], byte[]> read, Map<TopicPartition, Long> ends, List<Event> events) {
    Header header = read.headers().lastHeader("backlot");
    boolean control = (header.value()[FLAGS] & CONTROL) != 0;
    long end = ends.get(new TopicPartition(read.topic(), read.partition()));
    if (read.value() != null && !control && read.offset() < end) {
      events.add(
          new Event(
              new Place(read.partition(), read.offset()),
              ByteBuffer.wrap(read.key()),
              ByteBuffer.wrap(read.value(), 1, Integer.BYTES).getInt()));
    }
  }

  /** Returns the schemas of all events. */
  Set<Integer> schemas() {
    return events.stream().map(Event::schema).collect(Collectors.toSet());
  }

  /** Returns the events before the first one in their partition that has none of these schemas. */
  TopicRecords before(Set<Integer> schemas) {
    Map<Integer, Long> first = new HashMap<>();
    for (Event event : events) {
      if (!schemas.contains(event.schema())) {
        first.merge(event.place().partition(), event.place().offset(), Math::min);
      }
    }
    return new TopicRecords(
        events.stream()
            .filter(
                event ->
                    event.place().offset()
                        < first.getOrDefault(event.place().partition(), Long.MAX_VALUE))
            .toList());
  }

  /** Returns the partitions that have events. */
  Set<Integer> partitions() {
    return events.stream().map(event -> event.place().partition()).collect(Collectors.toSet());
  }

  /**
   * Compares a raw table with these events, which are all that it may have of an epoch.
   *
   * @param epoch of the topic
   * @return what was lost, doubled or invented, in words
   */
  List<String> compare(Rest rest, String table, long epoch) throws IOException {
    // What ends a whole epoch is a row, and no event.
    String sql = "SELECT _epoch, _partition, _offset FROM " + table + " WHERE _op <> 't'";
    Set<Place> present = new HashSet<>();
    Set<List<Long>> seen = new HashSet<>();
    long doubled = 0;
    for (JsonNode row : rest.rows(sql)) {
      Place place = new Place(row.path("_partition").asInt(), row.path("_offset").asLong());
      long rowEpoch = row.path("_epoch").asLong();
      if (!seen.add(List.of(rowEpoch, (long) place.partition(), place.offset()))) {
        doubled++;
      }
      if (rowEpoch == epoch) {
        present.add(place);
      }
    }
    List<String> faults = new ArrayList<>();
    List<Place> missing = missing(present);
    List<Place> strangers = strangers(present);
    if (doubled > 0) {
      faults.add(doubled + " events are doubled");
    }
    if (!missing.isEmpty()) {
      faults.add(missing.size() + " events are missing, such as " + missing.get(0));
    }
    if (!strangers.isEmpty()) {
      faults.add(strangers.size() + " events must not be there, such as " + strangers.get(0));
    }
    return faults;
  }

  /**
   * Returns the events that a table lacks, without those that a later event of the same key in the
   * table has ended: maintenance may have taken them away.
   */
  private List<Place> missing(Set<Place> present) {
    List<Place> missing = new ArrayList<>();
    Set<ByteBuffer> ended = new HashSet<>();
    List<Event> newestFirst = new ArrayList<>(events);
    newestFirst.sort((a, b) -> Long.compare(b.place().offset(), a.place().offset()));
    for (Event event : newestFirst) {
      if (present.contains(event.place())) {
        ended.add(event.key());
      } else if (!ended.contains(event.key())) {
        missing.add(event.place());
      }
    }
    return missing;
  }

  /** Returns what a table has and these events are not. */
  private List<Place> strangers(Set<Place> present) {
    Set<Place> known = events.stream().map(Event::place).collect(Collectors.toSet());
    return present.stream().filter(place -> !known.contains(place)).toList();
  }
}
