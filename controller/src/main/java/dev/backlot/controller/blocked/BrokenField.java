package dev.backlot.controller.blocked;

import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.RowSchema;
import dev.backlot.schema.evolution.ConsumedField;
import dev.backlot.schema.evolution.FieldVerdict;
import java.util.List;

/**
 * A field without which a pipeline can't go on.
 *
 * @param verdict on its change; it breaks the pipeline
 * @param consumed the field as the deployed plan reads it
 * @param steps ids of the steps that name it
 * @param newest the Source's newest schema
 */
record BrokenField(
    String source,
    FieldVerdict verdict,
    ConsumedField consumed,
    List<String> steps,
    RowSchema newest) {
  /** Copies what is mutable. */
  BrokenField {
    steps = List.copyOf(steps);
  }

  String name() {
    return verdict.field();
  }

  /** Returns whether the newest schema lacks it, so that something else can stand for it. */
  boolean isGone() {
    return newest.field(name()).isEmpty();
  }

  /**
   * Returns whether a fresh plan can read it as it is now: every old and new value fits into one
   * type.
   */
  boolean isAcceptable() {
    return newest.field(name()).map(Field::type).filter(this::fits).isPresent();
  }

  /** Returns the fields of the newest schema that can stand for it, a new name first. */
  List<String> substitutes() {
    List<String> fitting =
        newest.fields().stream()
            .filter(field -> fits(field.type()))
            .map(Field::name)
            .filter(name -> !name.equals(name()))
            .toList();
    return fitting.stream()
        .sorted(
            (one, other) ->
                Boolean.compare(other.equals(verdict.becomes()), one.equals(verdict.becomes())))
        .toList();
  }

  /** Returns whether one type holds what the field was and what this type holds. */
  boolean fits(FieldType type) {
    return consumed.type().accepts(type) || type.accepts(consumed.type());
  }
}
