package dev.backlot.quality.enrichment;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.backlot.quality.enrichment.EnrichedTable.Column;
import dev.backlot.quality.table.QueryText;
import dev.backlot.schema.FieldType;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.query.QueryLimits;
import dev.backlot.warehouse.query.QueryResult;
import dev.backlot.warehouse.query.QueryService;
import dev.backlot.warehouse.query.RowShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads a table's rows as its business view shows them. Thread-safe. */
final class EnrichedRows {
  private static final JsonFactory JSON = new JsonFactory();

  private final QueryService queries;
  private final EnrichedTable table;
  private final List<Column> columns = new ArrayList<>();

  EnrichedRows(QueryService queries, EnrichedTable table) {
    this.queries = queries;
    this.table = table;
    columns.addAll(table.key());
    columns.addAll(table.asked());
    columns.addAll(table.taken());
  }

  /**
   * A row, as canonical texts.
   *
   * @param asked by the names of the step's fields
   * @param taken in the table's order
   */
  record Row(List<String> key, Map<String, @Nullable String> asked, List<@Nullable String> taken) {}

  /** Returns how many rows the view has. */
  long count() {
    return read(
            "SELECT count(*) FROM " + view(), List.of(new Column("", "", FieldType.Simple.LONG)))
        .stream()
        .findFirst()
        .map(row -> Long.parseLong(String.valueOf(row.get(0))))
        .orElse(0L);
  }

  /** Returns one of some slices of the rows: every row is in one. */
  List<Row> slice(int slice, int slices) {
    String part =
        slices == 1
            ? ""
            : " WHERE hash("
                + table.key().stream()
                    .map(column -> "CAST(" + id(column.name()) + " AS VARCHAR)")
                    .collect(Collectors.joining(", "))
                + ") % "
                + slices
                + " = "
                + slice;
    return rows(part);
  }

  /** Returns the rows of keys; those that are not there are left out. */
  List<Row> of(Collection<List<String>> keys) {
    if (keys.isEmpty()) {
      return List.of();
    }
    String condition =
        keys.stream().map(this::condition).collect(Collectors.joining(" OR ", " WHERE ", ""));
    return rows(condition);
  }

  private String condition(List<String> key) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < key.size(); i++) {
      parts.add(
          "CAST("
              + id(table.key().get(i).name())
              + " AS VARCHAR) = '"
              + key.get(i).replace("'", "''")
              + "'");
    }
    return "(" + String.join(" AND ", parts) + ")";
  }

  private List<Row> rows(String condition) {
    String names = columns.stream().map(c -> id(c.name())).collect(Collectors.joining(", "));
    List<Row> rows = new ArrayList<>();
    int asked = table.key().size();
    int taken = asked + table.asked().size();
    for (List<@Nullable String> texts :
        read("SELECT " + names + " FROM " + view() + condition, columns)) {
      Map<String, @Nullable String> questions = new LinkedHashMap<>();
      for (int i = 0; i < table.asked().size(); i++) {
        questions.put(table.asked().get(i).field(), texts.get(asked + i));
      }
      rows.add(
          new Row(
              texts.subList(0, asked).stream().map(String::valueOf).toList(),
              questions,
              texts.subList(taken, texts.size())));
    }
    return rows;
  }

  private List<List<@Nullable String>> read(String sql, List<Column> shape) {
    List<List<@Nullable String>> rows = new ArrayList<>();
    try (QueryResult result = queries.query(sql, QueryLimits.DEFAULT, RowShape.ARRAY)) {
      for (Optional<byte[]> row = result.next(); row.isPresent(); row = result.next()) {
        rows.add(texts(row.get(), shape));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }

  private static List<@Nullable String> texts(byte[] row, List<Column> shape) throws IOException {
    List<@Nullable String> texts = new ArrayList<>(shape.size());
    try (JsonParser json = JSON.createParser(row)) {
      json.nextToken();
      for (Column column : shape) {
        JsonToken token = json.nextToken();
        if (token == null) {
          throw new IOException("A query printed too few values");
        }
        texts.add(QueryText.of(json, column.type()));
      }
    }
    return texts;
  }

  private String view() {
    TableName name = TableName.parse(table.table());
    return id(name.namespace()) + "." + id(name.name() + "_latest");
  }

  private static String id(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
