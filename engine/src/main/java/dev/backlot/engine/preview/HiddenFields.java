package dev.backlot.engine.preview;

import dev.backlot.model.plan.PlanSource;
import dev.backlot.schema.SystemColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;

/** Takes the values of fields that somebody may not see out of a Source's rows. */
final class HiddenFields {
  private final List<String> names = new ArrayList<>();
  private final List<Integer> places = new ArrayList<>();

  HiddenFields(PlanSource source, Set<String> hidden) {
    int own = source.columns().size();
    for (int i = 0; i < own; i++) {
      if (hidden.contains(source.columns().get(i).name())) {
        names.add(source.columns().get(i).name());
        places.add(i);
      }
    }
    int system = own + SystemColumn.values().length;
    for (int i = 0; i < source.before().size(); i++) {
      if (hidden.contains(source.before().get(i))) {
        places.add(system + i);
      }
    }
    if (!places.isEmpty()) {
      // It may hold a hidden value's exact text.
      places.add(own + SystemColumn.EXACT.ordinal());
    }
  }

  /** Returns the hidden fields that the Source has. */
  List<String> names() {
    return names;
  }

  /** Returns the row without them. */
  RowData hide(RowData row) {
    if (!places.isEmpty()) {
      GenericRowData values = (GenericRowData) row;
      places.forEach(place -> values.setField(place, null));
    }
    return row;
  }
}
