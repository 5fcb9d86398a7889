package dev.backlot.metadata;

import com.fasterxml.jackson.core.type.TypeReference;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jdbi.v3.core.Jdbi;

/**
 * How captured tables looked when capture last looked at them, one row per Source: what a later
 * look is compared with. Thread-safe.
 */
public final class ShapeStore {
  private static final TypeReference<List<KnownColumn>> COLUMNS = new TypeReference<>() {};

  private static final TypeReference<List<String>> NAMES = new TypeReference<>() {};

  private final Jdbi jdbi;

  ShapeStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * A column as the catalog described it.
   *
   * @param number the column's lasting number in its table, which a rename keeps and which is never
   *     used again
   * @param type the type's number
   * @param modifier the type's modifier, -1 for none
   * @param hasMissing whether rows that existed before the column read a value that is not stored
   * @param hasDefault whether new rows get a value without being given one
   */
  public record KnownColumn(
      int number, String name, long type, int modifier, boolean hasMissing, boolean hasDefault) {}

  /**
   * A table as the catalog described it.
   *
   * @param tableOid the table's number, which another table of the same name does not have
   * @param storage changes when the table's rows are written anew
   * @param highest the highest number that a column has had
   * @param formerNames names that columns have had in this epoch and have no more
   * @param beganAt a place of the log behind which its epoch's events are; what was before, its
   *     first dump tells
   */
  public record KnownShape(
      String source,
      int epoch,
      long tableOid,
      String storage,
      int highest,
      long beganAt,
      List<KnownColumn> columns,
      List<String> formerNames) {
    /** Copies what is mutable. */
    public KnownShape {
      columns = List.copyOf(columns);
      formerNames = List.copyOf(formerNames);
    }

    /** Returns the same shape, with the names that are gone since an earlier one. */
    public KnownShape after(KnownShape earlier) {
      Set<String> former = new TreeSet<>(earlier.formerNames());
      earlier.columns().forEach(column -> former.add(column.name()));
      columns.forEach(column -> former.remove(column.name()));
      return new KnownShape(
          source, epoch, tableOid, storage, highest, beganAt, columns, List.copyOf(former));
    }
  }

  /** Returns how a Source's table looked, if it was ever looked at. */
  public Optional<KnownShape> find(String source) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM known_shape WHERE source = ?", source)
                .map(
                    (row, context) ->
                        new KnownShape(
                            row.getString("source"),
                            row.getInt("epoch"),
                            row.getLong("table_oid"),
                            row.getString("storage"),
                            row.getInt("highest"),
                            row.getLong("began_at"),
                            Json.read(row.getString("columns"), COLUMNS),
                            Json.read(row.getString("former_names"), NAMES)))
                .findFirst());
  }

  /** Notes how a Source's table looks. */
  public void put(KnownShape shape) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                """
                INSERT INTO known_shape
                  (source, epoch, table_oid, storage, highest, began_at, columns, former_names)
                VALUES (?, ?, ?, ?, ?, ?, CAST(? AS jsonb), CAST(? AS jsonb))
                ON CONFLICT (source) DO UPDATE SET epoch = excluded.epoch, table_oid = excluded.table_oid,
                  storage = excluded.storage, highest = excluded.highest,
                  began_at = excluded.began_at, columns = excluded.columns,
                  former_names = excluded.former_names
                """,
                shape.source(),
                shape.epoch(),
                shape.tableOid(),
                shape.storage(),
                shape.highest(),
                shape.beganAt(),
                Json.write(shape.columns()),
                Json.write(shape.formerNames())));
  }
}
