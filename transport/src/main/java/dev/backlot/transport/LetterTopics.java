package dev.backlot.transport;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The two topics of a pipeline whose failing records are kept. */
public final class LetterTopics {
  /** A letter is a Source's record of up to 32 MB with a reason. */
  static final int LARGEST_RECORD = 36 * 1024 * 1024;

  private static final String NINETY_DAYS = String.valueOf(90L * 24 * 3600 * 1000);

  private LetterTopics() {}

  /** Returns the topic of a pipeline's dead letters, of one partition. */
  public static String letters(String pipeline) {
    return "backlot." + pipeline + ".dead_letters";
  }

  /** Returns the topic from which a pipeline's job reads replayed letters, of one partition. */
  public static String replays(String pipeline) {
    return "backlot." + pipeline + ".replays";
  }

  /**
   * Creates what is missing of a pipeline's two topics; what there is keeps its settings. Letters
   * are kept for ninety days, replays for ever, since a table may have to read them again.
   *
   * @throws ProblemException {@code KAFKA_UNREACHABLE}
   */
  public static void create(Map<String, String> kafka, String pipeline, short replication) {
    try (Admin admin = Admin.create(Topics.properties(kafka))) {
      create(admin, letters(pipeline), NINETY_DAYS, replication);
      create(admin, replays(pipeline), "-1", replication);
    }
  }

  /** Deletes a pipeline's two topics, as far as there are any. */
  public static void delete(Map<String, String> kafka, String pipeline) {
    try (Admin admin = Admin.create(Topics.properties(kafka))) {
      for (String topic : List.of(letters(pipeline), replays(pipeline))) {
        call(
            topic,
            () -> admin.deleteTopics(List.of(topic)).all().get(),
            UnknownTopicOrPartitionException.class);
      }
    }
  }

  private static void create(Admin admin, String topic, String retention, short replication) {
    Map<String, String> config = new HashMap<>();
    config.put("cleanup.policy", "delete");
    config.put("retention.ms", retention);
    config.put("compression.type", "producer");
    config.put("max.message.bytes", String.valueOf(LARGEST_RECORD));
    config.put("message.timestamp.type", "CreateTime");
    if (replication >= 3) {
      config.put("min.insync.replicas", "2");
      config.put("unclean.leader.election.enable", "false");
    }
    NewTopic created = new NewTopic(topic, 1, replication).configs(config);
    call(topic, () -> admin.createTopics(List.of(created)).all().get(), TopicExistsException.class);
  }

  @FunctionalInterface
  private interface Call {
    void run() throws ExecutionException, InterruptedException;
  }

  private static void call(String topic, Call call, Class<? extends Exception> expected) {
    try {
      call.run();
    } catch (ExecutionException e) {
      if (!expected.isInstance(e.getCause())) {
        throw new ProblemException(
            ProblemCode.KAFKA_UNREACHABLE,
            "Cannot prepare topic '%s': %s. Check that Kafka runs and try again."
                .formatted(topic, String.valueOf(e.getMessage())),
            e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    }
  }

  /** Returns the settings of producers of letters: what they have sent is on disk or an error. */
  public static Map<String, Object> producer(Map<String, String> kafka) {
    Map<String, Object> settings = new HashMap<>(kafka);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST_RECORD);
    settings.putIfAbsent(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    return settings;
  }
}
