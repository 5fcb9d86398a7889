package dev.backlot.schema.evolution;

import java.util.List;
import java.util.Optional;

/**
 * What one consumer really takes from a Source.
 *
 * @param fields in the order in which it reads them; names are distinct
 * @param open whether fields that appear in the Source belong to it by themselves: it has opted in
 */
public record ConsumerSchema(List<ConsumedField> fields, boolean open) {
  /** Copies what is mutable. */
  public ConsumerSchema {
    fields = List.copyOf(fields);
  }

  /** Returns the field of this name. */
  public Optional<ConsumedField> field(String name) {
    return fields.stream().filter(field -> field.name().equals(name)).findFirst();
  }
}
