package dev.backlot.registry;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
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
import org.apache.kafka.common.errors.InterruptException;
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
 * a key of its own, so that compaction never takes away any, and neither an id nor a setting is
 * lost. Content is compared as Avro writes it after parsing, documentation and properties included.
 *
 * <p>This is what capture and jobs use: what they register holds, whatever level or mode somebody
 * set. {@link ClientRegistry} adds the rules for everybody else.
 *
 * <p>Connects at the first use and reads what is new when it is asked. Thread-safe; calls wait for
 * one another and, when Kafka is away, no longer than the store's patience before they fail with
 * {@link ProblemCode#KAFKA_UNREACHABLE}.
 */
public final class SchemaStore implements AutoCloseable {
  /** The topic, unless another is given. */
  public static final String TOPIC = "_schemas";

  /** How long a call waits for Kafka, unless the store is told otherwise. */
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The longest record that the topic takes, before compression. */
  static final int LONGEST = 8 << 20;

  private static final int KEY_AND_FRAME = 1 << 10;
  private static final int ATTEMPTS = 20;

  private static final Logger LOG = LoggerFactory.getLogger(SchemaStore.class);

  private final Map<String, String> kafka;
  private final String topic;
  private final TopicPartition partition;
  private final short replicationFactor;
  private final Duration patience;
  private final ReentrantLock lock = new ReentrantLock();
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
    this(kafka, replicationFactor, PATIENCE);
  }

  /**
   * Prepares a store on the topic {@link #TOPIC}.
   *
   * @param patience how long a call waits for Kafka and for calls before it
   */
  public SchemaStore(Map<String, String> kafka, short replicationFactor, Duration patience) {
    this(kafka, replicationFactor, patience, TOPIC);
  }

  SchemaStore(Map<String, String> kafka, short replicationFactor, Duration patience, String topic) {
    this.kafka = Map.copyOf(kafka);
    this.topic = topic;
    this.partition = new TopicPartition(topic, 0);
    this.replicationFactor = replicationFactor;
    this.patience = patience;
  }

  /**
   * Makes a schema the subject's newest version unless it is one of its versions already, and
   * returns its id. When it returns, the schema is durable and every store finds it.
   */
  public int register(String subject, Schema schema) {
    String avro = schema.toString();
    return locked(
        "register",
        subject,
        () -> {
          refresh();
          Optional<Integer> known = idIn(subject, avro);
          if (known.isPresent()) {
            return known.get();
          }
          append(
              subject,
              new SchemaRecord.Registration(subject, avro, List.of(), OptionalLong.empty()));
          refresh();
          return idIn(subject, avro)
              .orElseThrow(
                  () -> unreachable("register", subject, "the record can't be read back", null));
        });
  }

  /** Returns the Avro JSON of an id, which stays so whatever is deleted. */
  public Optional<String> byId(int id) {
    return locked(
        "read",
        topic,
        () -> {
          Optional<String> known = index.avroOf(id);
          if (known.isEmpty()) {
            refresh();
          }
          return index.avroOf(id);
        });
  }

  /** Reads what the topic says now; the index is only lent. */
  public <T> T read(Function<SchemaIndex, T> reading) {
    return locked(
        "read",
        topic,
        () -> {
          refresh();
          return reading.apply(index);
        });
  }

  /** Reads from what was read before, and from the topic only when that gives nothing. */
  public <T> Optional<T> readKnown(Function<SchemaIndex, Optional<T>> reading) {
    return locked(
        "read",
        topic,
        () -> {
          Optional<T> known = reading.apply(index);
          if (known.isEmpty()) {
            refresh();
          }
          return known.isPresent() ? known : reading.apply(index);
        });
  }

  /**
   * Decides on the present state, and again for as long as what was decided comes too late.
   *
   * @param deciding given the state and the offset up to which it was read
   */
  <T> T decide(String subject, BiFunction<SchemaIndex, Long, Decision<T>> deciding) {
    return locked(
        "change",
        subject,
        () -> {
          for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            refresh();
            Decision<T> decision = deciding.apply(index, next);
            boolean effective = true;
            if (decision.record().isPresent()) {
              long offset = append(subject, decision.record().get());
              refresh();
              effective = index.isEffective(offset);
            }
            if (effective && decision.answer().isPresent()) {
              return decision.answer().get();
            }
          }
          throw new ProblemException(
              ProblemCode.CONFLICT,
              "Cannot change schemas of '%s': others change them all the time. Try again."
                  .formatted(subject));
        });
  }

  /** Returns the id of the Kafka cluster that keeps the topic. */
  public String clusterId() {
    try (Admin admin = Admin.create(new HashMap<>(kafka))) {
      return admin.describeCluster().clusterId().get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      throw unreachable("read", topic, String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable("read", topic, "the wait was interrupted", e);
    }
  }

  /** Ends the connections. */
  @Override
  public void close() {
    lock.lock();
    try {
      closeConsumer();
      if (producer != null) {
        producer.close(Duration.ofSeconds(5));
        producer = null;
      }
    } finally {
      lock.unlock();
    }
  }

  private Optional<Integer> idIn(String subject, String avro) {
    return index.versions(subject).stream()
        .filter(version -> version.avro().equals(avro) && version.references().isEmpty())
        .map(RegisteredSchema::id)
        .findFirst();
  }

  /** Does one call after the other; those that wait for a call that waits for Kafka give up too. */
  private <T> T locked(String verb, String name, Supplier<T> work) {
    try {
      if (!lock.tryLock(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw unreachable(verb, name, "Kafka gave no answer in time", null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable(verb, name, "the wait was interrupted", e);
    }
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  /** Reads up to the topic's present end. */
  private void refresh() {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        readToEnd(deadline);
        return;
      } catch (UnknownTopicOrPartitionException e) {
        createTopic();
      } catch (InterruptException e) {
        // The thread stays interrupted, so another try would fail like this one.
        try {
          closeConsumer();
        } catch (InterruptException whileClosing) {
          e.addSuppressed(whileClosing);
        }
        throw unreachable("read", topic, "the wait was interrupted", e);
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
      if (!reader.listTopics(patience).containsKey(topic)) {
        throw new UnknownTopicOrPartitionException(topic);
      }
      topicSeen = true;
    }
    long end = reader.endOffsets(Set.of(partition), patience).getOrDefault(partition, 0L);
    if (end < next) {
      LOG.error("{} ends at {} but was read up to {}; reading it anew", topic, end, next);
      index = new SchemaIndex();
      next = 0;
      reader.seek(partition, 0);
    }
    while (reader.position(partition, patience) < end) {
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

  /** Returns the offset of the record. */
  private long append(String subject, SchemaRecord record) {
    byte[] key = SchemaRecordFormat.key(record);
    byte[] value = SchemaRecordFormat.value(record);
    try {
      return producer()
          .send(new ProducerRecord<>(topic, 0, key, value))
          .get(2 * patience.toMillis(), TimeUnit.MILLISECONDS)
          .offset();
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      throw unreachable("change", subject, String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable("change", subject, "the wait was interrupted", e);
    }
  }

  private KafkaProducer<byte[], byte[]> producer() {
    if (producer == null) {
      Map<String, Object> properties = new HashMap<>(kafka);
      properties.put(ProducerConfig.ACKS_CONFIG, "all");
      properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
      properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) patience.toMillis());
      properties.put(
          ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) Math.min(10_000, patience.toMillis()));
      properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, patience.toMillis());
      properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
      properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LONGEST + KEY_AND_FRAME);
      properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
      producer =
          new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }
    return producer;
  }

  private void createTopic() {
    try (Admin admin = Admin.create(new HashMap<>(kafka))) {
      NewTopic wanted =
          new NewTopic(topic, 1, replicationFactor)
              .configs(
                  Map.of(
                      TopicConfig.CLEANUP_POLICY_CONFIG,
                      TopicConfig.CLEANUP_POLICY_COMPACT,
                      TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                      Integer.toString(9 << 20)));
      admin.createTopics(List.of(wanted)).all().get(patience.toSeconds(), TimeUnit.SECONDS);
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
    KafkaConsumer<byte[], byte[]> closing = consumer;
    consumer = null;
    topicSeen = false;
    if (closing != null) {
      closing.close(CloseOptions.timeout(Duration.ofSeconds(5)));
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
