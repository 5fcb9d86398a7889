package dev.backlot.capture.postgres.stream;

import dev.backlot.capture.postgres.CapturedTable;
import dev.backlot.capture.postgres.catalog.Catalog;
import dev.backlot.capture.postgres.catalog.ColumnNumbers;
import dev.backlot.capture.postgres.catalog.DdlTrigger;
import dev.backlot.capture.postgres.catalog.ShapeCatalog;
import dev.backlot.metadata.ShapeStore;
import dev.backlot.metadata.ShapeStore.KnownShape;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gives the columns of Relation messages the numbers that they have in their table, so that a
 * renamed column stays the same column. For the thread that reads the log.
 */
final class RelationNumbers {
  private final Catalog catalog;
  private final ShapeCatalog shapes;
  private final ShapeStore store;
  private final Map<Integer, List<Catalog.Column>> told = new HashMap<>();
  private final Map<Integer, List<Catalog.Column>> exact = new HashMap<>();

  RelationNumbers(Catalog catalog, ShapeCatalog shapes, ShapeStore store) {
    this.catalog = catalog;
    this.shapes = shapes;
    this.store = store;
  }

  /** Takes note of what the trigger says of a table from this place of the log on. */
  void take(DdlTrigger.Told table) {
    exact.put(table.tableOid(), table.columns());
  }

  List<Catalog.Column> of(CapturedTable table, Relation relation) throws SQLException {
    List<Catalog.Column> certain = exact.get(relation.oid());
    if (certain != null && ColumnNumbers.lookAlike(relation.columns(), certain)) {
      told.put(relation.oid(), certain);
      return certain;
    }
    List<Catalog.Column> earlier = told.get(relation.oid());
    if (earlier == null) {
      earlier = table.firstColumns();
    }
    if (earlier.isEmpty()) {
      earlier = known(table, relation.oid());
    }
    List<Catalog.Column> numbered =
        ColumnNumbers.number(
            relation.columns(),
            earlier,
            catalog.columns(relation.oid()),
            shapes.dropped(relation.oid()));
    told.put(relation.oid(), numbered);
    return numbered;
  }

  private List<Catalog.Column> known(CapturedTable table, int oid) {
    Optional<KnownShape> known =
        store.find(table.source()).filter(k -> k.tableOid() == Integer.toUnsignedLong(oid));
    return known.map(RelationNumbers::columns).orElse(List.of());
  }

  private static List<Catalog.Column> columns(KnownShape shape) {
    return shape.columns().stream()
        .map(c -> new Catalog.Column(c.name(), (int) c.type(), c.modifier(), c.number()))
        .toList();
  }
}
