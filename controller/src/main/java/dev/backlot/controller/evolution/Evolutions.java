package dev.backlot.controller.evolution;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.controller.evolution.Evolution.Judged;
import dev.backlot.controller.evolution.Evolution.SourceChange;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.PipelineStore;
import dev.backlot.metadata.SourceStore.StoredSource;
import dev.backlot.model.ProblemException;
import dev.backlot.model.plan.PlanSchema;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.registry.SchemaStore;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.RowSchema;
import dev.backlot.schema.evolution.ConsumerSchema;
import dev.backlot.schema.evolution.SchemaVerdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges what has become of the Sources that deployed plans read. Plans and schemas never change
 * under their hash and id, so what was read of them is kept. Thread-safe.
 */
public final class Evolutions {
  private static final Logger LOG = LoggerFactory.getLogger(Evolutions.class);

  private final PipelineStore pipelines;
  private final SchemaStore schemas;
  private final Map<String, Reading> readings = new ConcurrentHashMap<>();
  private final Map<Integer, RowSchema> rowSchemas = new ConcurrentHashMap<>();

  /** Looks plans and schemas up here. */
  public Evolutions(PipelineStore pipelines, SchemaStore schemas) {
    this.pipelines = pipelines;
    this.schemas = schemas;
  }

  /** What a deployed plan reads. */
  private record Reading(String planHash, List<SourceReading> sources) {}

  /** A Source as a plan reads it. */
  private record SourceReading(
      PlanSource source,
      int newestId,
      RowSchema newest,
      ConsumerSchema use,
      Map<Integer, SchemaVerdict> verdicts) {
    SchemaVerdict judge(int id, RowSchema schema) {
      return verdicts.computeIfAbsent(id, unused -> SchemaVerdict.judge(newest, schema, use));
    }
  }

  /** A pipeline that reads a Source, and how its deployed plan does. */
  public record Reader(String pipeline, PlanSource planned, ConsumerSchema use) {}

  /** Returns the pipelines whose deployed plans read a Source, by name. */
  public List<Reader> readers(String source) {
    List<Reader> readers = new ArrayList<>();
    for (PipelineStore.Status status : pipelines.list()) {
      reading(status.pipeline(), status.planHash()).map(Reading::sources).orElse(List.of()).stream()
          .filter(read -> read.source().name().equals(source))
          .forEach(read -> readers.add(new Reader(status.pipeline(), read.source(), read.use())));
    }
    return readers;
  }

  /** Returns the names of the Sources that a pipeline's deployed plan reads. */
  public Set<String> sourcesOf(String pipeline, String planHash) {
    return reading(pipeline, planHash).map(Reading::sources).orElse(List.of()).stream()
        .map(read -> read.source().name())
        .collect(Collectors.toSet());
  }

  /**
   * Judges a pipeline.
   *
   * @param planHash of the plan that it runs
   * @param sources at least those that the plan reads, by name
   */
  public Evolution of(String pipeline, String planHash, Map<String, StoredSource> sources) {
    Optional<Reading> reading = reading(pipeline, planHash);
    if (reading.isEmpty()) {
      return Evolution.NONE;
    }
    List<SourceChange> changes = new ArrayList<>();
    for (SourceReading read : reading.get().sources()) {
      Optional.ofNullable(sources.get(read.source().name()))
          .map(StoredSource::descriptor)
          .filter(source -> source.topic().equals(read.source().topic()))
          .flatMap(source -> change(read, source))
          .ifPresent(changes::add);
    }
    return changes.isEmpty() ? Evolution.NONE : new Evolution(changes);
  }

  /** Returns a Source's change, unless the plan knows its newest schema. */
  private Optional<SourceChange> change(SourceReading read, SourceDescriptor source) {
    List<Integer> ids = source.valueSchemaIds();
    int known = ids.indexOf(read.newestId());
    if (known < 0 || known == ids.size() - 1) {
      return Optional.empty();
    }
    List<Judged> judged = new ArrayList<>();
    for (int id : ids.subList(known + 1, ids.size())) {
      Optional<RowSchema> schema = rowSchema(id);
      if (schema.isEmpty()) {
        // Kafka is away; the next look finds it.
        return Optional.empty();
      }
      judged.add(new Judged(id, read.judge(id, schema.get())));
    }
    return Optional.of(
        new SourceChange(read.source().name(), read.source().id(), read.newestId(), judged));
  }

  private Optional<Reading> reading(String pipeline, String planHash) {
    Reading known = readings.get(pipeline);
    if (known != null && known.planHash().equals(planHash)) {
      return Optional.of(known);
    }
    Optional<Reading> read = pipelines.deployedPlan(pipeline).map(this::read);
    read.ifPresent(reading -> readings.put(pipeline, reading));
    return read.filter(reading -> reading.planHash().equals(planHash));
  }

  private Reading read(String json) {
    JsonNode plan = Json.readTree(json);
    List<SourceReading> sources = new ArrayList<>();
    for (PlanSource source : sources(plan)) {
      if (!source.valueSchemas().isEmpty()) {
        PlanSchema newest = source.newestSchema();
        sources.add(
            new SourceReading(
                source,
                newest.id(),
                rowSchemas.computeIfAbsent(newest.id(), id -> rowSchema(newest.avro())),
                ConsumerSchema.of(source),
                new ConcurrentHashMap<>()));
      }
    }
    return new Reading(plan.path("hash").asText(), List.copyOf(sources));
  }

  /** Returns what a plan reads, from its JSON. */
  public static List<PlanSource> sources(JsonNode plan) {
    return List.of(Json.MAPPER.convertValue(plan.withArray("sources"), PlanSource[].class));
  }

  /**
   * Returns what a deployed plan reads, in its order.
   *
   * @param planHash of the plan that the pipeline runs
   */
  public List<PlanSource> read(String pipeline, String planHash) {
    return reading(pipeline, planHash).map(Reading::sources).orElse(List.of()).stream()
        .map(SourceReading::source)
        .toList();
  }

  /** Returns a schema of a Source; empty while Kafka is away. */
  public Optional<RowSchema> rowSchema(int id) {
    RowSchema known = rowSchemas.get(id);
    if (known != null) {
      return Optional.of(known);
    }
    try {
      Optional<RowSchema> read = schemas.byId(id).map(Evolutions::rowSchema);
      read.ifPresent(schema -> rowSchemas.put(id, schema));
      return read;
    } catch (ProblemException e) {
      LOG.debug("Cannot read schema {}", id, e);
      return Optional.empty();
    }
  }

  private static RowSchema rowSchema(String avro) {
    return AvroSchemas.rowSchema(AvroSchemas.parse(avro));
  }
}
