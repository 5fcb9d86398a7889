package dev.backlot.controller.maintenance;

import dev.backlot.metadata.MaintenanceStore;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.maintenance.FileDeletions;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/** Files to delete, in the metadata database. */
final class StoredDeletions implements FileDeletions {
  private final MaintenanceStore store;

  StoredDeletions(MaintenanceStore store) {
    this.store = store;
  }

  @Override
  public void add(TableName table, Collection<String> locations, Instant notBefore) {
    store.addDeletions(table.toString(), locations, notBefore);
  }

  @Override
  public List<String> due(TableName table, Instant now, int most) {
    return store.dueDeletions(table.toString(), now, most);
  }

  @Override
  public void remove(TableName table, Collection<String> locations) {
    store.removeDeletions(table.toString(), locations);
  }
}
