package dev.backlot.transport;

import dev.backlot.event.EventHeader;
import dev.backlot.model.plan.PlanSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.table.data.RowData;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What a Source's topic still holds of its past, read beside the jobs: with its own offsets, of
 * which Kafka keeps no trace. For one thread.
 */
public final class StoredRows implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final PlanSource source;
  private final RecordDecoder decoder;
  private final KafkaConsumer<byte[], byte[]> consumer;

  /**
   * Prepares to read.
   *
   * @param kafka client properties
   * @param source whose columns the rows have, before the system columns
   */
  public StoredRows(Map<String, String> kafka, PlanSource source) {
    this.source = source;
    this.decoder = new RecordDecoder(source, new SchemaLookup(kafka));
    Map<String, Object> settings = new HashMap<>(kafka);
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "earliest");
    settings.put("allow.auto.create.topics", false);
    settings.put("client.id", "backlot-stored-rows");
    settings.put("max.poll.records", 2000);
    settings.put("max.partition.fetch.bytes", 4 << 20);
    settings.put("fetch.max.bytes", 8 << 20);
    this.consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /**
   * Reads the rows of a partition from an offset up to another, in order. A record that has no row,
   * or that can't be decoded, is passed over. Those of a generation that a fence has ended are
   * given too.
   *
   * @param to the record there is not read
   * @param goesOn asked after every few thousand records, with how many they were
   * @return how many records were read; fewer than there are when {@code goesOn} said no
   * @throws RuntimeException when Kafka does not answer, or a record's schema is not covered
   */
  public long read(int partition, long from, long to, Consumer<RowData> rows, Pace goesOn) {
    TopicPartition place = new TopicPartition(source.topic(), partition);
    consumer.assign(List.of(place));
    consumer.seek(place, from);
    long read = 0;
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (consumer.position(place, PATIENCE) < to) {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      long before = read;
      for (ConsumerRecord<byte[], byte[]> record : records) {
        if (record.offset() < to) {
          read++;
          row(record, rows);
        }
      }
      if (!records.isEmpty()) {
        deadline = System.nanoTime() + PATIENCE.toNanos();
      } else if (System.nanoTime() > deadline) {
        throw new TimeoutException("records of " + place + " did not come in time");
      }
      if (!goesOn.next(read - before)) {
        break;
      }
    }
    return read;
  }

  /** Says whether reading goes on, as soon as it may. */
  @FunctionalInterface
  public interface Pace {
    /**
     * Returns whether to go on, perhaps after a while.
     *
     * @param records read since it was asked last
     */
    boolean next(long records);
  }

  private void row(ConsumerRecord<byte[], byte[]> record, Consumer<RowData> rows) {
    if (record.value() == null) {
      return;
    }
    RowData row;
    try {
      EventHeader header = RecordDecoder.header(record);
      if (header.isControl()) {
        return;
      }
      row = decoder.decode(record, header);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      // It became a letter, or was skipped: the table has no row of it.
      return;
    }
    rows.accept(row);
  }

  @Override
  public void close() {
    consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(2)));
  }
}
