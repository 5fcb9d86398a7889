package dev.backlot.warehouse.query;

import dev.backlot.warehouse.TableColumn;
import dev.backlot.warehouse.TableName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A table of the catalog as lists show it.
 *
 * @param view the name of its business view, when it has one
 * @param pipeline the pipeline that owns it, when one does
 * @param rows versions of rows, not live rows
 * @param files data files of the current snapshot
 * @param bytes of these files
 * @param snapshot the current snapshot's id; empty before the first commit
 * @param committed when that was
 */
public record TableSummary(
    TableName name,
    Optional<TableName> view,
    Optional<String> pipeline,
    List<String> key,
    List<TableColumn> columns,
    long rows,
    long files,
    long bytes,
    OptionalLong snapshot,
    Optional<Instant> committed,
    String location) {
  /** Copies what is mutable. */
  public TableSummary {
    key = List.copyOf(key);
    columns = List.copyOf(columns);
  }
}
