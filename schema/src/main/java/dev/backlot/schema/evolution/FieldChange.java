package dev.backlot.schema.evolution;

import dev.backlot.schema.Field;
import java.util.Optional;

/**
 * One difference between two schemas of a Source.
 *
 * @param before the field as it was, unless it is new
 * @param after the field as it is, unless it is gone
 */
public record FieldChange(ChangeKind kind, Optional<Field> before, Optional<Field> after) {
  /** Returns the name that consumers know: the old one, if there was one. */
  public String name() {
    return before.or(() -> after).map(Field::name).orElse("");
  }

  static FieldChange of(ChangeKind kind, Field before, Field after) {
    return new FieldChange(kind, Optional.of(before), Optional.of(after));
  }

  static FieldChange added(Field field) {
    return new FieldChange(ChangeKind.ADDED, Optional.empty(), Optional.of(field));
  }

  static FieldChange dropped(Field field) {
    return new FieldChange(ChangeKind.DROPPED, Optional.of(field), Optional.empty());
  }
}
