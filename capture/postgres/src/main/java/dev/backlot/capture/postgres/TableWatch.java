package dev.backlot.capture.postgres;

import dev.backlot.capture.postgres.catalog.Catalog;
import dev.backlot.capture.postgres.catalog.Publication;
import dev.backlot.capture.postgres.catalog.ShapeCatalog;
import dev.backlot.capture.postgres.catalog.ShapeChange;
import dev.backlot.capture.postgres.catalog.TableId;
import dev.backlot.capture.postgres.catalog.TableShapes;
import dev.backlot.capture.worker.Sources;
import dev.backlot.metadata.DumpStore;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.ShapeStore;
import dev.backlot.metadata.ShapeStore.KnownShape;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches how the captured tables of a connection change: which have become other tables, so that
 * they begin another epoch, and which have got values that the log did not tell, so that they are
 * dumped again. For the thread that keeps the house.
 */
final class TableWatch {
  private static final Logger LOG = LoggerFactory.getLogger(TableWatch.class);

  private final String connection;
  private final ShapeCatalog catalog;
  private final Catalog columns;
  private final TableShapes shapes;
  private final ShapeStore store;
  private final DumpStore dumps;
  private Map<Integer, String> seen = Map.of();
  private final Map<Integer, String> handled = new HashMap<>();

  TableWatch(
      Connection database, String connection, TableShapes shapes, MetadataDatabase metadata) {
    this.connection = connection;
    this.catalog = new ShapeCatalog(database);
    this.columns = new Catalog(database);
    this.shapes = shapes;
    this.store = metadata.shapes();
    this.dumps = metadata.dumps();
  }

  /** Returns whether a published table changed since this was last asked. Cheap. */
  boolean changed() throws SQLException {
    Map<Integer, String> now = catalog.digests(Publication.name(connection));
    boolean changed = !now.equals(seen);
    seen = now;
    return changed;
  }

  /** Has {@link #changed} be true the next time. */
  void forget() {
    seen = Map.of();
  }

  /**
   * Takes note of a table whose epoch begins now: in the transaction that publishes it, which keeps
   * it from being altered.
   */
  void begin(CapturedTable table) throws SQLException {
    KnownShape shape = catalog.look(table.source(), table.epoch(), table.oid(), catalog.place());
    table.began(shape.beganAt(), columns.columns(table.oid()));
    store.put(shape);
    handled.remove(table.oid());
  }

  /**
   * Compares a captured table with what is there now, and asks for a dump when rows have values
   * that the log did not tell.
   *
   * @param published the tables in the publication
   * @return why the table's epoch has ended, or empty while it goes on
   */
  Optional<String> look(CapturedTable table, Catalog.Table found, Set<TableId> published)
      throws SQLException {
    KnownShape known =
        store.find(table.source()).filter(k -> k.epoch() == table.epoch()).orElse(null);
    table.found(found, known == null ? 0 : known.beganAt());
    if (!table.stoppedReason().isEmpty()) {
      return Optional.of(table.stoppedReason());
    }
    if (known != null && known.tableOid() != Integer.toUnsignedLong(found.oid())) {
      return Optional.of("Its table was dropped, and there is another of its name.");
    }
    if (!table.keyColumns().equals(found.keyColumns())) {
      return Optional.of(TableKeys.changed(table.keyColumns(), found.keyColumns()));
    }
    if (!published.contains(table.id())) {
      return Optional.of(
          "It was taken out of the publication, and what changed then is not known.");
    }
    String digest = seen.get(found.oid());
    if (digest != null && digest.equals(handled.get(found.oid()))) {
      return Optional.empty();
    }
    if (!Sources.keepsKey(table.descriptor(), shapes.current(table.source(), found).schema())) {
      return Optional.of("A column of its key has another type.");
    }
    KnownShape now = catalog.look(table.source(), table.epoch(), found.oid(), table.beganAt());
    if (known != null) {
      ShapeChange.untold(known, now).ifPresent(cause -> dump(table, cause));
    }
    store.put(known == null ? now : now.after(known));
    if (digest != null) {
      handled.put(found.oid(), digest);
    }
    return Optional.empty();
  }

  private void dump(CapturedTable table, String cause) {
    LOG.info("Dumping {} again: {}", table.source(), cause);
    dumps.request(table.source(), table.epoch(), connection, false, "", null);
  }
}
