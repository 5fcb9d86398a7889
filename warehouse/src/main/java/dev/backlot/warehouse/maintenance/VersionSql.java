package dev.backlot.warehouse.maintenance;

import dev.backlot.warehouse.maintenance.RewriteRequest.Column;
import dev.backlot.warehouse.maintenance.RewriteRequest.SystemIds;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * DuckDB's statements that find rows which no view will ever show again, and copy the others.
 *
 * <p>A row can go when another row that stays ends it whatever is appended later. Three things end
 * a row (see the business view): a newer version of its key, a truncation, a higher epoch. A newer
 * version counts only when it has the same Source, epoch and partition and no lower offset:
 * whatever ends the newer version ends the older one too, so that no truncation brings it back. A
 * delete that is the newest of its key can go when it is older than the grace period and no other
 * row of its key stays; so can a truncation when nothing stays that precedes it. The newest row of
 * each Source always stays, since it says which epoch is the highest.
 */
final class VersionSql {
  private final RewriteRequest request;
  private final SystemIds system;

  VersionSql(RewriteRequest request) {
    this.request = request;
    this.system = request.system();
  }

  /** Returns the statement that reads what is needed to judge rows, into the table {@code v}. */
  String read(List<Integer> files) {
    StringJoiner selected = new StringJoiner(", ");
    selected.add("file_index AS f").add("file_row_number AS n");
    selected.add(raw(system.op()) + " AS op").add(raw(system.source()) + " AS s");
    selected.add(raw(system.epoch()) + " AS e").add(raw(system.partition()) + " AS p");
    selected.add(raw(system.offset()) + " AS o").add(raw(system.ts()) + " AS t");
    selected.add(raw(system.sourceTs()) + " AS st");
    List<Integer> ids = new ArrayList<>(request.key());
    request.key().forEach(id -> selected.add(comparable(id) + " AS k" + id));
    ids.addAll(
        List.of(
            system.op(),
            system.source(),
            system.epoch(),
            system.partition(),
            system.offset(),
            system.ts(),
            system.sourceTs()));
    List<Column> needed =
        request.columns().stream().filter(column -> ids.contains(column.id())).toList();
    return "CREATE OR REPLACE TEMP TABLE v AS SELECT "
        + selected
        + " FROM "
        + scanned(files, needed);
  }

  /** Returns the statement that judges rows, into the table {@code judged} with {@code ended}. */
  String judge() {
    String place = "v.s, v.e, v.p, v.op = 't'";
    String newest =
        request.acrossSources() ? "v.t DESC, v.st DESC, v.o DESC" : "v.o DESC, v.t DESC";
    return "CREATE OR REPLACE TEMP TABLE judged AS SELECT v.*,"
        + " v.e < me.e AS old_epoch,"
        + " v.e = me.e AND v.o = mo.o AS newest,"
        + " coalesce(max(v.o) OVER (PARTITION BY "
        + place
        + keys(", v.")
        + " ORDER BY "
        + newest
        + " ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) >= v.o, false)"
        + " OR v.e < me.e OR coalesce(v.o < mt.o OR v.o = mt.o AND v.op <> 't', false) AS ended"
        + " FROM v JOIN (SELECT s, max(e) AS e FROM v GROUP BY s) me ON me.s = v.s"
        + " JOIN (SELECT s, e, max(o) AS o FROM v GROUP BY s, e) mo ON mo.s = v.s AND mo.e = v.e"
        + " LEFT JOIN (SELECT s, e, p, max(o) AS o FROM v WHERE op = 't' GROUP BY s, e, p) mt"
        + " ON mt.s = v.s AND mt.e = v.e AND mt.p = v.p";
  }

  /** Returns the query for the number of rows per file that need not be kept. */
  static String endedByFile() {
    return "SELECT f, count(*) FILTER (WHERE ended) FROM judged GROUP BY f";
  }

  /** Returns the statement that notes what is dropped from rewritten files, when deletes stay. */
  static String dropEnded() {
    return "CREATE OR REPLACE TEMP TABLE dropped AS SELECT f, n FROM judged"
        + " WHERE ended AND f IN (SELECT f FROM rewritten)";
  }

  /**
   * Returns the statement that notes what is dropped from rewritten files, with deletes and
   * truncations that are old enough and end nothing any more. All of the table has been judged.
   */
  String dropEndedAndForgotten() {
    String cutoff = "make_timestamptz(" + request.forgetBefore() + ")";
    String group = (request.acrossSources() ? "" : ", s") + keys(", ");
    return "CREATE OR REPLACE TEMP TABLE dropped AS WITH placed AS (SELECT *,"
        + " f IN (SELECT f FROM rewritten) AS here FROM judged),"
        + " fate AS (SELECT *, NOT ended OR NOT here AS stays,"
        + " here AND NOT ended AND NOT newest AND t < "
        + cutoff
        + everywherePassed()
        + " AS old FROM placed),"
        + " grouped AS (SELECT *,"
        + " count(*) FILTER (WHERE op <> 't' AND stays AND NOT (op = 'd' AND old))"
        + " OVER (PARTITION BY op = 't'"
        + group
        + ") AS others,"
        + " min(o) FILTER (WHERE NOT here) OVER (PARTITION BY s, e, p) AS elsewhere FROM fate)"
        + " SELECT f, n FROM grouped WHERE here AND (ended"
        + " OR op = 'd' AND old AND others = 0"
        + " OR op = 't' AND old AND (elsewhere IS NULL OR elsewhere > o))";
  }

  /**
   * Under a key that several Sources share, an older row may yet come from a Source that is read
   * more slowly; so each partition must have come further in time than the delete.
   */
  private String everywherePassed() {
    return request.acrossSources()
        ? " AND t < (SELECT min(m) FROM (SELECT max(t) AS m FROM judged GROUP BY s, e, p))"
        : "";
  }

  /** Returns the statement that notes rows which must go, wherever they are. */
  String dropRemoved() {
    List<Integer> all = IntStream.range(0, request.files().size()).boxed().toList();
    List<Integer> ids =
        List.of(system.source(), system.epoch(), system.partition(), system.offset());
    List<Column> needed =
        request.columns().stream().filter(column -> ids.contains(column.id())).toList();
    String places =
        request.removed().stream().map(VersionSql::place).collect(Collectors.joining(", "));
    String same =
        ids.stream()
            .map(id -> "v." + raw(id) + " IS NOT DISTINCT FROM r." + raw(id))
            .collect(Collectors.joining(" AND "));
    String columns = ids.stream().map(VersionSql::raw).collect(Collectors.joining(", "));
    String partition = ids.stream().map(id -> "v." + raw(id)).collect(Collectors.joining(", "));
    return "CREATE OR REPLACE TEMP TABLE dropped AS SELECT f, n FROM (SELECT v.file_index AS f,"
        + " v.file_row_number AS n, r.keep, ROW_NUMBER() OVER (PARTITION BY "
        + partition
        + " ORDER BY v.file_index, v.file_row_number) AS nth FROM (SELECT file_index,"
        + " file_row_number, "
        + columns
        + " FROM "
        + scanned(all, needed)
        + ") v JOIN (VALUES "
        + places
        + ") r("
        + columns
        + ", keep) ON "
        + same
        + ") WHERE nth > keep";
  }

  private static String place(RowPlace place) {
    String source = place.source() == null ? "CAST(NULL AS VARCHAR)" : text(place.source());
    return "("
        + source
        + ", CAST("
        + place.epoch()
        + " AS INTEGER), CAST("
        + place.partition()
        + " AS INTEGER), CAST("
        + place.offset()
        + " AS BIGINT), "
        + place.keep()
        + ")";
  }

  /**
   * Returns the statement that writes the rows that stay of some files into one, sorted by key.
   *
   * @param files numbers in the request
   * @param places of these files among those that were read, in the same order; empty when no row
   *     was judged
   */
  String copy(List<Integer> files, List<Integer> places, String output) {
    StringBuilder from = new StringBuilder(scanned(files, request.columns())).append(" r");
    if (!places.isEmpty()) {
      StringJoiner map = new StringJoiner(", ");
      for (int i = 0; i < places.size(); i++) {
        map.add("(" + i + ", " + places.get(i) + ")");
      }
      from.append(" WHERE NOT EXISTS (SELECT 1 FROM dropped d JOIN (VALUES ")
          .append(map)
          .append(") m(i, f) ON d.f = m.f WHERE m.i = r.file_index AND d.n = r.file_row_number)");
    }
    return copied(id -> "r." + raw(id), from.toString(), output);
  }

  /**
   * Returns the statement that writes a table's columns into a file, sorted by key.
   *
   * @param value what a column holds, by its field id
   * @param from what is read, with the table's rows as {@code r}
   */
  String copied(IntFunction<String> value, String from, String output) {
    String selected =
        request.columns().stream()
            .map(column -> value.apply(column.id()) + " AS " + id(column.name()))
            .collect(Collectors.joining(", "));
    String fieldIds =
        request.columns().stream()
            .map(column -> id(column.name()) + ": " + column.fieldIds())
            .collect(Collectors.joining(", ", "{", "}"));
    List<Integer> order = new ArrayList<>(request.key());
    order.addAll(List.of(system.source(), system.epoch(), system.partition(), system.offset()));
    return "COPY (SELECT "
        + selected
        + " FROM "
        + from
        + " ORDER BY "
        + order.stream().map(id -> "r." + raw(id)).collect(Collectors.joining(", "))
        + ") TO "
        + text(output)
        + " (FORMAT parquet, COMPRESSION zstd, FIELD_IDS "
        + fieldIds
        + ")";
  }

  /** Returns some columns of some files, by their numbers in the request. */
  String scan(List<Integer> files, Collection<Integer> ids) {
    return scanned(files, columns(ids));
  }

  /** Returns some columns of files that are no part of the table. */
  String scanPaths(List<String> paths, Collection<Integer> ids) {
    return scannedPaths(paths, columns(ids));
  }

  private List<Column> columns(Collection<Integer> ids) {
    return request.columns().stream().filter(column -> ids.contains(column.id())).toList();
  }

  private String scanned(List<Integer> files, List<Column> columns) {
    return scannedPaths(files.stream().map(request.files()::get).toList(), columns);
  }

  private static String scannedPaths(List<String> files, List<Column> columns) {
    String paths = files.stream().map(VersionSql::text).collect(Collectors.joining(", ", "[", "]"));
    String schema =
        columns.stream()
            .map(
                column ->
                    column.id()
                        + ": {name: '"
                        + raw(column.id())
                        + "', type: "
                        + text(column.type())
                        + ", default_value: NULL}")
            .collect(Collectors.joining(", "));
    return "read_parquet(" + paths + ", schema=MAP{" + schema + "})";
  }

  /** Engines compare -0.0 as 0.0. */
  private String comparable(int id) {
    String type =
        request.columns().stream()
            .filter(column -> column.id() == id)
            .map(Column::type)
            .findFirst()
            .orElseThrow();
    boolean floating = type.equals("DOUBLE") || type.equals("FLOAT");
    return floating ? "CASE WHEN " + raw(id) + " = 0 THEN 0 ELSE " + raw(id) + " END" : raw(id);
  }

  private String keys(String before) {
    return request.key().stream().map(id -> before + "k" + id).collect(Collectors.joining());
  }

  static String raw(int id) {
    return "c" + id;
  }

  static String text(String value) {
    return "'" + value.replace("'", "''") + "'";
  }

  private static String id(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
