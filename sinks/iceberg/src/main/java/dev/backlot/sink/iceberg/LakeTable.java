package dev.backlot.sink.iceberg;

import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.LakeSettings;
import dev.backlot.warehouse.TableName;
import java.io.Serializable;
import org.apache.iceberg.Table;

/** Where a table is; the parts of a job carry it and open the table where they run. */
record LakeTable(LakeSettings lake, TableName name) implements Serializable {

  /** Loads the table afresh. Its catalog stays open, so that it can be committed to. */
  Opened open() {
    LakeCatalog catalog = LakeCatalog.open(lake);
    try {
      return new Opened(catalog, catalog.load(name));
    } catch (RuntimeException e) {
      catalog.close();
      throw e;
    }
  }

  /** A loaded table; closing it closes its catalog. */
  record Opened(LakeCatalog catalog, Table table) implements AutoCloseable {
    @Override
    public void close() {
      catalog.close();
    }
  }
}
