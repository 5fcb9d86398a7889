package dev.backlot.transport.publish;

import dev.backlot.event.ControlRecord;
import dev.backlot.event.EnvelopeWriter;
import dev.backlot.event.InputHeader;
import dev.backlot.event.Op;
import dev.backlot.event.Origin;
import dev.backlot.event.Position;
import dev.backlot.event.SourceTopicSettings;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.transport.JobStoppedException;
import dev.backlot.transport.Mark;
import dev.backlot.transport.MarkReader;
import dev.backlot.transport.Marks;
import dev.backlot.transport.Progress;
import dev.backlot.transport.SerializedType;
import dev.backlot.transport.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.table.data.RowData;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The topics of published Sources: prepared before a job runs, written by it, asked how far it is.
 * Thread-safe.
 */
public final class PublishedTopics {
  private static final int FEW = 64;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Map<String, String> kafka;

  /**
   * Keeps topics in a Kafka.
   *
   * @param kafka client properties, {@code bootstrap.servers} among them
   */
  public PublishedTopics(Map<String, String> kafka) {
    this.kafka = Map.copyOf(kafka);
  }

  /**
   * Creates a topic unless it exists.
   *
   * @param known whether it was created long ago, so that only somebody else can have deleted it
   * @throws ProblemException {@code KAFKA_DATA_LOST} when a known topic is gone; {@code CONFLICT}
   *     when there is one with other partitions; {@code KAFKA_UNREACHABLE}
   */
  public void create(String topic, int partitions, boolean known, short replication) {
    try (Admin admin = Admin.create(Topics.properties(kafka))) {
      Optional<Integer> found = partitions(admin, topic);
      if (found.isEmpty() && known) {
        throw new ProblemException(
            ProblemCode.KAFKA_DATA_LOST,
            ("Cannot publish into topic '%s': it does not exist any more. Delete the pipeline with"
                    + " 'deletion: purge' and apply it again: it is then published into a new topic.")
                .formatted(topic));
      }
      if (found.isEmpty()) {
        NewTopic created =
            new NewTopic(topic, partitions, replication)
                .configs(SourceTopicSettings.topic(true, replication));
        admin.createTopics(List.of(created)).all().get();
      } else if (found.get() != partitions) {
        throw new ProblemException(
            ProblemCode.CONFLICT,
            "Cannot publish into topic '%s': it has %d partitions and %d are needed. Delete the topic."
                .formatted(topic, found.get(), partitions));
      }
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw unreachable(topic, e);
      }
    } catch (KafkaException e) {
      throw unreachable(topic, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    }
  }

  /** Deletes a topic, if there is one. */
  public void delete(String topic) {
    try (Admin admin = Admin.create(Topics.properties(kafka))) {
      admin.deleteTopics(List.of(topic)).all().get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
        throw unreachable(topic, e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    }
  }

  private static Optional<Integer> partitions(Admin admin, String topic)
      throws ExecutionException, InterruptedException {
    try {
      return Optional.of(
          admin
              .describeTopics(List.of(topic))
              .allTopicNames()
              .get()
              .values()
              .iterator()
              .next()
              .partitions()
              .size());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Takes a topic over for a job before it runs, and has every partition say where its Source is
   * read from.
   *
   * @param known whether a job has written the topic, so that it must say it already
   * @param initial the first marks of a lane whose topic was never read
   * @throws ProblemException {@code KAFKA_UNREACHABLE}; {@code KAFKA_DATA_LOST} when somebody has
   *     emptied the topic
   */
  public void takeOver(
      PublishedTopic topic, boolean known, Function<PublishedTopic.Lane, Marks> initial) {
    Properties properties = Topics.properties(kafka);
    Map<PublishedTopic.Lane, Marks> marks = new HashMap<>();
    try (KafkaProducer<byte[], byte[]> producer = producer(properties);
        KafkaConsumer<byte[], byte[]> consumer = Topics.consumer(properties)) {
      new Takeover(topic, topic.firstGeneration(), !known, producer, new Tails(consumer))
          .of(
              topic.all(),
              partition -> {
                PublishedTopic.Lane lane = topic.laneOf(partition.partition());
                Marks ofLane = marks.computeIfAbsent(lane, initial);
                TopicPartition input = topic.input(partition.partition());
                return ofLane
                    .mark(input.topic(), input.partition())
                    .map(m -> InputHeader.mark(lane.epoch(), m.nextOffset(), m.generation()));
              },
              partition -> endEarlierEpochs(topic, partition, producer));
    } catch (JobStoppedException e) {
      throw new ProblemException(
          ProblemCode.KAFKA_DATA_LOST,
          Takeover.textOfLost(new TopicPartition(topic.topic(), 0)),
          e);
    } catch (KafkaException | IllegalStateException e) {
      throw unreachable(topic.topic(), e);
    }
  }

  /** Says at the begin of a later epoch that the rows of earlier ones are gone. */
  private static void endEarlierEpochs(
      PublishedTopic topic, TopicPartition partition, KafkaProducer<byte[], byte[]> producer) {
    if (topic.epoch() == 1) {
      return;
    }
    EnvelopeWriter writer =
        new EnvelopeWriter(
            topic.schema(),
            topic.ids().key(),
            topic.ids().value(),
            new Origin("backlot", "", "", topic.schema().name()));
    writer.begin();
    writer.noBefore();
    writer.noAfter();
    long now = System.currentTimeMillis() * 1000;
    byte[] value = writer.end(Op.TRUNCATE, now, Position.START, null, now);
    byte[] key =
        new ControlRecord(ControlRecord.Kind.TRUNCATE, topic.firstGeneration(), Position.START)
            .encode(topic.ids().control());
    producer.send(
        Takeover.control(
            partition, topic.firstGeneration(), key, value, Position.START, Optional.empty()));
  }

  /** Returns what tells readers of a topic's inputs where they go on. */
  public MarkReader marks(PublishedTopic topic) {
    HashMap<String, String> client = new HashMap<>(kafka);
    return () -> read(client, topic, 512, tail -> tail.mark().isPresent(), Tail::mark);
  }

  /**
   * Returns how far a topic is as of now: as marks, but rows count as soon as they are there.
   *
   * @throws ProblemException {@code KAFKA_UNREACHABLE}
   */
  public Marks reached(PublishedTopic topic) {
    try {
      return read(kafka, topic, FEW, tail -> tail.newest().isPresent(), Tail::newest);
    } catch (KafkaException | IllegalStateException e) {
      throw unreachable(topic.topic(), e);
    }
  }

  private static Marks read(
      Map<String, String> kafka,
      PublishedTopic topic,
      int window,
      Predicate<Tail> enough,
      Function<Tail, Optional<InputHeader>> mark) {
    Map<TopicPartition, Mark> marks = new HashMap<>();
    try (KafkaConsumer<byte[], byte[]> consumer = Topics.consumer(Topics.properties(kafka))) {
      List<PartitionInfo> found = consumer.partitionsFor(topic.topic(), PATIENCE);
      if (found == null || found.size() != topic.partitions()) {
        throw Takeover.lost(new TopicPartition(topic.topic(), 0));
      }
      Map<TopicPartition, Long> ends = consumer.endOffsets(topic.all(), PATIENCE);
      new Tails(consumer)
          .read(ends, window, enough)
          .forEach(
              (partition, tail) ->
                  mark.apply(tail)
                      .filter(
                          header -> header.epoch() == topic.laneOf(partition.partition()).epoch())
                      .ifPresent(
                          header ->
                              marks.put(
                                  topic.input(partition.partition()),
                                  new Mark(header.offset(), header.generation()))));
    }
    return new Marks(marks);
  }

  /**
   * Adds a publication to a job.
   *
   * @param rows of the topic's schema with the system columns
   * @param progress of the Sources that the rows come from, and whatever else must have let a
   *     barrier pass before it is said how far they were read
   * @param parallelism as that of the readers
   */
  public void attach(
      PublishedTopic topic,
      DataStream<RowData> rows,
      List<DataStream<Progress>> progress,
      int parallelism) {
    DataStream<Progress> all = progress.get(0);
    for (DataStream<Progress> other : progress.subList(1, progress.size())) {
      all = all.union(other);
    }
    String name = topic.schema().name();
    rows.connect(all)
        .transform(
            "publish " + name,
            new SerializedType<>(Progress.class),
            new PublishOperator(topic, Topics.properties(kafka)))
        .uid("publish:" + name)
        .setParallelism(parallelism)
        .sinkTo(new DiscardingSink<>())
        .setParallelism(parallelism)
        .name("end");
  }

  static KafkaProducer<byte[], byte[]> producer(Properties kafka) {
    Properties settings = new Properties();
    settings.putAll(kafka);
    SourceTopicSettings.producer()
        .forEach((name, value) -> settings.setProperty(name, String.valueOf(value)));
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static ProblemException unreachable(String topic, Exception cause) {
    return new ProblemException(
        ProblemCode.KAFKA_UNREACHABLE,
        "Cannot prepare topic '%s': %s. Check that Kafka runs and try again."
            .formatted(topic, String.valueOf(cause.getMessage())),
        cause);
  }
}
