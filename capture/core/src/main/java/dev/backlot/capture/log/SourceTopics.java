package dev.backlot.capture.log;

import static java.util.Objects.requireNonNull;

import dev.backlot.event.SourceTopicSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Creates and looks at the topics of Sources. Thread-safe. */
public final class SourceTopics implements AutoCloseable {
  private final Admin admin;
  private final short replication;

  /** Takes over the administrator. */
  public SourceTopics(Admin admin, short replication) {
    this.admin = admin;
    this.replication = replication;
  }

  /**
   * Creates a topic unless it exists, and returns its partition count, which never changes.
   *
   * @param keyed whether the topic is compacted; a keyless table's keeps every record
   */
  public int ensure(String topic, int partitions, boolean keyed) {
    Map<String, String> config = SourceTopicSettings.topic(keyed, replication);
    try {
      await(
          admin
              .createTopics(List.of(new NewTopic(topic, partitions, replication).configs(config)))
              .all());
      return partitions;
    } catch (KafkaCallException e) {
      if (e.getCause() instanceof TopicExistsException) {
        return partitions(topic).orElse(partitions);
      }
      throw e;
    }
  }

  /** Returns a topic's partition count, if there is such a topic. */
  public Optional<Integer> partitions(String topic) {
    try {
      return Optional.of(
          requireNonNull(await(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic))
              .partitions()
              .size());
    } catch (KafkaCallException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Returns the next offset of each partition, by topic, for topics that exist. */
  public Map<String, List<Long>> ends(Map<String, Integer> topics) {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    topics.forEach(
        (topic, partitions) -> {
          for (int p = 0; p < partitions; p++) {
            wanted.put(new TopicPartition(topic, p), OffsetSpec.latest());
          }
        });
    Map<String, List<Long>> ends = new HashMap<>();
    var found = await(admin.listOffsets(wanted).all());
    topics.forEach(
        (topic, partitions) -> {
          Long[] offsets = new Long[partitions];
          for (int p = 0; p < partitions; p++) {
            offsets[p] = requireNonNull(found.get(new TopicPartition(topic, p))).offset();
          }
          ends.put(topic, List.copyOf(Arrays.asList(offsets)));
        });
    return ends;
  }

  /** Returns which of these topics do not exist. */
  public List<String> missing(Collection<String> topics) {
    List<String> missing = new ArrayList<>();
    admin
        .describeTopics(topics)
        .topicNameValues()
        .forEach(
            (topic, description) -> {
              try {
                await(description);
              } catch (KafkaCallException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                  throw e;
                }
                missing.add(topic);
              }
            });
    return missing;
  }

  @Override
  public void close() {
    admin.close(java.time.Duration.ofSeconds(2));
  }

  private static <T> T await(org.apache.kafka.common.KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new KafkaCallException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaCallException(e);
    }
  }

  /** A call that Kafka did not answer as hoped; its cause is Kafka's exception. */
  public static final class KafkaCallException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    KafkaCallException(@org.jspecify.annotations.Nullable Throwable cause) {
      super(cause == null ? "Kafka" : String.valueOf(cause.getMessage()), cause);
    }
  }
}
