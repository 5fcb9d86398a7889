package dev.backlot.quality.table;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dev.backlot.model.audit.AuditAnswer.Scope;
import dev.backlot.quality.mapping.TableMapping.ByPosition;
import dev.backlot.quality.mapping.TableMapping.Column;
import dev.backlot.schema.FieldType;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.SnapshotMarks;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.query.QueryLimits;
import dev.backlot.warehouse.query.QueryResult;
import dev.backlot.warehouse.query.QueryService;
import dev.backlot.warehouse.query.RowShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;

/**
 * Reads tables through queries as users make them, so that what is proven is what users see. Every
 * call sees the newest snapshot. Thread-safe; calls queue for the query service's processes.
 */
public final class TableReader {
  private static final JsonFactory JSON = new JsonFactory();
  private static final QueryLimits PATIENCE = new QueryLimits(Duration.ofMinutes(30));
  private static final int MOST_ABOVE = 20_000;

  private final LakeCatalog lake;
  private final QueryService queries;

  /** Reads by a service of its own, so that audits never hold up people's queries. */
  public TableReader(LakeCatalog lake, QueryService queries) {
    this.lake = lake;
    this.queries = queries;
  }

  /** Hears of rows. */
  @FunctionalInterface
  public interface RowVisitor {
    /** A row's canonical texts in the mapping's order, key columns first. */
    void row(List<@Nullable String> texts);
  }

  /** A row that stands where its Source's topic has none, or in an epoch that is not there. */
  public record Unexplained(List<String> key, Place place) {}

  /**
   * Where a row stands; null where the row says nothing.
   *
   * @param source as the row says
   */
  public record Place(
      String source, @Nullable Integer epoch, @Nullable Integer partition, @Nullable Long offset) {}

  /** A change that stands in the table more than once. */
  public record Doubled(
      List<String> key,
      String position,
      String op,
      long times,
      long firstOffset,
      long lastOffset) {}

  /**
   * A version of a row.
   *
   * @param at when it was written, or enriched
   */
  public record Version(List<String> key, String op, String at, Place place, String position) {}

  /**
   * Returns up to which offset of each partition the table is complete.
   *
   * @return empty when the table is gone, or has never seen the topic
   */
  public Optional<List<Long>> marks(ByPosition mapping) {
    Optional<Table> table = lake.find(TableName.parse(mapping.table()));
    if (table.isEmpty()) {
      return Optional.empty();
    }
    Map<String, String> marks =
        SnapshotMarks.nearest(SnapshotUtil.currentAncestors(table.get())).orElse(Map.of());
    List<Long> offsets = new ArrayList<>();
    for (int partition = 0; partition < mapping.partitions(); partition++) {
      String mark = marks.get(SnapshotMarks.PREFIX + mapping.topic() + "." + partition);
      if (mark == null) {
        return Optional.empty();
      }
      int colon = mark.indexOf(':');
      offsets.add(Long.parseLong(colon < 0 ? mark : mark.substring(0, colon)));
    }
    return Optional.of(offsets);
  }

  /**
   * Visits the newest live version of each key in a scope, of what stands below some offsets.
   *
   * @param keys that are wanted, when the scope is a list of keys
   * @param rowsPerSecond most rows that are read in a second; 0 for no limit
   */
  public void latest(
      ByPosition mapping,
      Scope scope,
      List<List<String>> keys,
      List<Long> offsets,
      long rowsPerSecond,
      RowVisitor visitor) {
    Set<List<String>> wanted = new HashSet<>(keys);
    List<Column> columns = mapping.compared();
    KeyHash hash = new KeyHash(scope.hashPrefix());
    Pace pace = new Pace(rowsPerSecond);
    int width = mapping.key().size();
    read(
        sql(mapping).latest(scope, keys, offsets),
        row -> {
          List<@Nullable String> texts = texts(row, columns);
          List<String> key = key(texts, width);
          if ((!scope.keys() || wanted.contains(key)) && hash.fits(key)) {
            visitor.row(texts);
          }
          pace.next();
        });
  }

  /** Returns those of some keys that have versions at or above some offsets. */
  public Set<List<String>> newer(
      ByPosition mapping, Collection<List<String>> keys, List<Long> offsets) {
    Set<List<String>> newer = new HashSet<>();
    if (!keys.isEmpty()) {
      read(
          sql(mapping).newer(List.copyOf(keys), offsets),
          row -> newer.add(key(texts(row, mapping.key()), mapping.key().size())));
    }
    return newer;
  }

  /** Returns changes that stand in a scope of the table more than once, some of them. */
  public List<Doubled> doubled(
      ByPosition mapping, Scope scope, List<List<String>> keys, List<Long> offsets, int most) {
    List<Doubled> found = new ArrayList<>();
    Set<List<String>> wanted = new HashSet<>(keys);
    int width = mapping.key().size();
    read(
        sql(mapping).doubled(scope, keys, offsets, most),
        row -> {
          List<String> key = key(texts(row, mapping.key()), width);
          List<String> rest = plain(row, 5);
          if (!scope.keys() || wanted.contains(key)) {
            found.add(
                new Doubled(
                    key,
                    rest.get(0),
                    rest.get(1),
                    Long.parseLong(rest.get(2)),
                    Long.parseLong(rest.get(3)),
                    Long.parseLong(rest.get(4))));
          }
        });
    return found;
  }

  /** Returns rows of the Source for which its topic has no record yet, some of them. */
  public List<Unexplained> unexplained(ByPosition mapping) {
    Optional<List<Long>> before = marks(mapping);
    if (before.isEmpty()) {
      return List.of();
    }
    List<Unexplained> above = new ArrayList<>();
    int width = mapping.key().size();
    read(
        sql(mapping).above(before.get(), MOST_ABOVE),
        row -> {
          List<String> key = key(texts(row, mapping.key()), width);
          List<String> rest = plain(row, 3);
          above.add(
              new Unexplained(key, place(mapping.source(), rest.get(0), rest.get(1), rest.get(2))));
        });
    // What was written between is explained by the marks that were written with it.
    List<Long> after = marks(mapping).orElse(before.get());
    above.removeIf(row -> isBelow(row.place(), mapping.epoch(), after));
    return above;
  }

  private static boolean isBelow(Place place, int epoch, List<Long> marks) {
    Integer partition = place.partition();
    Long offset = place.offset();
    return place.epoch() != null
        && place.epoch() == epoch
        && partition != null
        && offset != null
        && partition >= 0
        && partition < marks.size()
        && offset < marks.get(partition);
  }

  /**
   * Returns whether a truncation or a new epoch has come since some offsets, after which older rows
   * may be gone from the files.
   */
  public boolean isUnsettled(ByPosition mapping, List<Long> offsets) {
    long[] count = {0};
    read(sql(mapping).unsettled(offsets), row -> count[0] = Long.parseLong(plain(row, 1).get(0)));
    return count[0] > 0;
  }

  /** Returns every version of some keys that the table has, the newest first. */
  public List<Version> versions(ByPosition mapping, List<List<String>> keys) {
    List<Version> versions = new ArrayList<>();
    int width = mapping.key().size();
    read(
        sql(mapping).versions(keys),
        row -> {
          List<String> key = key(texts(row, mapping.key()), width);
          List<String> rest = plain(row, 6);
          versions.add(
              new Version(
                  key,
                  rest.get(0),
                  rest.get(1),
                  place(mapping.source(), rest.get(2), rest.get(3), rest.get(4)),
                  rest.get(5)));
        });
    return versions;
  }

  private static Place place(String source, String epoch, String partition, String offset) {
    return new Place(
        source,
        epoch.isEmpty() ? null : Integer.valueOf(epoch),
        partition.isEmpty() ? null : Integer.valueOf(partition),
        offset.isEmpty() ? null : Long.valueOf(offset));
  }

  private TableSql sql(ByPosition mapping) {
    Table table = lake.load(TableName.parse(mapping.table()));
    return new TableSql(mapping, lake.shape(table));
  }

  /** A row's values, in turn. */
  @FunctionalInterface
  private interface RowReader {
    void read(JsonParser row) throws IOException;
  }

  private void read(String sql, RowReader reader) {
    try (QueryResult result = queries.query(sql, PATIENCE, RowShape.ARRAY)) {
      for (Optional<byte[]> row = result.next(); row.isPresent(); row = result.next()) {
        try (JsonParser json = JSON.createParser(row.get())) {
          json.nextToken();
          reader.read(json);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<@Nullable String> texts(JsonParser row, List<Column> columns)
      throws IOException {
    List<@Nullable String> texts = new ArrayList<>(columns.size());
    for (Column column : columns) {
      row.nextToken();
      texts.add(QueryText.of(row, column.type()));
    }
    return texts;
  }

  private static List<String> plain(JsonParser row, int columns) throws IOException {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < columns; i++) {
      row.nextToken();
      String text = QueryText.of(row, FieldType.Text.PLAIN);
      texts.add(text == null ? "" : text);
    }
    return texts;
  }

  /** A key's column that is NULL is nobody's key; it is shown as an empty text. */
  private static List<String> key(List<@Nullable String> texts, int width) {
    List<String> key = new ArrayList<>(width);
    for (int i = 0; i < width; i++) {
      String text = texts.get(i);
      key.add(text == null ? "" : text);
    }
    return key;
  }
}
