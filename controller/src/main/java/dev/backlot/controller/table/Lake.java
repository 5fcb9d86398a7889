package dev.backlot.controller.table;

import dev.backlot.model.platform.PlatformConfig;
import dev.backlot.schema.Names;
import dev.backlot.schema.SystemColumn;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.LakeSettings;
import dev.backlot.warehouse.TableColumn;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.TableShape;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** The tables of the warehouse; opened at the first use. Thread-safe. */
public final class Lake implements AutoCloseable {
  private static final String KEY = "backlot.key";
  private static final String PIPELINE = "backlot.pipeline";

  private final LakeSettings settings;
  private @Nullable LakeCatalog catalog;

  /** Prepares the warehouse of an installation. */
  public Lake(PlatformConfig config) {
    this.settings = LakeSettings.of(config);
  }

  /**
   * A table as it stands.
   *
   * @param columns the steps' own columns, without the system columns
   * @param key key columns in key order
   * @param rows rows in the change log, of all versions
   */
  public record LakeTable(
      String name,
      String pipeline,
      List<TableColumn> columns,
      List<String> key,
      Optional<Instant> snapshotAt,
      long snapshotId,
      long rows,
      long files,
      long bytes) {}

  /** Returns the catalog. */
  public synchronized LakeCatalog catalog() {
    LakeCatalog open = catalog;
    if (open == null) {
      open = LakeCatalog.open(settings);
      catalog = open;
    }
    return open;
  }

  /** Returns every table, by name. */
  public List<LakeTable> list() {
    List<LakeTable> tables = new ArrayList<>();
    for (TableName name : catalog().tables()) {
      find(name.toString()).ifPresent(tables::add);
    }
    return tables;
  }

  /** Returns a table by its name. */
  public Optional<LakeTable> find(String name) {
    TableName parsed = TableName.parse(name);
    return catalog().find(parsed).map(table -> describe(parsed, table));
  }

  /** Drops a table with its view and files, if it belongs to the pipeline. */
  public void purge(String table, String pipeline) {
    TableName name = TableName.parse(table);
    Optional<String> owner = catalog().owner(name);
    if (owner.isPresent() && owner.get().equals(pipeline)) {
      catalog().drop(name, LakeCatalog.Files.PURGE);
    }
  }

  private LakeTable describe(TableName name, Table table) {
    Snapshot snapshot = table.currentSnapshot();
    Map<String, String> summary = snapshot == null ? Map.of() : snapshot.summary();
    List<TableColumn> columns =
        catalog().shape(name).map(TableShape::columns).orElse(List.of()).stream()
            .filter(column -> SystemColumn.ofColumn(column.name()).isEmpty())
            .toList();
    String key = table.properties().getOrDefault(KEY, "");
    return new LakeTable(
        name.toString(),
        table.properties().getOrDefault(PIPELINE, ""),
        columns,
        key.isEmpty() ? List.of() : Arrays.stream(key.split(",")).map(Names::unescape).toList(),
        snapshot == null
            ? Optional.empty()
            : Optional.of(Instant.ofEpochMilli(snapshot.timestampMillis())),
        snapshot == null ? 0 : snapshot.snapshotId(),
        number(summary, "total-records"),
        number(summary, "total-data-files"),
        number(summary, "total-files-size"));
  }

  private static long number(Map<String, String> summary, String key) {
    try {
      return Long.parseLong(summary.getOrDefault(key, "0"));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  @Override
  public synchronized void close() {
    if (catalog != null) {
      catalog.close();
      catalog = null;
    }
  }
}
