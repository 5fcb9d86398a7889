package dev.backlot.benchmarks.capture;

import dev.backlot.benchmarks.server.Servers;
import dev.backlot.benchmarks.server.TopicWatch;
import dev.backlot.capture.log.KafkaClients;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What Kafka alone takes: a producer with the product's settings, but linger 0, that sends the
 * product's own records of single commits, as they stand in its topic, at a steady rate.
 */
final class BareProducer {
  private static final String TOPIC = "bare";
  private static final int RECORDS = 1_000;

  private final Servers servers;
  private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();

  /** Takes the records of some commits from the product's topic. */
  BareProducer(Servers servers, String topic, Commits commits) throws Exception {
    this.servers = servers;
    TopicWatch.create(servers.bootstrapServers(), TOPIC);
    try (TopicWatch watch = new TopicWatch(servers.bootstrapServers(), topic)) {
      watch.read(
          record -> {
            if (records.size() < RECORDS
                && record.value() != null
                && TopicWatch.header(record)
                    .filter(header -> !header.isControl() && !header.isDump())
                    .isPresent()
                && commits.has(TopicState.id(record.key()))) {
              records.add(record);
            }
          });
    }
    if (records.size() < RECORDS) {
      throw new IllegalStateException("Only " + records.size() + " records to send");
    }
  }

  /** Returns the mean size of the records' values, in bytes. */
  long valueBytes() {
    return Math.round(records.stream().mapToInt(r -> r.value().length).average().orElse(0));
  }

  /** Sends, and returns nanoseconds from each send to its acknowledgement. */
  long[] send(int count, int perSecond) throws InterruptedException {
    Map<String, Object> config = new HashMap<>(KafkaClients.producerSettings());
    config.put("bootstrap.servers", servers.bootstrapServers());
    config.put("linger.ms", 0);
    long[] nanos = new long[count];
    CountDownLatch left = new CountDownLatch(count);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.partitionsFor(TOPIC);
      long begin = System.nanoTime() + 20_000_000;
      for (int i = 0; i < count; i++) {
        ConsumerRecord<byte[], byte[]> record = records.get(i % RECORDS);
        long due = begin + i * 1_000_000_000L / perSecond;
        for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
          LockSupport.parkNanos(wait);
        }
        int at = i;
        long sent = System.nanoTime();
        producer.send(
            new ProducerRecord<>(
                TOPIC, record.partition(), record.key(), record.value(), record.headers()),
            (metadata, error) -> {
              nanos[at] = System.nanoTime() - sent;
              if (error == null) {
                left.countDown();
              }
            });
      }
      if (!left.await(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException(left.getCount() + " records were not acknowledged");
      }
    }
    return nanos;
  }
}
