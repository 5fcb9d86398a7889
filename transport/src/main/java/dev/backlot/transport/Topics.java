package dev.backlot.transport;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Access to topics outside the running readers. */
public final class Topics {
  private Topics() {}

  /** Returns client settings as properties. */
  public static Properties properties(Map<String, String> settings) {
    Properties properties = new Properties();
    settings.forEach(properties::setProperty);
    return properties;
  }

  /** Returns the partitions of a topic. */
  public static List<TopicPartition> partitions(String topic, int partitions) {
    return IntStream.range(0, partitions)
        .mapToObj(partition -> new TopicPartition(topic, partition))
        .toList();
  }

  /** Returns the offset that Kafka told for a partition that it was asked for. */
  public static long offset(Map<TopicPartition, Long> offsets, TopicPartition partition) {
    return Objects.requireNonNull(offsets.get(partition), partition.toString());
  }

  /** Returns a consumer that belongs to no group and remembers nothing. */
  public static KafkaConsumer<byte[], byte[]> consumer(Properties kafka) {
    Properties properties = new Properties();
    properties.putAll(kafka);
    properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
    properties.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.setProperty(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
