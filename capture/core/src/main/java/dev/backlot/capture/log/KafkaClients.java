package dev.backlot.capture.log;

import dev.backlot.event.SourceTopicSettings;
import dev.backlot.model.platform.PlatformConfig;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Makes the Kafka clients of a capture; each is the caller's to close. */
public final class KafkaClients {
  private final Map<String, Object> common;

  /** Takes servers and further client properties from the configuration. */
  public KafkaClients(PlatformConfig platform) {
    this(platform.bootstrapServers(), platform.kafkaProperties());
  }

  /** Takes servers and further client properties. */
  public KafkaClients(String bootstrapServers, Map<String, String> properties) {
    Map<String, Object> all = new HashMap<>(properties);
    all.put("bootstrap.servers", bootstrapServers);
    this.common = Map.copyOf(all);
  }

  /** Returns what every producer of capture is configured with, servers and names aside. */
  public static Map<String, Object> producerSettings() {
    return SourceTopicSettings.producer();
  }

  /** Returns an idempotent producer that waits for all in-sync replicas and keeps order. */
  public KafkaProducer<byte[], byte[]> producer(String clientId) {
    Map<String, Object> config = new HashMap<>(common);
    config.putAll(producerSettings());
    config.put("client.id", clientId);
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /**
   * Returns a consumer without a group, for assigned partitions: one that reads a little of many,
   * and moves on at once.
   */
  public KafkaConsumer<byte[], byte[]> consumer(String clientId) {
    Map<String, Object> config = new HashMap<>(common);
    config.put("client.id", clientId);
    config.put("enable.auto.commit", false);
    config.put("auto.offset.reset", "none");
    config.put("allow.auto.create.topics", false);
    config.put("max.poll.records", 5_000);
    config.put("fetch.max.wait.ms", 50);
    config.put("max.partition.fetch.bytes", 128 * 1024);
    config.put("fetch.max.bytes", 8 * 1024 * 1024);
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Returns an administrator. */
  public Admin admin(String clientId) {
    Map<String, Object> config = new HashMap<>(common);
    config.put("client.id", clientId);
    config.put("request.timeout.ms", 20_000);
    config.put("default.api.timeout.ms", 30_000);
    return Admin.create(config);
  }
}
