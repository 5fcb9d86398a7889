package dev.backlot.engine.plan;

import dev.backlot.engine.plan.FieldUses.SourceUses;
import dev.backlot.engine.plan.PlanInputs.SourceInput;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.plan.PlanSchema;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.plan.PlanUse;
import dev.backlot.model.spec.StartFrom;
import dev.backlot.model.spec.StepSpec;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.RowSchema;
import dev.backlot.schema.evolution.Fill;
import dev.backlot.schema.evolution.SchemaChanges;
import dev.backlot.sdk.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Plans what is read from a Source: the columns of its newest schema, in types that read every
 * older one too.
 */
final class SourcePlanner {
  private SourcePlanner() {}

  /** A Source as planned, with the comments that plans leave out. */
  record PlannedSource(PlanSource source, Shape shape) {}

  static Optional<PlannedSource> plan(
      StepSpec step,
      SourceInput input,
      StartFrom startFrom,
      List<String> wantedBefore,
      Optional<SourceUses> uses,
      Findings findings) {
    List<RowSchema> schemas = new ArrayList<>();
    for (PlanSchema schema : input.valueSchemas()) {
      schemas.add(AvroSchemas.rowSchema(AvroSchemas.parse(schema.avro())));
    }
    RowSchema newest = AvroSchemas.rowSchema(AvroSchemas.parse(input.descriptor().valueSchema()));
    List<String> key = input.descriptor().keyColumns();
    boolean covered = true;
    List<Field> fields = new ArrayList<>();
    for (Field field : newest.fields()) {
      FieldType type = field.type();
      for (RowSchema older : schemas) {
        FieldType written = older.field(field.name()).map(Field::type).orElse(type);
        if (!type.accepts(written)) {
          if (isUnused(field, uses)) {
            break;
          }
          if (!written.accepts(type)) {
            covered &= uses.isEmpty();
            conflict(step, field, written, uses.isEmpty(), findings);
            break;
          }
          type = written;
        }
      }
      fields.add(new Field(field.name(), type, field.nullable(), field.doc(), field.properties()));
    }
    Map<String, Fill> fills = Fills.of(step);
    Optional<List<Field>> filled = Fills.apply(step, fills, fields, schemas, findings);
    if (covered && filled.isPresent()) {
      fields = new ArrayList<>(filled.get());
    } else {
      covered = false;
    }
    for (RowSchema older : schemas) {
      if (!older.keyColumns().equals(key)) {
        covered = false;
        findings.add(
            step,
            ProblemCode.SCHEMA_NOT_COVERED,
            "source",
            "the key of '%s' was (%s) and is (%s) now"
                .formatted(
                    step.type(), String.join(", ", older.keyColumns()), String.join(", ", key)),
            "Dump the Source into a new epoch.");
      }
    }
    if (!covered) {
      return Optional.empty();
    }
    fields.removeIf(field -> isUnused(field, uses));
    List<String> before =
        wantedBefore.stream().filter(name -> newest.field(name).isPresent()).sorted().toList();
    String since = key.containsAll(before) ? "" : input.descriptor().wholeBeforeSince();
    PlanSource source =
        new PlanSource(
            step.id(),
            input.descriptor().name(),
            input.descriptor().topic(),
            input.descriptor().epoch(),
            input.descriptor().partitions(),
            key,
            Shapes.columns(fields),
            uses(fields, uses, fills),
            uses.map(SourceUses::open).orElse(true),
            input.keySchemas(),
            input.valueSchemas(),
            text(startFrom),
            before,
            since,
            input.descriptor().publisher().orderedByTime());
    return Optional.of(
        new PlannedSource(
            source, new Shape(fields, key, List.of(step.id()), Shapes.order(source), before)));
  }

  /**
   * Returns by which other names the columns of a Source's newest schema went in older ones. A name
   * that several columns have had tells nothing: what a table has under it may be another's.
   */
  static Map<String, List<String>> formerNames(SourceInput input) {
    Map<String, String> byNumber = new HashMap<>();
    for (Field field :
        AvroSchemas.rowSchema(AvroSchemas.parse(input.descriptor().valueSchema())).fields()) {
      SchemaChanges.number(field).ifPresent(number -> byNumber.put(number, field.name()));
    }
    Map<String, List<String>> former = new HashMap<>();
    Map<String, Set<String>> owners = new HashMap<>();
    for (PlanSchema schema : input.valueSchemas()) {
      for (Field field : AvroSchemas.rowSchema(AvroSchemas.parse(schema.avro())).fields()) {
        owners
            .computeIfAbsent(field.name(), unused -> new HashSet<>())
            .add(SchemaChanges.number(field).orElse(""));
        String now = SchemaChanges.number(field).map(byNumber::get).orElse(field.name());
        if (!now.equals(field.name())) {
          former.computeIfAbsent(now, unused -> new ArrayList<>()).add(0, field.name());
        }
      }
    }
    former
        .values()
        .forEach(names -> names.removeIf(name -> owners.getOrDefault(name, Set.of()).size() > 1));
    return former;
  }

  private static List<PlanUse> uses(
      List<Field> fields, Optional<SourceUses> uses, Map<String, Fill> fills) {
    List<PlanUse> all = new ArrayList<>();
    for (Field field : fields) {
      PlanUse use = uses.map(known -> known.fields().get(field.name())).orElse(null);
      if (use != null) {
        Fill fill = fills.getOrDefault(field.name(), new Fill.Nothing());
        all.add(new PlanUse(use.field(), use.use(), use.steps(), use.columns(), fill.notation()));
      }
    }
    return all;
  }

  private static boolean isUnused(Field field, Optional<SourceUses> uses) {
    return uses.filter(known -> !known.fields().containsKey(field.name())).isPresent();
  }

  private static void conflict(
      StepSpec step, Field field, FieldType written, boolean tentative, Findings findings) {
    String fact =
        "column '%s' of '%s' is %s now, and rows of the topic hold it as %s"
            .formatted(field.name(), step.type(), field.type().notation(), written.notation());
    String fix = "Change the column back, or dump the Source into a new epoch.";
    if (tentative) {
      findings.addTentative(step, ProblemCode.SCHEMA_NOT_COVERED, "source", fact, fix);
    } else {
      findings.add(step, ProblemCode.SCHEMA_NOT_COVERED, "source", fact, fix);
    }
  }

  private static String text(StartFrom startFrom) {
    if (startFrom instanceof StartFrom.AtTime at) {
      return at.time().toString();
    }
    return startFrom instanceof StartFrom.Latest ? "latest" : "earliest";
  }
}
