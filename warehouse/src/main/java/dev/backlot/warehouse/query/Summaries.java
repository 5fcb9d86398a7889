package dev.backlot.warehouse.query;

import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.TableName;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;

/** Describes tables from their metadata alone. */
final class Summaries {
  private Summaries() {}

  static TableSummary of(LakeCatalog lake, TableName name, Table table) {
    Snapshot snapshot = table.currentSnapshot();
    Map<String, String> totals = snapshot == null ? Map.of() : snapshot.summary();
    Optional<TableName> view = Optional.of(name.latest()).filter(v -> lake.findView(v).isPresent());
    return new TableSummary(
        name,
        view,
        Optional.ofNullable(table.properties().get(LakeCatalog.PIPELINE_PROPERTY)),
        lake.key(table),
        lake.shape(table).columns(),
        total(totals, SnapshotSummary.TOTAL_RECORDS_PROP),
        total(totals, SnapshotSummary.TOTAL_DATA_FILES_PROP),
        total(totals, SnapshotSummary.TOTAL_FILE_SIZE_PROP),
        snapshot == null ? OptionalLong.empty() : OptionalLong.of(snapshot.snapshotId()),
        snapshot == null
            ? Optional.empty()
            : Optional.of(Instant.ofEpochMilli(snapshot.timestampMillis())),
        table.location());
  }

  private static long total(Map<String, String> totals, String name) {
    return Long.parseLong(totals.getOrDefault(name, "0"));
  }
}
