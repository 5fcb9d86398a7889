package dev.backlot.controller.table;

import dev.backlot.model.platform.PlatformConfig;
import dev.backlot.schema.SystemColumn;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.LakeSettings;
import dev.backlot.warehouse.TableColumn;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.query.QueryService;
import dev.backlot.warehouse.query.QuerySettings;
import dev.backlot.warehouse.query.TableSummary;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The tables of the warehouse; opened at the first use. Thread-safe. */
public final class Lake implements AutoCloseable {
  private final LakeSettings settings;
  private final QuerySettings querySettings;
  private @Nullable LakeCatalog catalog;
  private @Nullable QueryService queries;

  /** Prepares the warehouse of an installation. */
  public Lake(PlatformConfig config) {
    this.settings = LakeSettings.of(config);
    this.querySettings = QuerySettings.of(config);
  }

  /** Returns the catalog. */
  public synchronized LakeCatalog catalog() {
    LakeCatalog open = catalog;
    if (open == null) {
      open = LakeCatalog.open(settings);
      catalog = open;
    }
    return open;
  }

  /** Returns the service that runs queries in child processes. */
  public synchronized QueryService queries() {
    QueryService open = queries;
    if (open == null) {
      open = new QueryService(catalog(), querySettings);
      queries = open;
    }
    return open;
  }

  /** Returns every table, by name. */
  public List<TableSummary> list() {
    return queries().tables();
  }

  /** Returns a table by its name. */
  public Optional<TableSummary> find(String name) {
    TableName parsed = TableName.parse(name);
    return catalog().find(parsed).isEmpty()
        ? Optional.empty()
        : Optional.of(queries().table(parsed));
  }

  /** Returns a table's own columns, without the system columns. */
  public static List<TableColumn> ownColumns(TableSummary table) {
    return table.columns().stream()
        .filter(column -> SystemColumn.ofColumn(column.name()).isEmpty())
        .toList();
  }

  /** Drops a table with its view and files, if it belongs to the pipeline. */
  public void purge(String table, String pipeline) {
    TableName name = TableName.parse(table);
    Optional<String> owner = catalog().owner(name);
    if (owner.isPresent() && owner.get().equals(pipeline)) {
      catalog().drop(name, LakeCatalog.Files.PURGE);
    }
  }

  @Override
  public synchronized void close() {
    if (queries != null) {
      queries.close();
      queries = null;
    }
    if (catalog != null) {
      catalog.close();
      catalog = null;
    }
  }
}
