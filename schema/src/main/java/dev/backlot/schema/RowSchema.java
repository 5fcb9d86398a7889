package dev.backlot.schema;

import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The shape of a Source's rows.
 *
 * @param name the Source's name, as {@code SourceName} writes it
 * @param fields in the source's column order; names are distinct
 * @param keyColumns names of key fields, in key order; empty for a keyless Source
 */
public record RowSchema(String name, List<Field> fields, List<String> keyColumns)
    implements Serializable {
  /** Copies what is mutable and checks names. */
  public RowSchema {
    fields = List.copyOf(fields);
    keyColumns = List.copyOf(keyColumns);
    Set<String> names = new HashSet<>();
    for (Field field : fields) {
      if (!names.add(field.name())) {
        throw new IllegalArgumentException("Two fields of " + name + " are named " + field.name());
      }
    }
    for (String key : keyColumns) {
      if (!names.contains(key)) {
        throw new IllegalArgumentException("No field of " + name + " is named " + key);
      }
    }
  }

  /** Returns the field of this name. */
  public Optional<Field> field(String fieldName) {
    return fields.stream().filter(f -> f.name().equals(fieldName)).findFirst();
  }

  /** Returns the key's fields in key order. */
  public List<Field> keyFields() {
    return keyColumns.stream().map(key -> field(key).orElseThrow()).toList();
  }

  /** Returns the names of all fields in order. */
  public List<String> fieldNames() {
    return fields.stream().map(Field::name).toList();
  }

  /** Returns whether this field is part of the key. */
  public boolean isKey(Field field) {
    return keyColumns.contains(field.name());
  }
}
