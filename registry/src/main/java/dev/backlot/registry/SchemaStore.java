package dev.backlot.registry;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.SortedSet;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.avro.Schema;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The schemas of all topics, kept in a Kafka topic of one partition that any process may append to.
 *
 * <p>A schema's id is the offset of the first record that holds it, plus one; a later record with
 * the same content, written by a process that did not know the first, adds no id. Every record has
 * a key of its own, so that compaction never takes away the first and no id changes. Content is
 * compared as Avro writes it after parsing, documentation and properties included.
 *
 * <p>Connects at the first use and reads what is new when it is asked. Thread-safe; calls wait for
 * one another and, when Kafka is away, up to {@link #PATIENCE} before they fail with {@link
 * ProblemCode#KAFKA_UNREACHABLE}.
 */
public final class SchemaStore implements AutoCloseable {
  /** The topic, unless another is given. */
  public static final String TOPIC = "_schemas";

  /** How long a call waits for Kafka. */
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(SchemaStore.class);

  private final Map<String, String> kafka;
  private final String topic;
  private final TopicPartition partition;
  private final short replicationFactor;
  private SchemaIndex index = new SchemaIndex();
  private long next;
  private boolean topicSeen;
  private @Nullable KafkaConsumer<byte[], byte[]> consumer;
  private @Nullable KafkaProducer<byte[], byte[]> producer;

  /**
   * Prepares a store on the topic {@link #TOPIC}.
   *
   * @param kafka client properties, {@code bootstrap.servers} among them
   * @param replicationFactor of the topic, when it has to be created
   */
  public SchemaStore(Map<String, String> kafka, short replicationFactor) {
    this(kafka, replicationFactor, TOPIC);
  }

  SchemaStore(Map<String, String> kafka, short replicationFactor, String topic) {
    this.kafka = Map.copyOf(kafka);
    this.topic = topic;
    this.partition = new TopicPartition(topic, 0);
    this.replicationFactor = replicationFactor;
  }

  /**
   * Makes a schema the subject's newest version unless it is one of its versions already, and
   * returns its id. When it returns, the schema is durable and every store finds it.
   */
  public synchronized int register(String subject, Schema schema) {
    String avro = schema.toString();
    Optional<Integer> known = index.id(subject, avro);
    if (known.isPresent()) {
      return known.get();
    }
    refresh();
    Optional<Integer> found = index.id(subject, avro);
    if (found.isPresent()) {
      return found.get();
    }
    append(subject, avro);
    refresh();
    return index
        .id(subject, avro)
        .orElseThrow(() -> unreachable("register", subject, "the record can't be read back", null));
  }

  /** Returns the Avro JSON of an id. */
  public synchronized Optional<String> byId(int id) {
    Optional<String> known = index.byId(id);
    if (known.isPresent()) {
      return known;
    }
    refresh();
    return index.byId(id);
  }

  /** Returns the id that this content has in any subject. */
  public synchronized Optional<Integer> idOf(Schema schema) {
    refresh();
    return index.idOf(schema.toString());
  }

  /** Returns all versions of a subject, oldest first; none when it is unknown. */
  public synchronized List<RegisteredSchema> versions(String subject) {
    refresh();
    return index.versions(subject);
  }

  /** Returns the newest version of a subject. */
  public Optional<RegisteredSchema> latest(String subject) {
    List<RegisteredSchema> versions = versions(subject);
    return versions.isEmpty() ? Optional.empty() : Optional.of(versions.get(versions.size() - 1));
  }

  /** Returns the subject versions that have this id. */
  public synchronized List<RegisteredSchema> uses(int id) {
    refresh();
    return index.uses(id);
  }

  /** Returns the names of all subjects. */
  public synchronized SortedSet<String> subjects() {
    refresh();
    return index.subjects();
  }

  /** Ends the connections. */
  @Override
  public synchronized void close() {
    closeConsumer();
    if (producer != null) {
      producer.close(Duration.ofSeconds(5));
      producer = null;
    }
  }

  /** Reads up to the topic's present end. */
  private void refresh() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        readToEnd(deadline);
        return;
      } catch (UnknownTopicOrPartitionException e) {
        createTopic();
      } catch (KafkaException e) {
        closeConsumer();
        if (System.nanoTime() > deadline) {
          throw unreachable("read", topic, e.getMessage(), e);
        }
        LOG.warn("Reading {} again after: {}", topic, e.toString());
      }
      if (System.nanoTime() > deadline) {
        throw unreachable("read", topic, "Kafka gave no answer in time", null);
      }
    }
  }

  private void readToEnd(long deadline) {
    KafkaConsumer<byte[], byte[]> reader = consumer();
    if (!topicSeen) {
      if (!reader.listTopics(PATIENCE).containsKey(topic)) {
        throw new UnknownTopicOrPartitionException(topic);
      }
      topicSeen = true;
    }
    long end = reader.endOffsets(Set.of(partition), PATIENCE).getOrDefault(partition, 0L);
    if (end < next) {
      LOG.error("{} ends at {} but was read up to {}; reading it anew", topic, end, next);
      index = new SchemaIndex();
      next = 0;
      reader.seek(partition, 0);
    }
    while (reader.position(partition, PATIENCE) < end) {
      for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(100))) {
        index.add(record.offset(), record.key(), record.value());
        next = record.offset() + 1;
      }
      if (System.nanoTime() > deadline) {
        throw unreachable("read", topic, "Kafka did not send it in time", null);
      }
    }
    next = Math.max(next, end);
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    if (consumer == null) {
      Properties properties = new Properties();
      properties.putAll(kafka);
      properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
      properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
      properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
      properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
      properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
      properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 50);
      consumer = new KafkaConsumer<>(properties);
      consumer.assign(Set.of(partition));
      consumer.seek(partition, next);
    }
    return consumer;
  }

  private void append(String subject, String avro) {
    if (producer == null) {
      Map<String, Object> properties = new HashMap<>(kafka);
      properties.put(ProducerConfig.ACKS_CONFIG, "all");
      properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
      properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
      properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
      properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE.toMillis());
      properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
      properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 8 << 20);
      properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
      producer =
          new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }
    byte[] key = ("schema/" + UUID.randomUUID()).getBytes(StandardCharsets.UTF_8);
    byte[] value = SchemaIndex.encode(subject, avro);
    try {
      producer
          .send(new ProducerRecord<>(topic, 0, key, value))
          .get(2 * PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      throw unreachable("register", subject, String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable("register", subject, "the wait was interrupted", e);
    }
  }

  private void createTopic() {
    Map<String, Object> properties = new HashMap<>(kafka);
    try (Admin admin = Admin.create(properties)) {
      NewTopic wanted =
          new NewTopic(topic, 1, replicationFactor)
              .configs(
                  Map.of(
                      TopicConfig.CLEANUP_POLICY_CONFIG,
                      TopicConfig.CLEANUP_POLICY_COMPACT,
                      TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                      Integer.toString(9 << 20)));
      admin.createTopics(List.of(wanted)).all().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      LOG.info("Created the topic {}", topic);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw unreachable("create", topic, String.valueOf(e.getMessage()), e);
      }
    } catch (TimeoutException | KafkaException e) {
      throw unreachable("create", topic, String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable("create", topic, "the wait was interrupted", e);
    }
  }

  private void closeConsumer() {
    if (consumer != null) {
      consumer.close(CloseOptions.timeout(Duration.ofSeconds(5)));
      consumer = null;
      topicSeen = false;
    }
  }

  private static ProblemException unreachable(
      String verb, String name, @Nullable String cause, @Nullable Throwable thrown) {
    String message =
        "Cannot %s schemas of '%s': %s. Check that Kafka runs and is reachable."
            .formatted(verb, name, cause);
    return thrown == null
        ? new ProblemException(ProblemCode.KAFKA_UNREACHABLE, message)
        : new ProblemException(ProblemCode.KAFKA_UNREACHABLE, message, thrown);
  }
}
