package dev.backlot.engine.plan;

import dev.backlot.engine.plan.PlanInputs.PublishedInput;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.plan.PlanPublication;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.model.source.SourcePublisher;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.StepSpec;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.KeySchemas;
import dev.backlot.schema.Names;
import dev.backlot.schema.RowSchema;
import dev.backlot.schema.SystemColumn;
import dev.backlot.schema.evolution.SchemaChanges;
import dev.backlot.sdk.Shape;
import dev.backlot.sdk.StepInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Plans an output that becomes a Source: its rows, its key, and which topic holds them. */
final class PublicationPlanner {
  /** The field that tells entities of different Sources apart. */
  private static final String SOURCE_NAME = "source_name";

  private PublicationPlanner() {}

  static Optional<PlanPublication> plan(
      PipelineSpec spec,
      StepSpec step,
      StepInput output,
      List<PlanSource> sources,
      Optional<PublishedInput> existing,
      Findings findings) {
    String name = step.publish().orElseThrow();
    Shape shape = output.shape();
    if (!isPossible(spec, step, shape, existing, findings)) {
      return Optional.empty();
    }
    List<PlanSink.Target> targets = new ArrayList<>();
    List<Field> fields = new ArrayList<>();
    List<String> key = new ArrayList<>(shape.keyFields());
    List<String> notes = new ArrayList<>();
    if (shape.key().size() > key.size()) {
      key.add(0, SOURCE_NAME);
      fields.add(Field.required(SOURCE_NAME, FieldType.Text.PLAIN));
      targets.add(target(SOURCE_NAME, FieldType.Text.PLAIN, SystemColumn.SOURCE.column()));
      notes.add(
          "'" + SOURCE_NAME + "' tells which Source a row comes from, and is part of the key.");
    }
    Optional<String> from =
        sources.stream()
            .filter(source -> shape.sources().equals(List.of(source.id())))
            .map(PlanSource::name)
            .findFirst();
    for (Field field : shape.fields()) {
      fields.add(
          new Field(
              field.name(), field.type(), field.nullable(), field.doc(), number(field, from)));
      targets.add(target(field.name(), field.type(), field.name()));
    }
    RowSchema schema = new RowSchema(name, fields, key);
    List<PlanSource> lanes =
        inOrder(
            sources.stream().filter(source -> shape.sources().contains(source.id())).toList(),
            existing);
    boolean byTime = shape.order() == Shape.Order.TIME;
    int epoch = epoch(schema, lanes, byTime, existing);
    return Optional.of(
        new PlanPublication(
            name,
            output.step(),
            epoch,
            Names.topicOf(name, epoch),
            lanes(lanes),
            targets,
            key,
            byTime,
            AvroSchemas.key(schema).toString(),
            AvroSchemas.envelope(schema).toString(),
            notes));
  }

  /**
   * Returns by what a field is known when it has another name, where it comes from one Source: its
   * column's number there. What else a column is in its table says nothing of the published one.
   */
  private static Map<String, String> number(Field field, Optional<String> source) {
    Optional<String> number = SchemaChanges.number(field);
    return source.isPresent() && number.isPresent()
        ? Map.of(SchemaChanges.NUMBER, source.get() + "." + number.get())
        : Map.of();
  }

  private static PlanSink.Target target(String name, FieldType type, String from) {
    return new PlanSink.Target(name, type.notation(), from);
  }

  private static boolean isPossible(
      PipelineSpec spec,
      StepSpec step,
      Shape shape,
      Optional<PublishedInput> existing,
      Findings findings) {
    String name = step.publish().orElseThrow();
    boolean possible = true;
    if (shape.key().isEmpty()) {
      possible = false;
      findings.add(
          step,
          ProblemCode.PIPELINE_KEY_LOST,
          "publish",
          "its rows have no key, and those of a published Source need one",
          "Give the table behind it a primary key, or write a table instead.");
    }
    if (shape.key().contains(SystemColumn.SOURCE.column()) && shape.index(SOURCE_NAME) >= 0) {
      possible = false;
      findings.add(
          step,
          ProblemCode.PIPELINE_FIELD_CONFLICT,
          "publish",
          "its rows have a field '" + SOURCE_NAME + "', which is to tell their Sources apart",
          "Rename the field before the union.");
    }
    Optional<PublishedInput> other =
        existing
            .filter(found -> !found.removed())
            .filter(found -> !found.descriptor().publisher().pipeline().equals(spec.name()))
            .filter(found -> found.ownerExists() || !spec.adopt());
    if (other.isPresent()) {
      possible = false;
      boolean exists = other.get().ownerExists();
      findings.add(
          step,
          ProblemCode.CONFLICT,
          "publish",
          "Source '%s' is published by pipeline '%s'%s"
              .formatted(
                  name,
                  other.get().descriptor().publisher().pipeline(),
                  exists ? "" : ", which was deleted"),
          exists
              ? "Choose another name, or delete that pipeline first."
              : "Choose another name, or say `adopt: true` in the pipeline to take it over.");
    }
    return possible;
  }

  /** Returns the Sources as the topic has them already, if it has the same ones. */
  private static List<PlanSource> inOrder(
      List<PlanSource> sources, Optional<PublishedInput> existing) {
    List<String> known =
        existing.stream()
            .flatMap(found -> found.descriptor().publisher().lanes().stream())
            .map(SourcePublisher.Lane::source)
            .toList();
    Set<String> names = sources.stream().map(PlanSource::name).collect(Collectors.toSet());
    if (known.size() != names.size() || !names.containsAll(known)) {
      return sources;
    }
    return known.stream()
        .map(
            name ->
                sources.stream()
                    .filter(source -> source.name().equals(name))
                    .findFirst()
                    .orElseThrow())
        .toList();
  }

  private static List<PlanPublication.Lane> lanes(List<PlanSource> sources) {
    List<PlanPublication.Lane> lanes = new ArrayList<>();
    int first = 0;
    for (PlanSource source : sources) {
      lanes.add(new PlanPublication.Lane(source.id(), first, source.partitions()));
      first += source.partitions();
    }
    return lanes;
  }

  /**
   * A topic keeps its key, its partitions and types that read its rows; anything else begins a new
   * one.
   */
  private static int epoch(
      RowSchema schema,
      List<PlanSource> lanes,
      boolean orderedByTime,
      Optional<PublishedInput> existing) {
    if (existing.isEmpty()) {
      return 1;
    }
    SourceDescriptor known = existing.get().descriptor();
    List<SourcePublisher.Lane> wanted =
        lanes.stream()
            .map(source -> new SourcePublisher.Lane(source.name(), source.partitions()))
            .toList();
    boolean goesOn =
        !existing.get().removed()
            && known.publisher().lanes().equals(wanted)
            && known.publisher().orderedByTime() == orderedByTime
            && KeySchemas.sameBytes(AvroSchemas.parse(known.keySchema()), AvroSchemas.key(schema))
            && isReadable(schema, known);
    return goesOn ? known.epoch() : known.epoch() + 1;
  }

  private static boolean isReadable(RowSchema schema, SourceDescriptor known) {
    RowSchema before = AvroSchemas.rowSchema(AvroSchemas.parse(known.valueSchema()));
    return schema.fields().stream()
        .allMatch(
            field ->
                before
                    .field(field.name())
                    .map(Field::type)
                    .map(old -> old.accepts(field.type()) || field.type().accepts(old))
                    .orElse(true));
  }
}
