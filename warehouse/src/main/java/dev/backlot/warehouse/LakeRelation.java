package dev.backlot.warehouse;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.SystemColumn;
import dev.backlot.warehouse.LatestSql.Dialect;
import dev.backlot.warehouse.LatestSql.Ending;
import dev.backlot.warehouse.ManifestFacts.FileFacts;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * A table at its current snapshot as DuckDB reads it: a query over the snapshot's files that finds
 * columns by field id, so that files written before a column was added or renamed read right.
 *
 * <p>DuckDB ignores case in names: a column whose name differs from an earlier one only by case has
 * {@code _2}, {@code _3} behind. A {@code time} column, stored in microseconds, reads as TIME.
 */
public final class LakeRelation {
  /** What stands in place of a text that may not be seen. */
  public static final String MASKED_TEXT = "•••";

  private static final String TIME_TEXT =
      "CASE WHEN %1$s = 86400000000 THEN TIME '24:00:00'"
          + " ELSE TIME '00:00:00' + to_microseconds(%1$s) END";

  private final TableName name;
  private final Table table;
  private final TableShape shape;
  private final Map<String, String> engineNames;
  private final Scan scan;

  private LakeRelation(TableName name, Table table, ManifestFacts facts) {
    this.name = name;
    this.table = table;
    this.shape = LakeTables.shape(table);
    this.engineNames = DuckColumns.names(shape);
    this.scan = scan(name, table, facts);
  }

  /** Describes a loaded table's current snapshot. */
  static LakeRelation of(TableName name, Table table, ManifestFacts facts) {
    return new LakeRelation(name, table, facts);
  }

  /** Returns the table's name. */
  public TableName name() {
    return name;
  }

  /** Returns the columns' names as DuckDB sees them, by their exact names, in order. */
  public Map<String, String> columns() {
    return engineNames;
  }

  /** Returns the query over the table's files. */
  public String tableSql() {
    List<String> files = scan.files();
    StringJoiner selected = new StringJoiner(", ");
    StringJoiner schema = new StringJoiner(", ");
    for (TableColumn column : shape.columns()) {
      Type type = table.schema().findType(column.id());
      String raw = "c" + column.id();
      String source = files.isEmpty() ? "CAST(NULL AS " + DuckColumns.type(type) + ")" : raw;
      selected.add(
          value(column.type(), source)
              + " AS "
              + id(engineNames.getOrDefault(column.name(), column.name())));
      schema.add(
          column.id()
              + ": {name: '"
              + raw
              + "', type: "
              + text(DuckColumns.type(type))
              + ", default_value: NULL}");
    }
    if (files.isEmpty()) {
      return "SELECT " + selected + " WHERE false";
    }
    StringJoiner paths = new StringJoiner(", ", "[", "]");
    files.forEach(file -> paths.add(text(file)));
    return "SELECT " + selected + " FROM read_parquet(" + paths + ", schema=MAP{" + schema + "})";
  }

  /** Returns the query over the table's files that shows nothing of some columns' values. */
  public String tableSql(Set<String> masked) {
    return masked.isEmpty() ? tableSql() : masked(tableSql(), masked);
  }

  /**
   * Returns the query of the business view that shows nothing of some columns' values. It finds the
   * newest rows by the values as they are, and so does not build on the masked table.
   */
  public String latestSql(Set<String> masked) {
    return masked.isEmpty() ? latestSql() : masked(latestSql("(" + tableSql() + ")"), masked);
  }

  /**
   * Replaces values with ones that are the same in every row, so that neither a predicate nor an
   * aggregate, a join or an error tells anything of them, not even whether they are NULL.
   */
  private String masked(String sql, Set<String> masked) {
    StringJoiner selected = new StringJoiner(", ");
    for (TableColumn column : shape.columns()) {
      String name = id(engineNames.getOrDefault(column.name(), column.name()));
      if (masked.contains(column.name())) {
        boolean isText = table.schema().findType(column.id()).typeId() == Type.TypeID.STRING;
        // Folded to a NULL of the column's type before anything runs.
        String nothing = "CASE WHEN false THEN " + name + " END";
        selected.add((isText ? text(MASKED_TEXT) : nothing) + " AS " + name);
      } else if (SystemColumn.EXACT.column().equals(column.name())) {
        selected.add(exactWithout(name, masked) + " AS " + name);
      } else {
        selected.add(name);
      }
    }
    return "SELECT " + selected + " FROM (" + sql + ")";
  }

  private static String exactWithout(String exact, Set<String> masked) {
    StringJoiner names = new StringJoiner(", ");
    masked.stream().sorted().forEach(column -> names.add(text(column)));
    String kept = "list_filter(map_entries(" + exact + "), lambda e: e.key NOT IN (" + names + "))";
    return "CASE WHEN len(" + kept + ") > 0 THEN map_from_entries(" + kept + ") END";
  }

  /** Returns the query of the business view over the table's query, by DuckDB's names. */
  public String latestSql() {
    return latestSql(LakeCatalog.NAME + "." + id(name.namespace()) + "." + id(name.name()));
  }

  private String latestSql(String source) {
    List<String> key =
        LakeTables.key(table.properties()).stream()
            .map(column -> engineNames.getOrDefault(column, column))
            .toList();
    return new LatestSql(
            Dialect.DUCKDB,
            source,
            List.copyOf(engineNames.values()),
            key,
            LakeTables.order(table.properties()))
        .render(scan.endings());
  }

  /** Reads the current snapshot's file list and what its statistics say about endings of rows. */
  private static Scan scan(TableName name, Table table, ManifestFacts facts) {
    Snapshot snapshot = table.currentSnapshot();
    if (snapshot == null) {
      return new Scan(List.of(), Set.of());
    }
    if (!snapshot.deleteManifests(table.io()).isEmpty()) {
      throw new ProblemException(
          ProblemCode.QUERY_INVALID,
          "Cannot read table '"
              + name
              + "': rows of it are deleted by delete files, which another engine wrote. Query it"
              + " with that engine.");
    }
    Types.NestedField key = keyColumn(table);
    List<String> files = new ArrayList<>();
    Set<Integer> epochs = new HashSet<>();
    Set<Ending> endings = EnumSet.noneOf(Ending.class);
    for (ManifestFile manifest : snapshot.dataManifests(table.io())) {
      for (FileFacts file : facts.of(table, manifest, key)) {
        files.add(path(file.location()));
        epochs.add(file.lowestEpoch());
        if (!file.hasOneEpoch() || epochs.size() > 1) {
          endings.add(Ending.HIGHER_EPOCH);
        }
        if (!file.everyRowHasKey()) {
          endings.add(Ending.TRUNCATION);
        }
      }
    }
    return new Scan(files, endings);
  }

  private static String path(String location) {
    return location.startsWith("file:") ? LocalFileIO.path(location).toString() : location;
  }

  private static Types.@Nullable NestedField keyColumn(Table table) {
    return LakeTables.key(table.properties()).stream()
        .filter(column -> !TableShape.isSystem(column))
        .map(column -> table.schema().findField(column))
        .filter(field -> field != null && field.type().isPrimitiveType())
        .findFirst()
        .orElse(null);
  }

  /**
   * The current snapshot.
   *
   * @param endings which kinds of ending its rows may hold
   */
  private record Scan(List<String> files, Set<Ending> endings) {}

  private static String value(FieldType type, String source) {
    if (type == FieldType.Simple.TIME) {
      return String.format(Locale.ROOT, TIME_TEXT, source);
    }
    if (type instanceof FieldType.ArrayOf array && array.element() == FieldType.Simple.TIME) {
      // As text: the driver fails on a list that holds 24:00:00.
      String element = String.format(Locale.ROOT, TIME_TEXT, "x");
      return "list_transform(" + source + ", lambda x: CAST(" + element + " AS VARCHAR))";
    }
    return source;
  }

  private static String id(String name) {
    return Dialect.DUCKDB.id(name);
  }

  private static String text(String value) {
    return "'" + value.replace("'", "''") + "'";
  }
}
