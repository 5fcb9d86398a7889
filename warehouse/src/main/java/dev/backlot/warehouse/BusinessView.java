package dev.backlot.warehouse;

import dev.backlot.warehouse.LatestSql.Dialect;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.ViewCatalog;
import org.apache.iceberg.exceptions.NoSuchViewException;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.view.SQLViewRepresentation;
import org.apache.iceberg.view.View;
import org.apache.iceberg.view.ViewBuilder;

/** Keeps a table's business view beside it, as an Iceberg view that Trino and Spark can read. */
final class BusinessView {
  /** The property of a view that names its table. */
  static final String TABLE = "backlot.table";

  private BusinessView() {}

  /** Creates the view, or replaces it when the table's columns, key or order have changed. */
  static void ensure(ViewCatalog catalog, TableName name, Table table) {
    TableName view = name.latest();
    String trino = sql(Dialect.TRINO, name, table);
    Optional<View> current = find(catalog, view);
    boolean upToDate =
        current.isPresent()
            && sql(current.get(), "trino").equals(Optional.of(trino))
            && sameColumns(current.get().schema(), table.schema());
    if (upToDate) {
      return;
    }
    ViewBuilder builder =
        catalog
            .buildView(view.identifier())
            .withSchema(new Schema(table.schema().columns()))
            .withDefaultCatalog(LakeCatalog.NAME)
            .withDefaultNamespace(Namespace.of(name.namespace()))
            .withQuery("trino", trino)
            .withQuery("spark", sql(Dialect.SPARK, name, table))
            .withLocation(table.location() + TableName.LATEST)
            .withProperties(Map.of(TABLE, name.toString()));
    builder.createOrReplace();
  }

  private static Optional<View> find(ViewCatalog catalog, TableName view) {
    try {
      return Optional.of(catalog.loadView(view.identifier()));
    } catch (NoSuchViewException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> sql(View view, String dialect) {
    return view.currentVersion().representations().stream()
        .filter(SQLViewRepresentation.class::isInstance)
        .map(SQLViewRepresentation.class::cast)
        .filter(representation -> representation.dialect().equals(dialect))
        .map(SQLViewRepresentation::sql)
        .findFirst();
  }

  private static boolean sameColumns(Schema view, Schema table) {
    return view.asStruct().equals(table.asStruct());
  }

  private static String sql(Dialect dialect, TableName name, Table table) {
    List<String> columns = table.schema().columns().stream().map(Types.NestedField::name).toList();
    return new LatestSql(
            dialect,
            dialect.id(name.namespace()) + "." + dialect.id(name.name()),
            columns,
            LakeTables.key(table.properties()),
            LakeTables.order(table.properties()))
        .render();
  }
}
