package dev.backlot.sink.iceberg;

import dev.backlot.schema.SystemColumn;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What tells the rows of a table apart: the record that they come from and, since one record can
 * refresh two entities, the key.
 *
 * @param key columns of the key; empty when append-only
 * @param keysPerRecord whether one record can give rows of different keys
 */
public record RowIdentity(List<String> key, boolean keysPerRecord) implements Serializable {
  /** Every record gives one row at most. */
  public static final RowIdentity RECORD = new RowIdentity(List.of(), false);

  /** Copies what is mutable. */
  public RowIdentity {
    key = List.copyOf(key);
  }

  /** Returns the columns whose values, taken together, no two rows share. */
  List<String> columns() {
    Set<String> columns = new LinkedHashSet<>();
    columns.add(SystemColumn.SOURCE.column());
    columns.add(SystemColumn.EPOCH.column());
    columns.add(SystemColumn.PARTITION.column());
    columns.add(SystemColumn.OFFSET.column());
    columns.addAll(key);
    return new ArrayList<>(columns);
  }
}
