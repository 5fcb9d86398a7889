package dev.backlot.benchmarks.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The tables that are captured; each in a database of its name. */
public enum Shape {
  /** Ten columns of mixed types, about 120 bytes. */
  NARROW(narrow(), 1.0),
  /** A hundred columns of mixed types, about a kilobyte. */
  WIDE(wide(), 0.125),
  /** Three documents of 1.5 KB in all, too small to be stored out of line. */
  JSONB(jsonb(), 0.25);

  private final List<Column> columns;
  private final double share;

  /**
   * A column.
   *
   * @param value expression over the row's number {@code g}
   */
  private record Column(String name, String type, String value) {}

  Shape(List<Column> columns, double share) {
    this.columns = columns;
    this.share = share;
  }

  /** Returns those to measure: all, unless a profiler's user names some in a system property. */
  static List<Shape> chosen() {
    String named = System.getProperty("backlot.bench.shapes", "");
    return Stream.of(values())
        .filter(shape -> named.isEmpty() || List.of(named.split(",")).contains(shape.database()))
        .toList();
  }

  /** Returns the database, which is also the connection's name. */
  public String database() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /** Returns the Source's name. */
  public String source() {
    return database() + ".public.item";
  }

  /** Returns how many rows of this shape to measure with, in whole hundreds. */
  public int rows(int narrow) {
    return (int) (narrow * share) / 1_000 * 1_000;
  }

  /** Returns whether rows have a counter {@code c1} behind their id, which updates raise. */
  boolean counts() {
    return this != JSONB;
  }

  String createTable(String table) {
    return "CREATE TABLE "
        + table
        + " (id bigint PRIMARY KEY, "
        + columns.stream().map(c -> c.name + " " + c.type).collect(Collectors.joining(", "))
        + ")";
  }

  /** Returns a statement that inserts rows from one id to another, both SQL expressions. */
  String insert(String from, String to) {
    return insert("item", from, to);
  }

  /** Returns a statement that inserts such rows into a table. */
  String insert(String table, String from, String to) {
    return "INSERT INTO "
        + table
        + " SELECT g, "
        + columns.stream().map(Column::value).collect(Collectors.joining(", "))
        + " FROM generate_series("
        + from
        + ", "
        + to
        + ") g";
  }

  /** Returns an assignment that changes a row. */
  String change() {
    return this == JSONB
        ? "doc = jsonb_set(doc, '{views}', to_jsonb(id % 977)), updated_at = clock_timestamp()"
        : "c1 = c1 + 1, updated_at = clock_timestamp()";
  }

  private static List<Column> narrow() {
    return List.of(
        new Column("c1", "int", "(g % 1000)::int"),
        new Column("title", "text", "'The film number ' || g"),
        new Column("phase", "varchar(20)", "(ARRAY['PITCH','SHOOT','POST','DONE'])[g % 4 + 1]"),
        new Column("budget", "numeric(12,2)", "(g % 100000) * 1.25"),
        new Column("rating", "double precision", "(g % 100) / 10.0"),
        new Column("active", "boolean", "g % 3 = 0"),
        new Column("opened", "date", "date '2020-01-01' + (g % 2000)::int"),
        new Column("updated_at", "timestamptz", "clock_timestamp()"),
        new Column("token", "uuid", "md5(g::text)::uuid"));
  }

  private static List<Column> wide() {
    List<Column> columns = new ArrayList<>();
    IntStream.rangeClosed(1, 98)
        .forEach(
            i ->
                columns.add(
                    switch (i % 8) {
                      case 1 -> new Column("c" + i, "int", "(g % 1000 + " + i + ")::int");
                      case 2 -> new Column("c" + i, "bigint", "g * " + i);
                      case 3 -> new Column("c" + i, "text", "'value ' || (g % 500)");
                      case 4 -> new Column("c" + i, "double precision", "g / 7.0");
                      case 5 -> new Column("c" + i, "boolean", "g % 2 = 0");
                      case 6 -> new Column("c" + i, "numeric(10,2)", "(g % 1000) * 0.25");
                      case 7 -> new Column("c" + i, "timestamptz", "clock_timestamp()");
                      default -> new Column("c" + i, "varchar(40)", "NULL");
                    }));
    columns.add(new Column("updated_at", "timestamptz", "clock_timestamp()"));
    return columns;
  }

  private static List<Column> jsonb() {
    String words = "(SELECT jsonb_agg(md5((g + w)::text)) FROM generate_series(1, %d) w)";
    return List.of(
        new Column("kind", "text", "'release'"),
        new Column(
            "doc",
            "jsonb",
            "jsonb_build_object('views', g % 1000, 'title', 'Film ' || g, 'cast', "
                + words.formatted(16)
                + ")"),
        new Column("tags", "jsonb", words.formatted(8)),
        new Column(
            "rights", "jsonb", "jsonb_build_object('to', g, 'areas', " + words.formatted(8) + ")"),
        new Column("updated_at", "timestamptz", "clock_timestamp()"));
  }
}
