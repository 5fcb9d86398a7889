package dev.backlot.schema.evolution;

import dev.backlot.model.plan.PlanColumn;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.plan.PlanUse;
import dev.backlot.schema.FieldType;
import java.util.ArrayList;
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

  /** Returns what a plan takes from one of its Sources. */
  public static ConsumerSchema of(PlanSource source) {
    List<ConsumedField> fields = new ArrayList<>();
    for (PlanColumn column : source.columns()) {
      PlanUse use = source.use(column.name());
      fields.add(
          new ConsumedField(
              column.name(),
              FieldType.parse(column.type()),
              Use.ofLabel(use.use()),
              Fill.parse(use.fill())));
    }
    return new ConsumerSchema(fields, source.open());
  }

  /** Returns the field of this name. */
  public Optional<ConsumedField> field(String name) {
    return fields.stream().filter(field -> field.name().equals(name)).findFirst();
  }
}
