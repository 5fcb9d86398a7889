package dev.backlot.quality.table;

import dev.backlot.model.audit.AuditAnswer.Scope;
import dev.backlot.quality.mapping.TableMapping.ByPosition;
import dev.backlot.quality.mapping.TableMapping.Column;
import dev.backlot.schema.FieldType;
import dev.backlot.warehouse.DuckColumns;
import dev.backlot.warehouse.TableColumn;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.TableShape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/**
 * The queries by which a table is audited: plain ones, as a user could write them, so that values
 * come back as users see them.
 */
final class TableSql {
  private final ByPosition mapping;
  private final String table;
  private final Map<String, String> names;
  private final Map<String, FieldType> types = new HashMap<>();

  /** Prepares for a table with these columns. */
  TableSql(ByPosition mapping, TableShape shape) {
    this.mapping = mapping;
    TableName name = TableName.parse(mapping.table());
    this.table = id(name.namespace()) + "." + id(name.name());
    this.names = DuckColumns.names(shape);
    for (TableColumn column : shape.columns()) {
      types.put(column.name(), column.type());
    }
  }

  /**
   * Returns the query for the newest live version of each key below some offsets, as business views
   * define it: what is compared, key columns first.
   */
  String latest(Scope scope, List<List<String>> keys, List<Long> offsets) {
    return "SELECT "
        + columns(mapping.compared())
        + " FROM "
        + table
        + " AS r WHERE "
        + ofSource("r")
        + " AND r._op <> 't' AND "
        + below("r", offsets)
        + inScope(scope, keys)
        + " AND r._offset > coalesce((SELECT max(t._offset) FROM "
        + table
        + " AS t WHERE t._op = 't' AND t._partition = r._partition AND "
        + ofSource("t")
        + " AND "
        + below("t", offsets)
        + "), -1) QUALIFY ROW_NUMBER() OVER (PARTITION BY "
        + columns(mapping.key())
        + " ORDER BY r._offset DESC, r._ts DESC) = 1 AND r._op <> 'd'";
  }

  /** Returns the query for those of some keys that have versions at or above some offsets. */
  String newer(List<List<String>> keys, List<Long> offsets) {
    return "SELECT "
        + columns(mapping.key())
        + " FROM "
        + table
        + " AS r WHERE "
        + ofSource("r")
        + " AND NOT "
        + below("r", offsets)
        + inScope(KEYS, keys);
  }

  /** Returns the query for rows that say twice that the same change happened. */
  String doubled(Scope scope, List<List<String>> keys, List<Long> offsets, int most) {
    String key = columns(mapping.key());
    return "SELECT "
        + key
        + ", r._source_position, r._op, count(*), min(r._offset), max(r._offset) FROM "
        + table
        + " AS r WHERE "
        + ofSource("r")
        + " AND r._op <> 't' AND "
        + below("r", offsets)
        + inScope(scope, keys)
        + " GROUP BY "
        + key
        + ", r._source_position, r._op HAVING count(*) > 1 LIMIT "
        + most;
  }

  /** Returns the query for rows at or above some offsets, the highest first. */
  String above(List<Long> offsets, int most) {
    return "SELECT "
        + columns(mapping.key())
        + ", r._epoch, r._partition, r._offset FROM "
        + table
        + " AS r WHERE r._source = "
        + text(mapping.source())
        + " AND (r._epoch > "
        + mapping.epoch()
        + " OR r._epoch IS NULL OR (r._epoch = "
        + mapping.epoch()
        + " AND NOT coalesce("
        + below("r", offsets)
        + ", false))) ORDER BY r._epoch DESC NULLS FIRST, r._offset DESC NULLS FIRST LIMIT "
        + most;
  }

  /** Returns the query that counts what makes all rows below some offsets uncertain. */
  String unsettled(List<Long> offsets) {
    return "SELECT count(*) FROM "
        + table
        + " AS r WHERE r._source = "
        + text(mapping.source())
        + " AND (r._epoch > "
        + mapping.epoch()
        + " OR (r._op = 't' AND "
        + ofSource("r")
        + " AND NOT "
        + below("r", offsets)
        + "))";
  }

  /** Returns the query for what is known of some rows, newest first. */
  String versions(List<List<String>> keys) {
    return "SELECT "
        + columns(mapping.key())
        + ", r._op, r._ts, r._epoch, r._partition, r._offset, r._source_position FROM "
        + table
        + " AS r WHERE r._source = "
        + text(mapping.source())
        + inScope(KEYS, keys)
        + " ORDER BY r._epoch DESC, r._offset DESC";
  }

  private static final Scope KEYS = new Scope(true, List.of(), List.of(), "");

  private String ofSource(String alias) {
    return alias
        + "._source = "
        + text(mapping.source())
        + " AND "
        + alias
        + "._epoch = "
        + mapping.epoch();
  }

  private static String below(String alias, List<Long> offsets) {
    StringJoiner cases =
        new StringJoiner(" ", "(" + alias + "._offset < CASE " + alias + "._partition ", " END)");
    for (int partition = 0; partition < offsets.size(); partition++) {
      cases.add("WHEN " + partition + " THEN " + offsets.get(partition));
    }
    return cases.toString();
  }

  private String inScope(Scope scope, List<List<String>> keys) {
    if (scope.keys()) {
      return listed(keys);
    }
    if (!scope.hashPrefix().isEmpty()) {
      return hashed(scope.hashPrefix());
    }
    return bound(scope.after(), ">", ">=", ">") + bound(scope.through(), "<", "<=", "<=");
  }

  /** Column by column, since DuckDB has no ranges of tuples; the first column prunes files. */
  private String bound(List<String> key, String strictly, String first, String last) {
    if (key.isEmpty()) {
      return "";
    }
    List<String> literals = literals(key).orElseThrow();
    int end = key.size() - 1;
    String bound = column(mapping.key().get(end)) + " " + last + " " + literals.get(end);
    for (int i = end - 1; i >= 0; i--) {
      String column = column(mapping.key().get(i));
      String literal = literals.get(i);
      bound =
          "(%s %s %s OR (%s = %s AND %s))"
              .formatted(column, strictly, literal, column, literal, bound);
    }
    return " AND "
        + column(mapping.key().get(0))
        + " "
        + first
        + " "
        + literals.get(0)
        + " AND "
        + bound;
  }

  /** More rows than those asked for may come where a key can't be written as a literal. */
  private String listed(List<List<String>> keys) {
    StringJoiner any = new StringJoiner(" OR ", " AND (", ")");
    for (List<String> key : keys) {
      Optional<List<String>> literals = literals(key);
      if (literals.isEmpty()) {
        return "";
      }
      StringJoiner all = new StringJoiner(" AND ", "(", ")");
      for (int i = 0; i < key.size(); i++) {
        all.add(column(mapping.key().get(i)) + " = " + literals.get().get(i));
      }
      any.add(all.toString());
    }
    return keys.isEmpty() ? " AND false" : any.toString();
  }

  /** The reader checks hashes itself; this only saves it rows where SQL has the same texts. */
  private String hashed(String prefix) {
    List<String> texts = new ArrayList<>();
    for (Column column : mapping.key()) {
      boolean same =
          column.type() instanceof FieldType.Text text && text.kind() != FieldType.TextKind.NUMERIC
              || column.type() == FieldType.Simple.INT
              || column.type() == FieldType.Simple.LONG
              || column.type() == FieldType.Simple.UUID;
      if (!same) {
        return "";
      }
      texts.add("CAST(" + column(column) + " AS VARCHAR)");
    }
    return " AND starts_with(md5("
        + String.join(" || chr(1) || ", texts)
        + "), "
        + text(prefix)
        + ")";
  }

  private Optional<List<String>> literals(List<String> key) {
    List<String> literals = new ArrayList<>();
    for (int i = 0; i < key.size(); i++) {
      Column column = mapping.key().get(i);
      Optional<String> literal =
          literal(key.get(i), types.getOrDefault(column.table(), column.type()));
      if (literal.isEmpty()) {
        return Optional.empty();
      }
      literals.add(literal.get());
    }
    return Optional.of(literals);
  }

  /** Returns a canonical text as a value of the table's type. */
  private static Optional<String> literal(String canonical, FieldType type) {
    if (type instanceof FieldType.Text) {
      return Optional.of(text(canonical));
    }
    if (type instanceof FieldType.Decimal decimal) {
      return canonical.equals("NaN")
          ? Optional.empty()
          : cast(canonical, "DECIMAL(" + decimal.precision() + ", " + decimal.scale() + ")");
    }
    if (!(type instanceof FieldType.Simple simple)) {
      return Optional.empty();
    }
    String era = canonical.endsWith(" BC") ? canonical.replace(" BC", " (BC)") : canonical;
    return switch (simple) {
      case UUID -> Optional.of(text(canonical));
      case INT, LONG -> cast(canonical, "BIGINT");
      case BOOLEAN, DATE, TIMESTAMP, TIME -> cast(era, simple.name());
      case TIMESTAMPTZ -> cast(era, "TIMESTAMP WITH TIME ZONE");
      case FLOAT, DOUBLE -> cast(canonical, simple.name().toUpperCase(Locale.ROOT));
      case BYTES -> Optional.of("unhex(" + text(canonical) + ")");
      case INTERVAL, TEXT_MAP -> Optional.empty();
    };
  }

  private static Optional<String> cast(String value, String type) {
    return Optional.of("CAST(" + text(value) + " AS " + type + ")");
  }

  private String columns(Collection<Column> columns) {
    return columns.stream().map(this::column).collect(Collectors.joining(", "));
  }

  private String column(Column column) {
    return "r." + id(names.getOrDefault(column.table(), column.table()));
  }

  private static String id(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private static String text(String value) {
    return "'" + value.replace("'", "''") + "'";
  }
}
