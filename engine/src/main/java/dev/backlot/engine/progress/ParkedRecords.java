package dev.backlot.engine.progress;

import dev.backlot.engine.source.TopicReader;
import dev.backlot.event.Confluent;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.registry.SchemaStore;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.RowSchema;
import dev.backlot.schema.evolution.ConsumerSchema;
import dev.backlot.schema.evolution.Outcome;
import dev.backlot.schema.evolution.SchemaVerdict;
import dev.backlot.transport.Mark;
import dev.backlot.transport.Marks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/**
 * Finds where a pipeline stands still for want of a plan: where its tables' marks are before a
 * record whose schema the plan does not cover. It is read from the tables and topics and holds
 * whether a job runs or not. Thread-safe.
 */
public final class ParkedRecords {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final String COMPACTION_LAG = "min.compaction.lag.ms";
  private static final String RETENTION = "retention.ms";

  private final ProgressService progress;
  private final TopicReader topics;
  private final SchemaStore schemas;
  private final Map<String, String> kafka;

  /** Looks things up here; everything stays the caller's to close. */
  public ParkedRecords(
      ProgressService progress,
      TopicReader topics,
      SchemaStore schemas,
      Map<String, String> kafka) {
    this.progress = progress;
    this.topics = topics;
    this.schemas = schemas;
    this.kafka = Map.copyOf(kafka);
  }

  /**
   * Returns the records before which a pipeline's tables stand, at most one per partition.
   *
   * @throws dev.backlot.model.ProblemException {@code NOT_FOUND} when it was never deployed
   */
  public List<ParkedRecord> of(String pipeline) {
    PipelinePlan plan = progress.plan(pipeline);
    Map<String, Marks> marks = progress.marks(plan);
    List<ParkedRecord> parked = new ArrayList<>();
    for (PlanSource source : plan.sources()) {
      parked.addAll(of(plan, source, marks));
    }
    return parked;
  }

  private List<ParkedRecord> of(PipelinePlan plan, PlanSource source, Map<String, Marks> marks) {
    Map<TopicPartition, Long> at = new HashMap<>();
    for (PlanSink sink : plan.sinks()) {
      if (sink.sources().contains(source.id())) {
        marks.getOrDefault(sink.id(), Marks.NONE).byPartition().entrySet().stream()
            .filter(entry -> entry.getKey().topic().equals(source.topic()))
            .forEach(entry -> at.merge(entry.getKey(), next(entry.getValue()), Math::min));
      }
    }
    Map<TopicPartition, Long> ends = topics.ends(at.keySet());
    List<ParkedRecord> parked = new ArrayList<>();
    Optional<Duration> kept = Optional.empty();
    for (ConsumerRecord<byte[], byte[]> record : topics.read(at, ends, 1, PATIENCE)) {
      Optional<Integer> schema = uncovered(source, record);
      if (schema.isPresent()) {
        kept = kept.or(() -> kept(source));
        Instant written = Instant.ofEpochMilli(record.timestamp());
        parked.add(
            new ParkedRecord(
                source.name(),
                record.topic(),
                record.partition(),
                record.offset(),
                schema.get(),
                written,
                kept.map(written::plus)));
      }
    }
    return parked;
  }

  private static long next(Mark mark) {
    return mark.nextOffset();
  }

  /** Returns a record's schema when a job under this plan would not read it. */
  private Optional<Integer> uncovered(PlanSource source, ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null || record.value().length <= Confluent.FRAME) {
      return Optional.empty();
    }
    int id;
    try {
      id = Confluent.schemaId(record.value());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (source.valueSchemas().stream().anyMatch(known -> known.id() == id)) {
      return Optional.empty();
    }
    Optional<RowSchema> schema = schemas.byId(id).flatMap(ParkedRecords::rowSchema);
    if (schema.isEmpty()) {
      return Optional.empty();
    }
    RowSchema planned = AvroSchemas.rowSchema(AvroSchemas.parse(source.newestSchema().avro()));
    boolean safe =
        SchemaVerdict.judge(planned, schema.get(), ConsumerSchema.of(source)).outcome()
            == Outcome.SAFE;
    return safe ? Optional.empty() : Optional.of(id);
  }

  /** Fences and the like have schemas that are no envelopes. */
  private static Optional<RowSchema> rowSchema(String avro) {
    try {
      return Optional.of(AvroSchemas.rowSchema(AvroSchemas.parse(avro)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Returns how long a topic keeps every record, unless that is for good or not known. */
  private Optional<Duration> kept(PlanSource source) {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, source.topic());
    try (Admin admin = Admin.create(new HashMap<String, Object>(kafka))) {
      Config config =
          admin
              .describeConfigs(List.of(topic))
              .all()
              .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
              .getOrDefault(topic, new Config(List.of()));
      String policy = value(config, "cleanup.policy").orElse("");
      long compaction =
          policy.contains("compact")
              ? value(config, COMPACTION_LAG).map(Long::parseLong).orElse(-1L)
              : -1;
      long retention =
          policy.contains("delete")
              ? value(config, RETENTION).map(Long::parseLong).orElse(-1L)
              : -1;
      long shortest =
          compaction < 0 ? retention : retention < 0 ? compaction : Math.min(compaction, retention);
      return shortest < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(shortest));
    } catch (ExecutionException | TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static Optional<String> value(Config config, String name) {
    return Optional.ofNullable(config.get(name)).map(entry -> entry.value());
  }
}
