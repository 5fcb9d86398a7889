package dev.backlot.controller;

import static dev.backlot.schema.Field.nullable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.FieldType.Simple;
import dev.backlot.schema.FieldType.Text;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.LakeSettings;
import dev.backlot.warehouse.TableColumn;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.TableRequest;
import dev.backlot.warehouse.TableRequest.VersionOrder;
import dev.backlot.warehouse.query.QueryLimits;
import dev.backlot.warehouse.query.QueryResult;
import dev.backlot.warehouse.query.QueryService;
import dev.backlot.warehouse.query.QuerySettings;
import dev.backlot.warehouse.query.RowShape;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.parquet.Parquet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A real Trino reads tables and business views through the controller as our own queries do. */
final class TrinoIT {
  private static final Field ID = nullable("id", Simple.INT);
  private static final Field TITLE = nullable("title", Text.PLAIN);

  private static TestPlatform platform;
  private static LakeCatalog lake;
  private static QueryService queries;
  private static TrinoServer trino;

  @BeforeAll
  static void start() throws IOException {
    platform = new TestPlatform();
    lake = LakeCatalog.open(LakeSettings.of(platform.config));
    queries = new QueryService(lake, QuerySettings.of(platform.config));
    table("studio.movie", VersionOrder.OFFSET, ID, TITLE);
    trino =
        TrinoServer.start(
            "lake",
            "http://localhost:" + platform.controller.port() + "/iceberg",
            TestPlatform.TOKEN);
  }

  @AfterAll
  static void stop() throws IOException {
    trino.close();
    queries.close();
    lake.close();
    platform.close();
  }

  private static TableName table(String name, VersionOrder order, Field... fields) {
    TableName table = TableName.parse(name);
    lake.ensure(new TableRequest(table, List.of(fields), List.of("id"), order, "test"));
    return table;
  }

  private static Map<String, Object> row(String op, long offset, Object... namesAndValues) {
    Map<String, Object> row = new HashMap<>();
    row.put("_op", op);
    row.put("_offset", offset);
    row.put("_ts", Instant.ofEpochSecond(1_700_000_000 + offset).atOffset(ZoneOffset.UTC));
    row.put("_source", "studio.public.movie");
    row.put("_source_position", "%016X".formatted(offset));
    row.put("_source_ts", Instant.ofEpochSecond(1_700_000_000 + offset).atOffset(ZoneOffset.UTC));
    row.put("_epoch", 1);
    row.put("_partition", 0);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      row.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return row;
  }

  @SafeVarargs
  private static void append(TableName name, Map<String, Object>... rows) {
    Table table = lake.load(name);
    String file = table.locationProvider().newDataLocation(UUID.randomUUID() + ".parquet");
    try {
      DataWriter<Record> writer =
          Parquet.writeData(table.io().newOutputFile(file))
              .forTable(table)
              .createWriterFunc(GenericParquetWriter::create)
              .build();
      try (writer) {
        for (Map<String, Object> row : rows) {
          writer.write(GenericRecord.create(table.schema()).copy(row));
        }
      }
      table.newAppend().appendFile(writer.toDataFile()).commit();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Compares all rows of a table or view, by every column that it has, and returns how many. */
  private static int compare(TableName table, String relation) {
    List<TableColumn> columns = lake.shape(table).orElseThrow().columns();
    String sql =
        "SELECT "
            + String.join(", ", columns.stream().map(c -> quoted(c.name())).toList())
            + " FROM "
            + relation;
    List<Map<String, Object>> theirs = new ArrayList<>();
    for (JsonNode row : trino.query(sql.replace("FROM ", "FROM lake.")).rows()) {
      theirs.add(values(columns, row, true));
    }
    List<Map<String, Object>> own = new ArrayList<>();
    try (QueryResult result = queries.query(sql, QueryLimits.DEFAULT, RowShape.ARRAY)) {
      result.toList().forEach(row -> own.add(values(columns, row, false)));
    }
    assertThat(theirs).as(relation).containsExactlyInAnyOrderElementsOf(own);
    return own.size();
  }

  private static Map<String, Object> values(
      List<TableColumn> columns, JsonNode row, boolean trinos) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      FieldType type = columns.get(i).type();
      JsonNode value = row.get(i);
      values.put(
          columns.get(i).name(),
          trinos ? EngineValues.trino(type, value) : EngineValues.own(type, value));
    }
    return values;
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private static List<Long> ids(String relation) {
    return trino.query("SELECT id FROM lake." + relation + " ORDER BY id").rows().stream()
        .map(row -> row.get(0).asLong())
        .toList();
  }

  @Test
  void every_type_reads_as_in_our_own_queries() {
    TableName table = typesTable();
    append(table, fullRow(), emptyRow(), extremeRow());

    assertThat(compare(table, "trino.types")).isEqualTo(3);
    assertThat(compare(table, "trino.types_latest")).isEqualTo(3);
  }

  private static TableName typesTable() {
    return table(
        "trino.types",
        VersionOrder.OFFSET,
        ID,
        nullable("big", Simple.LONG),
        nullable("f", Simple.FLOAT),
        nullable("d", Simple.DOUBLE),
        nullable("dec", new FieldType.Decimal(38, 4)),
        nullable("small", new FieldType.Decimal(5, 2)),
        nullable("num", Text.NUMERIC),
        nullable("b", Simple.BOOLEAN),
        nullable("bin", Simple.BYTES),
        nullable("js", Text.JSON),
        nullable("phase", Text.enumOf(List.of("it's", "b"))),
        nullable("u", Simple.UUID),
        nullable("da", Simple.DATE),
        nullable("ts", Simple.TIMESTAMP),
        nullable("tz", Simple.TIMESTAMPTZ),
        nullable("t", Simple.TIME),
        nullable("iv", Simple.INTERVAL),
        nullable("ints", new FieldType.ArrayOf(Simple.INT)),
        nullable("texts", new FieldType.ArrayOf(Text.PLAIN)),
        nullable("bins", new FieldType.ArrayOf(Simple.BYTES)),
        nullable("Mixed \"Case\"", Text.PLAIN),
        nullable("select", Text.PLAIN));
  }

  private static Map<String, Object> fullRow() {
    GenericRecord interval =
        GenericRecord.create(
            lake.load(TableName.parse("trino.types")).schema().findType("iv").asStructType());
    interval.setField("months", 1);
    interval.setField("days", -2);
    interval.setField("micros", 3L);
    Map<String, Object> row =
        row("c", 1, "id", 1, "big", Long.MAX_VALUE, "f", 0.1f, "d", Double.NaN);
    row.put("dec", new BigDecimal("9999999999999999999999999999999999.9999"));
    row.put("small", new BigDecimal("-999.99"));
    row.put("num", "1e-50");
    row.put("b", true);
    row.put("bin", ByteBuffer.wrap(new byte[] {0, (byte) 0xff}));
    row.put("js", "{\"a\": 1}");
    row.put("phase", "it's");
    row.put("u", "77732b99-e9f4-4ad8-9f9f-a323680fd49f");
    row.put("da", LocalDate.of(-43, 3, 15));
    row.put("ts", LocalDateTime.of(2024, 2, 29, 12, 30, 45, 120_001_000));
    row.put("tz", LocalDateTime.of(1969, 12, 31, 23, 59, 59, 999_999_000).atOffset(ZoneOffset.UTC));
    row.put("t", 86_400_000_000L);
    row.put("iv", interval);
    row.put("ints", Arrays.asList(1, null, -3));
    row.put("texts", Arrays.asList("", null, "ü🎬\n\"'"));
    row.put("bins", Arrays.asList(ByteBuffer.wrap(new byte[] {1}), null));
    row.put("Mixed \"Case\"", "ü🎬\n\"'\\");
    row.put("select", "x".repeat(5000));
    row.put("_exact", Map.of("nowhere", "NaN"));
    return row;
  }

  private static Map<String, Object> emptyRow() {
    return row("c", 2, "id", 2);
  }

  private static Map<String, Object> extremeRow() {
    Map<String, Object> row = row("c", 3, "id", 3, "big", Long.MIN_VALUE, "d", -0.0, "t", 0L);
    row.put("f", Float.NEGATIVE_INFINITY);
    row.put("num", "NaN");
    row.put("js", "");
    row.put("ints", List.of());
    row.put("dec", new BigDecimal("0.0001"));
    row.put("small", new BigDecimal("0.00"));
    row.put("bin", ByteBuffer.allocate(0));
    row.put("da", LocalDate.of(9999, 12, 31));
    row.put("ts", LocalDateTime.of(-4712, 1, 1, 0, 0));
    row.put("tz", LocalDateTime.of(9999, 12, 31, 23, 59, 59, 999_999_000).atOffset(ZoneOffset.UTC));
    return row;
  }

  /** Their integers are the type's limits; engines show them as the far dates that they are. */
  @Test
  void infinite_times_do_not_fail_a_scan() {
    TableName table =
        table(
            "trino.infinite",
            VersionOrder.OFFSET,
            ID,
            nullable("da", Simple.DATE),
            nullable("ts", Simple.TIMESTAMP));
    LocalDateTime epoch = LocalDateTime.of(1970, 1, 1, 0, 0);
    append(
        table,
        row(
            "c",
            1,
            "id",
            1,
            "da",
            LocalDate.ofEpochDay(Integer.MAX_VALUE),
            "ts",
            epoch.plus(Long.MIN_VALUE, ChronoUnit.MICROS)),
        row("c", 2, "id", 2, "da", LocalDate.of(2024, 1, 1), "ts", epoch));

    assertThat(ids("trino.infinite_latest WHERE da > DATE '9999-12-31'")).containsExactly(1L);
    assertThat(ids("trino.infinite_latest")).containsExactly(1L, 2L);
    // Trino takes a file's lowest value for corrupted when that is minus infinity.
    assertThat(
            trino
                .query(
                    "SELECT id FROM lake.trino.infinite WHERE ts < TIMESTAMP '0001-01-01 00:00:00'",
                    "lake.parquet_ignore_statistics=true")
                .rows()
                .toString())
        .isEqualTo("[[1]]");
  }

  @Test
  void the_latest_live_row_of_each_key_is_shown() {
    TableName table = table("trino.versions", VersionOrder.OFFSET, ID, TITLE);
    append(
        table,
        row("r", 1, "id", 1, "title", "dumped"),
        row("u", 5, "id", 1, "title", "newest"),
        row("c", 2, "id", 2, "title", "deleted later"),
        row("c", 9, "id", 3, "title", "again"));
    append(
        table,
        row("u", 4, "id", 1, "title", "late, but older"),
        row("d", 6, "id", 2),
        row("d", 8, "id", 3));

    compare(table, "trino.versions");
    assertThat(compare(table, "trino.versions_latest")).isEqualTo(2);
    assertThat(ids("trino.versions_latest")).containsExactly(1L, 3L);
  }

  @Test
  void truncations_and_higher_epochs_end_rows() {
    TableName table = table("trino.endings", VersionOrder.OFFSET, ID);
    append(
        table,
        row("c", 1, "id", 1),
        row("t", 5),
        row("c", 6, "id", 2),
        row("c", 3, "id", 3, "_partition", 1),
        row("c", 2, "id", 4, "_source", "studio.public.other"));
    assertThat(compare(table, "trino.endings_latest")).isEqualTo(3);

    append(table, row("r", 1, "id", 7, "_epoch", 2));

    assertThat(compare(table, "trino.endings_latest")).isEqualTo(2);
    assertThat(ids("trino.endings_latest")).containsExactly(4L, 7L);
  }

  @Test
  void a_shared_key_takes_the_newest_by_time() {
    TableName table = TableName.parse("trino.shared");
    lake.ensure(new TableRequest(table, List.of(ID, TITLE), List.of("id"), VersionOrder.TIME, "t"));
    append(
        table,
        row("c", 90, "id", 1, "title", "older", "_source", "a.b.c"),
        row("c", 2, "id", 2, "title", "alive", "_source", "a.b.c"),
        row("c", 95, "id", 1, "title", "newer", "_source", "x.y.z"),
        row("t", 96, "_source", "t.t.t"));

    assertThat(compare(table, "trino.shared_latest")).isEqualTo(2);
  }

  @Test
  void evolved_tables_read_by_field_id() {
    TableName table = table("trino.evolved", VersionOrder.OFFSET, ID, TITLE);
    append(table, row("c", 1, "id", 1, "title", "Alien"));
    assertThat(compare(table, "trino.evolved_latest")).isEqualTo(1);
    table(
        "trino.evolved",
        VersionOrder.OFFSET,
        nullable("id", Simple.LONG),
        TITLE,
        nullable("added", new FieldType.ArrayOf(Text.PLAIN)));
    append(table, row("c", 2, "id", 1L << 40, "title", "Brazil", "added", List.of("new")));
    lake.load(table).updateSchema().renameColumn("title", "name").commit();

    assertThat(compare(table, "trino.evolved")).isEqualTo(2);
    table(
        "trino.evolved",
        VersionOrder.OFFSET,
        nullable("id", Simple.LONG),
        nullable("name", Text.PLAIN),
        nullable("added", new FieldType.ArrayOf(Text.PLAIN)));
    assertThat(compare(table, "trino.evolved_latest")).isEqualTo(2);
  }

  @Test
  void analysts_write_tables_and_views_of_their_own_and_none_of_a_pipelines() {
    trino.query("CREATE SCHEMA lake.analysts");
    trino.query("CREATE TABLE lake.analysts.cuts AS SELECT id, title FROM lake.studio.movie");
    trino.query("INSERT INTO lake.analysts.cuts VALUES (7, 'mine')");
    trino.query("DELETE FROM lake.analysts.cuts WHERE id = 8");
    trino.query("UPDATE lake.analysts.cuts SET title = 'new' WHERE id = 7");
    trino.query("CREATE VIEW lake.analysts.seven AS SELECT * FROM lake.analysts.cuts WHERE id = 7");
    platform.capture("studio", "movie");
    assertThat(platform.apply(PIPELINE).status()).isEqualTo(200);

    assertThat(ids("analysts.seven")).containsExactly(7L);
    for (String harm :
        List.of(
            "INSERT INTO lake.studio.movie (id) VALUES (1)",
            "DELETE FROM lake.studio.movie",
            "TRUNCATE TABLE lake.studio.movie",
            "ALTER TABLE lake.studio.movie ADD COLUMN x integer",
            "ALTER TABLE lake.studio.movie RENAME TO lake.studio.film",
            "DROP TABLE lake.studio.movie",
            "DROP VIEW lake.studio.movie_latest",
            "CREATE OR REPLACE VIEW lake.studio.movie_latest AS SELECT 1 AS id")) {
      assertThatThrownBy(() -> trino.query(harm)).as(harm).isInstanceOf(RuntimeException.class);
    }
    trino.query("COMMENT ON TABLE lake.studio.movie IS 'films'");
    assertThat(lake.load(TableName.parse("studio.movie")).properties())
        .containsEntry("comment", "films");
    assertThat(ids("studio.movie_latest")).isEmpty();
    trino.query("DROP VIEW lake.analysts.seven");
    trino.query("DROP TABLE lake.analysts.cuts");
    trino.query("DROP SCHEMA lake.analysts");
    assertThat(lake.tables().toString().toLowerCase(Locale.ROOT)).doesNotContain("analysts");
  }

  private static final String PIPELINE =
      """
      apiVersion: backlot/v1
      kind: Connection
      name: studio
      owner: production
      type: postgresql
      config: {host: localhost, database: studio, user: backlot, password: {env: BACKLOT_SECRET_X}}
      tables: {include: [public.movie]}
      ---
      apiVersion: backlot/v1
      kind: Pipeline
      name: movies
      owner: tech
      state: paused
      steps:
        - {id: movies, source: studio.public.movie}
        - {id: w, sink: iceberg, from: movies, config: {table: studio.movie}}
      """;
}
