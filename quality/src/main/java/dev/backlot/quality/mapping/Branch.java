package dev.backlot.quality.mapping;

import dev.backlot.schema.FieldType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a Source's rows have become at one step of a plan.
 *
 * @param columns what each column of the step is made of
 * @param conditions predicates over the Source's columns that rows here fulfil
 * @param obstacle why rows here don't map to the Source's; empty when they do
 */
record Branch(
    Map<String, Origin> columns, List<SourcePredicate> conditions, Optional<String> obstacle) {

  /** What a column is made of. */
  sealed interface Origin {}

  /** A column of the Source. */
  record OfSource(String name, FieldType type) implements Origin {}

  /** A step sets it. */
  record SetBy(String reason) implements Origin {}

  static Branch blocked(String reason) {
    return new Branch(Map.of(), List.of(), Optional.of(reason));
  }

  Branch withColumns(Map<String, Origin> changed) {
    return new Branch(changed, conditions, obstacle);
  }

  /** Returns the column that a predicate names; without quotes, case is ignored when clear. */
  Optional<Origin> named(String name, boolean quoted) {
    if (columns.containsKey(name)) {
      return Optional.of(columns.get(name));
    }
    List<Origin> alike = new ArrayList<>();
    columns.forEach(
        (column, origin) -> {
          if (!quoted && column.equalsIgnoreCase(name)) {
            alike.add(origin);
          }
        });
    return alike.size() == 1 ? Optional.of(alike.get(0)) : Optional.empty();
  }
}
