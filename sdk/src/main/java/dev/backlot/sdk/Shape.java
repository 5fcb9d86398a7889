package dev.backlot.sdk;

import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.SystemColumn;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * What flows between two steps: rows of these fields, in this order, followed by the {@link
 * SystemColumn}s.
 *
 * @param fields the step's own fields
 * @param key what identifies an entity, in key order: names of fields, preceded by {@code _source}
 *     where entities of different Sources are different; empty for append-only streams
 * @param sources ids of the plan's Sources that feed it
 * @param order which of two versions of one key is the newer one
 * @param before names of fields whose values before the change the rows carry as well, behind the
 *     system columns, followed by whether they are known
 */
public record Shape(
    List<Field> fields, List<String> key, List<String> sources, Order order, List<String> before)
    implements Serializable {
  /** Rows that tell nothing of what was before the change. */
  public Shape(List<Field> fields, List<String> key, List<String> sources, Order order) {
    this(fields, key, sources, order, List.of());
  }

  /** Copies what is mutable. */
  public Shape {
    before = List.copyOf(before);
    fields = List.copyOf(fields);
    key = List.copyOf(key);
    sources = List.copyOf(sources);
  }

  /** Which of two versions of one key is the newer one. */
  public enum Order {
    /** The higher epoch and offset. */
    OFFSET,
    /** The later {@code _ts}: different Sources share a key. */
    TIME
  }

  /** Returns the index of a field, or -1. */
  public int index(String name) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  /** Returns the field of this name. */
  public Optional<Field> field(String name) {
    return fields.stream().filter(field -> field.name().equals(name)).findFirst();
  }

  /** Returns the names of the fields in order. */
  public List<String> names() {
    return fields.stream().map(Field::name).toList();
  }

  /** Returns the types of the fields in order. */
  public List<FieldType> types() {
    return fields.stream().map(Field::type).toList();
  }

  /** Returns the key without {@code _source}. */
  public List<String> keyFields() {
    return key.stream().filter(name -> !name.equals(SystemColumn.SOURCE.column())).toList();
  }

  /** Returns where a system column stands in rows of this shape. */
  public int index(SystemColumn column) {
    return fields.size() + column.ordinal();
  }

  /** Returns where the value that a field of {@link #before} had stands in rows of this shape. */
  public int indexBefore(String name) {
    return fields.size() + SystemColumn.values().length + before.indexOf(name);
  }

  /** Returns where it stands whether the values before the change are known. */
  public int indexBeforeKnown() {
    return fields.size() + SystemColumn.values().length + before.size();
  }

  /** Returns how many columns rows of this shape have. */
  public int width() {
    return fields.size()
        + SystemColumn.values().length
        + (before.isEmpty() ? 0 : before.size() + 1);
  }
}
