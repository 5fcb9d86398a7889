package dev.backlot.engine.plan;

import dev.backlot.event.flink.Constants;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.spec.StepSpec;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.RowSchema;
import dev.backlot.schema.evolution.Fill;
import dev.backlot.sdk.Suggestions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What stands for fields that a Source does not have any more, as a source step's {@code missing}
 * says: {@code {region: {from: territory}, rating: {value: unrated}}}.
 */
final class Fills {
  /** The setting of a source step. */
  static final String MISSING = "missing";

  private Fills() {}

  /** Returns what a step says, by field. */
  static Map<String, Fill> of(StepSpec step) {
    Map<String, Fill> fills = new LinkedHashMap<>();
    if (step.config().get(MISSING) instanceof Map<?, ?> missing) {
      missing.forEach(
          (field, given) -> {
            if (given instanceof Map<?, ?> fill) {
              fills.put(
                  String.valueOf(field),
                  fill.get("from") instanceof String from
                      ? new Fill.FromField(from)
                      : new Fill.Constant(String.valueOf(fill.get("value"))));
            }
          });
    }
    return fills;
  }

  /**
   * Returns the fields of a Source with those that are filled, in types that hold both what older
   * events have there and what stands for it; empty when something is wrong.
   *
   * @param fields of the newest schema
   * @param schemas oldest first
   */
  static Optional<List<Field>> apply(
      StepSpec step,
      Map<String, Fill> fills,
      List<Field> fields,
      List<RowSchema> schemas,
      Findings findings) {
    List<Field> all = new ArrayList<>(fields);
    boolean right = true;
    for (Map.Entry<String, Fill> entry : fills.entrySet()) {
      String name = entry.getKey();
      Optional<Field> filled = field(step, name, entry.getValue(), fields, schemas, findings);
      right &= filled.isPresent();
      filled.ifPresent(
          field -> {
            int there = all.stream().map(Field::name).toList().indexOf(name);
            if (there < 0) {
              all.add(field);
            } else {
              all.set(there, field);
            }
          });
    }
    return right ? Optional.of(all) : Optional.empty();
  }

  private static Optional<Field> field(
      StepSpec step,
      String name,
      Fill fill,
      List<Field> fields,
      List<RowSchema> schemas,
      Findings findings) {
    Optional<Field> known =
        fields.stream()
            .filter(field -> field.name().equals(name))
            .findFirst()
            .or(() -> last(name, schemas));
    String place = "config." + MISSING + "." + name;
    if (fill instanceof Fill.FromField from) {
      Optional<Field> other =
          fields.stream().filter(field -> field.name().equals(from.field())).findFirst();
      boolean there = fields.stream().anyMatch(field -> field.name().equals(name));
      if (other.isEmpty() && there) {
        // What is to stand for it once it is gone may come at the same time.
        return known;
      }
      if (other.isEmpty()) {
        findings.add(
            step,
            ProblemCode.PIPELINE_UNKNOWN_FIELD,
            place + ".from",
            "'"
                + from.field()
                + "' would stand for '"
                + name
                + "', and the Source does not have it",
            Suggestions.fix(from.field(), fields.stream().map(Field::name).toList()));
        return Optional.empty();
      }
      FieldType type = known.map(Field::type).orElse(other.get().type());
      Optional<FieldType> both = wider(type, other.get().type());
      if (both.isEmpty()) {
        findings.add(
            step,
            ProblemCode.PIPELINE_FIELD_CONFLICT,
            place + ".from",
            "'%s' is %s and can't stand for '%s', which is %s"
                .formatted(from.field(), other.get().type().notation(), name, type.notation()),
            "Choose a field of that type.");
      }
      return both.map(wide -> field(name, wide, known));
    }
    FieldType type = known.map(Field::type).orElse(FieldType.Text.PLAIN);
    try {
      Constants.of(type, ((Fill.Constant) fill).text());
    } catch (IllegalArgumentException e) {
      findings.add(
          step,
          ProblemCode.PIPELINE_FIELD_CONFLICT,
          place + ".value",
          "'%s' is no %s: %s"
              .formatted(((Fill.Constant) fill).text(), type.notation(), e.getMessage()),
          "Write a value of that type.");
      return Optional.empty();
    }
    return Optional.of(field(name, type, known));
  }

  private static Field field(String name, FieldType type, Optional<Field> known) {
    return new Field(
        name,
        type,
        known.map(Field::nullable).orElse(true),
        known.map(Field::doc).orElse(""),
        known.map(Field::properties).orElse(Map.of()));
  }

  private static Optional<Field> last(String name, List<RowSchema> schemas) {
    for (int i = schemas.size() - 1; i >= 0; i--) {
      Optional<Field> field = schemas.get(i).field(name);
      if (field.isPresent()) {
        return field;
      }
    }
    return Optional.empty();
  }

  private static Optional<FieldType> wider(FieldType one, FieldType other) {
    if (one.accepts(other)) {
      return Optional.of(one);
    }
    return other.accepts(one) ? Optional.of(other) : Optional.empty();
  }
}
