package dev.backlot.engine.plan;

import dev.backlot.engine.endpoint.EndpointSchemas;
import dev.backlot.engine.plan.PlanInputs.PublishedInput;
import dev.backlot.engine.plan.PlanInputs.SourceInput;
import dev.backlot.engine.plan.PlanInputs.TableInput;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore;
import dev.backlot.metadata.SourceStore.StoredSource;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.plan.PlanSchema;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.model.spec.StepSpec;
import dev.backlot.registry.SchemaStore;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.RowSchema;
import dev.backlot.sdk.KnownEndpoint;
import dev.backlot.spec.Documents;
import dev.backlot.spec.SpecReader;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Gathers what a plan depends on, and plans. Thread-safe. */
public final class PlanService {
  /** The id of a schema that is not registered. */
  private static final int PROPOSED = 0;

  private final MetadataDatabase metadata;
  private final SchemaStore schemas;
  private final LakeCatalog lake;
  private final EndpointSchemas endpoints;
  private final Planner planner;

  /** Looks things up here; everything stays the caller's to close. */
  public PlanService(
      MetadataDatabase metadata,
      SchemaStore schemas,
      LakeCatalog lake,
      EndpointSchemas endpoints,
      Planner planner) {
    this.metadata = metadata;
    this.schemas = schemas;
    this.lake = lake;
    this.endpoints = endpoints;
    this.planner = planner;
  }

  /**
   * Plans a pipeline as of now.
   *
   * @param document the pipeline's YAML or JSON
   * @param discovered Sources that a connection would have, but that are not captured yet
   * @param comingEndpoints documents of endpoints that are about to be applied with it
   * @param upTo by Source, the newest schema that the plan may know, by its id; all unless told
   * @param proposed by Source, the Avro JSON of an envelope that nobody has registered, to be
   *     planned as its next one: such a plan is not for running
   */
  public Planned plan(
      String document,
      List<SourceDescriptor> discovered,
      List<String> comingEndpoints,
      Map<String, Integer> upTo,
      Map<String, String> proposed) {
    Documents documents = SpecReader.read("", document);
    if (!documents.problems().isEmpty()) {
      return new Planned(Optional.empty(), documents.problems(), List.of());
    }
    if (documents.specs().size() != 1 || !(documents.specs().get(0) instanceof PipelineSpec spec)) {
      throw new ProblemException(
          ProblemCode.SPEC_WRONG_SHAPE,
          "Cannot plan the document: it is not one Pipeline. Send one Pipeline document.");
    }
    return planner.plan(spec, inputs(spec, discovered, comingEndpoints, upTo, proposed));
  }

  /** Plans what can be planned of a pipeline that is still being written. */
  public Sketched sketch(PipelineSpec spec) {
    return planner.sketch(spec, inputs(spec, List.of(), List.of(), Map.of(), Map.of()));
  }

  private PlanInputs inputs(
      PipelineSpec spec,
      List<SourceDescriptor> discovered,
      List<String> comingEndpoints,
      Map<String, Integer> upTo,
      Map<String, String> proposed) {
    List<StoredSource> stored = metadata.sources().list();
    Map<String, SourceInput> sources = new HashMap<>();
    Map<TableName, TableInput> tables = new HashMap<>();
    for (StepSpec step : spec.steps()) {
      switch (step.role()) {
        case SOURCE ->
            source(step.type(), stored, discovered, upTo)
                .map(input -> withProposed(input, Optional.ofNullable(proposed.get(step.type()))))
                .ifPresent(input -> sources.put(step.type(), input));
        case SINK ->
            tableName(step)
                .ifPresent(name -> table(name).ifPresent(input -> tables.put(name, input)));
        case PROCESSOR -> {}
      }
    }
    List<String> known =
        Stream.concat(stored.stream().map(StoredSource::descriptor), discovered.stream())
            .map(SourceDescriptor::name)
            .distinct()
            .sorted()
            .toList();
    return new PlanInputs(
        sources, known, tables, published(spec), endpoints(spec, comingEndpoints));
  }

  private Map<String, PublishedInput> published(PipelineSpec spec) {
    Map<String, PublishedInput> published = new HashMap<>();
    for (StepSpec step : spec.steps()) {
      step.publish()
          .flatMap(metadata.sources()::findEvenRemoved)
          .ifPresent(
              found ->
                  published.put(
                      found.descriptor().name(),
                      new PublishedInput(
                          found.descriptor(),
                          found.state() == SourceStore.State.REMOVED,
                          metadata
                              .documents()
                              .find(SpecKind.PIPELINE, found.descriptor().publisher().pipeline())
                              .isPresent())));
    }
    return published;
  }

  private Map<String, KnownEndpoint> endpoints(PipelineSpec spec, List<String> coming) {
    Set<String> needed = new HashSet<>();
    for (StepSpec step : spec.steps()) {
      if (step.role() == StepSpec.Role.PROCESSOR
          && step.config().get("endpoint") instanceof String name) {
        needed.add(name);
      }
    }
    return needed.isEmpty() ? Map.of() : endpoints.known(needed, coming);
  }

  private Optional<SourceInput> source(
      String name,
      List<StoredSource> stored,
      List<SourceDescriptor> discovered,
      Map<String, Integer> upTo) {
    Optional<SourceDescriptor> captured =
        stored.stream()
            .map(StoredSource::descriptor)
            .filter(descriptor -> descriptor.name().equals(name))
            .filter(descriptor -> !descriptor.valueSchemaIds().isEmpty())
            .findFirst();
    if (captured.isPresent()) {
      SourceDescriptor descriptor = cut(captured.get(), Optional.ofNullable(upTo.get(name)));
      return Optional.of(
          new SourceInput(
              descriptor,
              schemas(descriptor.keySchemaIds()),
              schemas(descriptor.valueSchemaIds()),
              true));
    }
    return discovered.stream()
        .filter(descriptor -> descriptor.name().equals(name))
        .findFirst()
        .map(
            descriptor ->
                new SourceInput(
                    descriptor,
                    descriptor.keySchema().isEmpty()
                        ? List.of()
                        : List.of(new PlanSchema(0, descriptor.keySchema())),
                    List.of(new PlanSchema(0, descriptor.valueSchema())),
                    false));
  }

  /** Returns a Source as it would be with one more schema, or anew when its key is another. */
  private static SourceInput withProposed(SourceInput input, Optional<String> envelope) {
    if (envelope.isEmpty()) {
      return input;
    }
    RowSchema row = AvroSchemas.rowSchema(AvroSchemas.parse(envelope.get()));
    SourceDescriptor source = input.descriptor();
    boolean sameKey = source.keyColumns().equals(row.keyColumns());
    List<PlanSchema> values = new ArrayList<>(sameKey ? input.valueSchemas() : List.of());
    values.add(new PlanSchema(PROPOSED, envelope.get()));
    List<Integer> ids = values.stream().map(PlanSchema::id).toList();
    return new SourceInput(
        source.withValueSchemas(envelope.get(), ids).withKey(row.keyColumns()),
        input.keySchemas(),
        values,
        input.captured());
  }

  /** Returns a Source as it was while a schema was its newest one. */
  private SourceDescriptor cut(SourceDescriptor source, Optional<Integer> newest) {
    int at = newest.map(source.valueSchemaIds()::indexOf).orElse(-1);
    if (at < 0 || at == source.valueSchemaIds().size() - 1) {
      return source;
    }
    List<Integer> ids = source.valueSchemaIds().subList(0, at + 1);
    String schema = schemas(List.of(newest.get())).get(0).avro();
    return source.withValueSchemas(schema, ids);
  }

  private List<PlanSchema> schemas(List<Integer> ids) {
    return ids.stream()
        .map(
            id ->
                new PlanSchema(
                    id,
                    schemas
                        .byId(id)
                        .orElseThrow(
                            () ->
                                new ProblemException(
                                    ProblemCode.KAFKA_DATA_LOST,
                                    "Cannot read schema '"
                                        + id
                                        + "': the registry does not have it. Dump the Source into a"
                                        + " new epoch."))))
        .toList();
  }

  private static Optional<TableName> tableName(StepSpec step) {
    try {
      return Optional.of(TableName.parse(String.valueOf(step.config().get("table"))));
    } catch (ProblemException e) {
      // The planner reports it with its place.
      return Optional.empty();
    }
  }

  private Optional<TableInput> table(TableName name) {
    return lake.shape(name)
        .map(
            shape -> {
              Optional<String> owner = lake.owner(name);
              boolean exists =
                  owner.flatMap(o -> metadata.documents().find(SpecKind.PIPELINE, o)).isPresent();
              return new TableInput(shape, owner, exists);
            });
  }
}
