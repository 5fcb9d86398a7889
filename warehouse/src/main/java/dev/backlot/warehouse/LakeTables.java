package dev.backlot.warehouse;

import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.Names;
import dev.backlot.schema.SystemColumn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.UpdateProperties;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Creates and alters tables; reads their shape back. */
final class LakeTables {
  static final String PIPELINE = "backlot.pipeline";

  /** Key columns in key order, each escaped as on the wire, separated by commas. */
  static final String KEY = "backlot.key";

  /** A {@link TableRequest.VersionOrder}. */
  static final String ORDER = "backlot.order";

  /** Metadata versions that stay beside the current one; each commit writes one. */
  private static final String METADATA_VERSIONS = "20";

  private LakeTables() {}

  static TableShape shape(Table table) {
    Map<String, String> properties = table.properties();
    List<TableColumn> columns = new ArrayList<>();
    for (Types.NestedField field : table.schema().columns()) {
      String meaning = properties.getOrDefault(IcebergTypes.PROPERTY + field.name(), "");
      FieldType type = IcebergTypes.fieldType(field.type(), meaning);
      String doc = field.doc() == null ? "" : field.doc();
      columns.add(new TableColumn(field.fieldId(), field.name(), type, doc));
    }
    return new TableShape(table.schema().schemaId(), columns);
  }

  static List<String> key(Map<String, String> properties) {
    String key = properties.getOrDefault(KEY, "");
    return key.isEmpty() ? List.of() : Arrays.stream(key.split(",")).map(Names::unescape).toList();
  }

  static TableRequest.VersionOrder order(Map<String, String> properties) {
    return TableRequest.VersionOrder.valueOf(
        properties.getOrDefault(ORDER, TableRequest.VersionOrder.OFFSET.name()));
  }

  static Table bring(
      OpenCatalog catalog,
      LakeSettings settings,
      Optional<Table> existing,
      TableRequest request,
      TableEvolution evolution) {
    if (existing.isEmpty()) {
      return create(catalog, settings, request);
    }
    Table table = existing.get();
    Map<String, String> missing = new HashMap<>(properties(request));
    missing.entrySet().removeAll(table.properties().entrySet());
    List<String> stale = new ArrayList<>();
    for (Field field : evolution.relabel()) {
      String property = IcebergTypes.PROPERTY + field.name();
      if (!properties(request).containsKey(property)) {
        stale.add(property);
      }
    }
    List<String> gone = new ArrayList<>(evolution.drop());
    gone.addAll(evolution.rename().keySet());
    gone.stream()
        .map(column -> IcebergTypes.PROPERTY + column)
        .filter(table.properties()::containsKey)
        .forEach(stale::add);
    if (evolution.isNothing() && missing.isEmpty()) {
      return table;
    }
    Transaction transaction = table.newTransaction();
    boolean alters =
        !evolution.add().isEmpty()
            || !evolution.widen().isEmpty()
            || !evolution.rename().isEmpty()
            || !evolution.drop().isEmpty();
    if (alters) {
      alter(transaction.updateSchema(), evolution);
    }
    UpdateProperties properties = transaction.updateProperties();
    missing.forEach(properties::set);
    stale.forEach(properties::remove);
    properties.commit();
    transaction.commitTransaction();
    table.refresh();
    return table;
  }

  private static void alter(UpdateSchema update, TableEvolution evolution) {
    Map<String, String> former = new HashMap<>();
    evolution.drop().forEach(update::deleteColumn);
    evolution
        .rename()
        .forEach(
            (from, to) -> {
              update.renameColumn(from, to);
              former.put(to, from);
            });
    for (Field field : evolution.add()) {
      Type type = IcebergTypes.iceberg(field.type(), counter());
      update.addColumn(null, field.name(), type, doc(field));
      update.moveBefore(field.name(), SystemColumn.OP.column());
    }
    for (Field field : evolution.widen()) {
      String path = former.getOrDefault(field.name(), field.name());
      FieldType type = field.type();
      while (type instanceof FieldType.ArrayOf array) {
        path += ".element";
        type = array.element();
      }
      Type widened = IcebergTypes.iceberg(type, counter());
      update.updateColumn(path, widened.asPrimitiveType());
    }
    update.commit();
  }

  private static Table create(OpenCatalog catalog, LakeSettings settings, TableRequest request) {
    TableName name = request.table();
    if (!catalog.namespaces().namespaceExists(name.identifier().namespace())) {
      try {
        catalog.namespaces().createNamespace(name.identifier().namespace());
      } catch (AlreadyExistsException e) {
        // Another process was faster, which is as good.
        return create(catalog, settings, request);
      }
    }
    Catalog.TableBuilder builder =
        catalog
            .tables()
            .buildTable(name.identifier(), schema(request))
            .withPartitionSpec(PartitionSpec.unpartitioned())
            .withProperties(newTableProperties(request));
    return (settings.isJdbc() ? builder.withLocation(location(settings, name)) : builder).create();
  }

  private static Schema schema(TableRequest request) {
    IntSupplier ids = counter();
    List<Types.NestedField> columns = new ArrayList<>();
    for (Field field : request.fields()) {
      int id = ids.getAsInt();
      Type type = IcebergTypes.iceberg(field.type(), ids);
      columns.add(Types.NestedField.optional(id, field.name(), type, doc(field)));
    }
    for (SystemColumn column : SystemColumn.values()) {
      int id = ids.getAsInt();
      Type type = IcebergTypes.iceberg(column.type(), ids);
      columns.add(Types.NestedField.optional(id, column.column(), type));
    }
    return new Schema(columns);
  }

  private static Map<String, String> newTableProperties(TableRequest request) {
    Map<String, String> properties = new HashMap<>(properties(request));
    properties.put(TableProperties.FORMAT_VERSION, "2");
    properties.put(TableProperties.PARQUET_COMPRESSION, "zstd");
    properties.put(TableProperties.METADATA_DELETE_AFTER_COMMIT_ENABLED, "true");
    properties.put(TableProperties.METADATA_PREVIOUS_VERSIONS_MAX, METADATA_VERSIONS);
    // Views are simpler to read where statistics show that no epoch and no truncation ends rows.
    List<String> measured = new ArrayList<>(List.of("_source", "_epoch", "_partition", "_offset"));
    measured.addAll(request.key());
    measured.forEach(
        column ->
            properties.put(
                TableProperties.METRICS_MODE_COLUMN_CONF_PREFIX + column, "truncate(32)"));
    properties.put(TableProperties.COMMIT_NUM_RETRIES, "20");
    properties.put(TableProperties.COMMIT_MIN_RETRY_WAIT_MS, "50");
    properties.put(TableProperties.COMMIT_MAX_RETRY_WAIT_MS, "1000");
    return properties;
  }

  private static Map<String, String> properties(TableRequest request) {
    Map<String, FieldType> types = new LinkedHashMap<>();
    request.fields().forEach(field -> types.put(field.name(), field.type()));
    Map<String, String> properties = new HashMap<>(IcebergTypes.properties(types));
    properties.put(PIPELINE, request.pipeline());
    properties.put(KEY, String.join(",", request.key().stream().map(Names::escape).toList()));
    properties.put(ORDER, request.order().name());
    return properties;
  }

  private static String location(LakeSettings settings, TableName name) {
    String root = settings.warehouse().replaceAll("/+$", "");
    return root + "/" + Names.escape(name.namespace()) + "/" + Names.escape(name.name());
  }

  @SuppressWarnings("NullAway") // Iceberg takes null for "no comment".
  private static String doc(Field field) {
    return field.doc().isEmpty() ? null : field.doc();
  }

  private static IntSupplier counter() {
    int[] last = {0};
    return () -> ++last[0];
  }
}
