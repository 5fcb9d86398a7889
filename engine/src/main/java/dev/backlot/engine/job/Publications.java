package dev.backlot.engine.job;

import static java.util.Objects.requireNonNull;

import dev.backlot.metadata.SourceStore;
import dev.backlot.metadata.SourceStore.StoredSource;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanPublication;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.model.source.SourcePublisher;
import dev.backlot.registry.SchemaStore;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.transport.Marks;
import dev.backlot.transport.StartOffsets;
import dev.backlot.transport.publish.PublishedTopic;
import dev.backlot.transport.publish.PublishedTopics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The Sources that pipelines publish: their schemas, topics and places in the catalogue. */
public final class Publications {
  private static final String CONTROL_SUBJECT = "backlot.control";

  private final Map<String, String> kafka;
  private final short replication;
  private final SourceStore sources;
  private final SchemaStore schemas;
  private final PublishedTopics topics;

  /** Keeps them with these stores, which stay the caller's to close. */
  public Publications(
      Map<String, String> kafka, short replication, SourceStore sources, SchemaStore schemas) {
    this.kafka = Map.copyOf(kafka);
    this.replication = replication;
    this.sources = sources;
    this.schemas = schemas;
    this.topics = new PublishedTopics(kafka);
  }

  /** Returns what a plan publishes, as the catalogue will have it. */
  public static List<SourceDescriptor> descriptors(PipelinePlan plan) {
    return plan.publications().stream()
        .map(publication -> descriptor(plan, publication, List.of(), List.of()))
        .toList();
  }

  /**
   * Ends what a deleted pipeline publishes.
   *
   * @param purge whether the topics are deleted
   * @throws dev.backlot.model.ProblemException {@code KAFKA_UNREACHABLE}
   */
  public void end(String pipeline, boolean purge) {
    for (StoredSource source : sources.ofPipeline(pipeline)) {
      if (purge && source.state() != SourceStore.State.REMOVED) {
        topics.delete(source.descriptor().topic());
      }
      sources.setState(
          source.descriptor().name(),
          purge ? SourceStore.State.REMOVED : SourceStore.State.STOPPED,
          "Pipeline '" + pipeline + "', which published it, was deleted.");
    }
  }

  /**
   * Prepares topics and schemas of all publications of a plan, which does not disturb a job that
   * writes them.
   *
   * @return by the Source's name
   * @throws dev.backlot.model.ProblemException when Kafka lacks a topic that it had, or can't be
   *     reached
   */
  Map<String, PublishedTopic> prepare(PipelinePlan plan) {
    Map<String, PublishedTopic> prepared = new HashMap<>();
    for (PlanPublication publication : plan.publications()) {
      topics.create(
          publication.topic(),
          publication.partitions(),
          known(publication).isPresent(),
          replication);
      PublishedTopic.SchemaIds ids =
          new PublishedTopic.SchemaIds(
              register(publication.topic() + "-key", publication.keySchema()),
              register(publication.topic() + "-value", publication.valueSchema()),
              schemas.register(CONTROL_SUBJECT, AvroSchemas.CONTROL));
      prepared.put(
          publication.source(), topic(plan, publication, ids, sources.nextPublishingJob()));
    }
    return prepared;
  }

  private int register(String subject, String avro) {
    return schemas.register(subject, AvroSchemas.parse(avro));
  }

  /** Returns what is known of a topic, unless no job has written it. */
  private Optional<StoredSource> known(PlanPublication publication) {
    return sources
        .findEvenRemoved(publication.source())
        .filter(found -> found.state() != SourceStore.State.REMOVED)
        .filter(found -> found.descriptor().epoch() == publication.epoch());
  }

  /**
   * Takes prepared topics over for a job that is about to run, while no other job of the pipeline
   * does, and names their schemas in the catalogue before a record has them. Sources that the
   * pipeline does not publish any more are stopped.
   *
   * @throws dev.backlot.model.ProblemException when Kafka lacks what it had, or can't be reached
   */
  void takeOver(PipelinePlan plan, Map<String, PublishedTopic> prepared) {
    for (PlanPublication publication : plan.publications()) {
      PublishedTopic topic =
          requireNonNull(prepared.get(publication.source()), publication.source());
      Optional<StoredSource> known = known(publication);
      topics.takeOver(topic, known.isPresent(), lane -> initial(plan, lane));
      SourceDescriptor descriptor =
          descriptor(
              plan,
              publication,
              with(known, SourceDescriptor::keySchemaIds, topic.ids().key()),
              with(known, SourceDescriptor::valueSchemaIds, topic.ids().value()));
      sources.put(descriptor, SourceStore.State.STREAMING, "");
    }
    for (StoredSource source : sources.ofPipeline(plan.pipeline())) {
      String name = source.descriptor().name();
      if (!prepared.containsKey(name) && source.state() == SourceStore.State.STREAMING) {
        sources.setState(
            name,
            SourceStore.State.STOPPED,
            "Pipeline '" + plan.pipeline() + "' does not publish it any more.");
      }
    }
  }

  private Marks initial(PipelinePlan plan, PublishedTopic.Lane lane) {
    return StartOffsets.resolve(
        kafka,
        plan.sources().stream()
            .filter(source -> source.name().equals(lane.source()))
            .findFirst()
            .orElseThrow());
  }

  /** The newest stands last, also when it was known before. */
  private static List<Integer> with(
      Optional<StoredSource> known, Function<SourceDescriptor, List<Integer>> ids, int id) {
    List<Integer> all =
        new ArrayList<>(known.map(StoredSource::descriptor).map(ids).orElse(List.of()));
    all.remove(Integer.valueOf(id));
    all.add(id);
    return all;
  }

  /**
   * Describes what a plan publishes, as the catalogue has it.
   *
   * @param keyIds and {@code valueIds}: of its registered schemas; none while nothing is published
   */
  public static SourceDescriptor descriptor(
      PipelinePlan plan,
      PlanPublication publication,
      List<Integer> keyIds,
      List<Integer> valueIds) {
    List<SourcePublisher.Lane> lanes =
        publication.lanes().stream()
            .map(
                lane -> new SourcePublisher.Lane(source(plan, lane.id()).name(), lane.partitions()))
            .toList();
    return new SourceDescriptor(
        publication.source(),
        "",
        "",
        "",
        publication.epoch(),
        publication.topic(),
        publication.partitions(),
        publication.key(),
        publication.keySchema(),
        publication.valueSchema(),
        keyIds,
        valueIds,
        "",
        new SourcePublisher(plan.pipeline(), lanes, publication.orderedByTime()));
  }

  private static PublishedTopic topic(
      PipelinePlan plan, PlanPublication publication, PublishedTopic.SchemaIds ids, long job) {
    return new PublishedTopic(
        AvroSchemas.rowSchema(AvroSchemas.parse(publication.valueSchema())),
        publication.topic(),
        publication.epoch(),
        publication.lanes().stream()
            .map(
                lane -> {
                  PlanSource source = source(plan, lane.id());
                  return new PublishedTopic.Lane(
                      source.name(),
                      source.topic(),
                      source.epoch(),
                      lane.first(),
                      lane.partitions());
                })
            .toList(),
        ids,
        job);
  }

  private static PlanSource source(PipelinePlan plan, String id) {
    return plan.sources().stream()
        .filter(source -> source.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  /** Returns up to where a publication holds what its Sources gave, as of now. */
  public Marks reached(PipelinePlan plan, PlanPublication publication) {
    return topics.reached(topic(plan, publication, new PublishedTopic.SchemaIds(0, 0, 0), 0));
  }
}
