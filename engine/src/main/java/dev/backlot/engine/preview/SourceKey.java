package dev.backlot.engine.preview;

import dev.backlot.engine.source.JsonValues;
import dev.backlot.event.flink.FlinkTypes;
import dev.backlot.model.plan.PlanColumn;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.schema.FieldType;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.data.RowData;

/** What identifies a row of a Source, as people write it. */
final class SourceKey {
  private SourceKey() {}

  /** Returns the texts of the key's fields, joined by commas. */
  static String of(PlanSource source, RowData row) {
    List<String> texts = new ArrayList<>();
    for (String key : source.key()) {
      for (int i = 0; i < source.columns().size(); i++) {
        PlanColumn column = source.columns().get(i);
        if (column.name().equals(key)) {
          FieldType type = FieldType.parse(column.type());
          texts.add(
              String.valueOf(
                  JsonValues.of(
                      RowData.createFieldGetter(FlinkTypes.logicalType(type), i)
                          .getFieldOrNull(row),
                      type)));
        }
      }
    }
    return String.join(",", texts);
  }
}
