package dev.backlot.schema.evolution;

import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.RowSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out what has changed between two schemas of a Source. Columns are the same when they have
 * the same number in the source; where a schema has no numbers, when they have the same name.
 */
public final class SchemaChanges {
  /** The property of a field that holds its column's number in the source, for good. */
  public static final String NUMBER = "attnum";

  private SchemaChanges() {}

  /** Returns all changes, in the order of the new schema's fields, drops at the end. */
  public static List<FieldChange> between(RowSchema before, RowSchema after) {
    List<FieldChange> changes = new ArrayList<>();
    Map<String, Field> byNumber = new HashMap<>();
    before.fields().forEach(field -> number(field).ifPresent(n -> byNumber.put(n, field)));
    Set<String> renamed = new HashSet<>();
    for (Field field : after.fields()) {
      Optional<Field> sameName = before.field(field.name());
      Optional<Field> sameNumber = number(field).map(byNumber::get);
      if (sameName.isPresent()) {
        same(sameName.get(), field, after, changes);
      } else if (sameNumber.isPresent() && after.field(sameNumber.get().name()).isEmpty()) {
        renamed.add(sameNumber.get().name());
        changes.add(FieldChange.of(ChangeKind.RENAMED, sameNumber.get(), field));
        same(sameNumber.get(), field, after, changes);
      } else {
        changes.add(FieldChange.added(field));
      }
    }
    for (Field field : before.fields()) {
      if (after.field(field.name()).isEmpty() && !renamed.contains(field.name())) {
        changes.add(FieldChange.dropped(field));
      }
    }
    moved(before, after, changes);
    if (!before.keyColumns().equals(after.keyColumns())) {
      changes.add(new FieldChange(ChangeKind.KEY_CHANGED, Optional.empty(), Optional.empty()));
    }
    return List.copyOf(changes);
  }

  /** Returns the number of a field's column in the source, where it is known. */
  public static Optional<String> number(Field field) {
    return Optional.ofNullable(field.properties().get(NUMBER));
  }

  private static void same(Field before, Field after, RowSchema now, List<FieldChange> changes) {
    boolean renumbered =
        before.name().equals(after.name())
            && number(before).isPresent()
            && number(after).isPresent()
            && !number(before).equals(number(after));
    if (renumbered) {
      Optional<Field> moved =
          now.fields().stream().filter(f -> number(f).equals(number(before))).findFirst();
      changes.add(
          moved
              .map(elsewhere -> FieldChange.of(ChangeKind.RENAMED, before, elsewhere))
              .orElseGet(() -> FieldChange.of(ChangeKind.REPLACED, before, after)));
    }
    if (!before.type().equals(after.type())) {
      changes.add(FieldChange.of(type(before.type(), after.type()), before, after));
    } else if (!renumbered && before.name().equals(after.name()) && isDescribed(before, after)) {
      changes.add(FieldChange.of(ChangeKind.DESCRIBED, before, after));
    }
    if (before.nullable() != after.nullable()) {
      changes.add(
          FieldChange.of(
              after.nullable() ? ChangeKind.NULLABLE : ChangeKind.REQUIRED, before, after));
    }
  }

  private static boolean isDescribed(Field before, Field after) {
    return !before.doc().equals(after.doc()) || !before.properties().equals(after.properties());
  }

  /** Returns in what way two types differ. */
  static ChangeKind type(FieldType before, FieldType after) {
    boolean widens = after.accepts(before);
    boolean narrows = before.accepts(after);
    if (before instanceof FieldType.Text from && after instanceof FieldType.Text to) {
      return from.kind() == FieldType.TextKind.ENUM && to.kind() == FieldType.TextKind.ENUM
          ? labels(from.values(), to.values())
          : ChangeKind.REINTERPRETED;
    }
    if (widens && narrows) {
      return ChangeKind.REINTERPRETED;
    }
    return widens ? ChangeKind.WIDENED : narrows ? ChangeKind.NARROWED : ChangeKind.RETYPED;
  }

  private static ChangeKind labels(List<String> before, List<String> after) {
    if (!new HashSet<>(after).containsAll(before)) {
      return ChangeKind.LABELS_REMOVED;
    }
    return after.size() > before.size() ? ChangeKind.LABELS_ADDED : ChangeKind.LABELS_REORDERED;
  }

  /** Only columns that both have can have moved. */
  private static void moved(RowSchema before, RowSchema after, List<FieldChange> changes) {
    List<String> then = new ArrayList<>(before.fieldNames());
    List<String> now = new ArrayList<>(after.fieldNames());
    then.retainAll(now);
    now.retainAll(then);
    for (int i = 0; i < now.size(); i++) {
      if (!now.get(i).equals(then.get(i))) {
        Field field = after.field(now.get(i)).orElseThrow();
        changes.add(
            FieldChange.of(ChangeKind.MOVED, before.field(now.get(i)).orElseThrow(), field));
      }
    }
  }
}
