package dev.backlot.warehouse.query;

import static dev.backlot.schema.Field.nullable;
import static dev.backlot.warehouse.TestLake.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemException;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.FieldType.Simple;
import dev.backlot.schema.FieldType.Text;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.TestLake;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class QueryServiceIT {
  private static final Field ID = nullable("id", Simple.INT);
  private static final Field TITLE = nullable("title", Text.PLAIN);

  private static final TestLake lake = TestLake.shared();
  private static Queries queries;
  private static QueryService service;

  @BeforeAll
  static void start() {
    queries = new Queries(lake, 3);
    service = queries.service();
  }

  @AfterAll
  static void stop() {
    queries.close();
  }

  @Test
  void aTableIsReadAcrossEvolutionByFieldId() {
    TableName name = lake.table("q.evolved", List.of("id"), ID, TITLE);
    lake.append(name, row("c", 1, "id", 1, "title", "Alien"));
    lake.catalog().load(name).updateSchema().renameColumn("title", "naam").commit();
    lake.catalog()
        .load(name)
        .updateSchema()
        .addColumn("title", Types.StringType.get())
        .updateColumn("id", Types.LongType.get())
        .commit();
    lake.append(name, row("c", 2, "id", 2L, "naam", "Brazil", "title", "new"));

    assertThat(rows("SELECT id, naam, title FROM q.evolved ORDER BY id"))
        .containsExactly("[1,\"Alien\",null]", "[2,\"Brazil\",\"new\"]");
    assertThat(rows("SELECT lake.q.evolved.id FROM lake.q.evolved WHERE evolved.id = 2"))
        .containsExactly("[2]");
  }

  @Test
  void anEmptyTableHasColumnsAndNoRows() {
    lake.table("q.empty", List.of("id"), ID, nullable("t", Simple.TIME));

    try (QueryResult result = queries.query("SELECT * FROM q.empty_latest")) {
      assertThat(result.columns().stream().map(c -> c.name() + " " + c.type()).limit(3))
          .containsExactly("id INTEGER", "t TIME", "_op VARCHAR");
      assertThat(result.next()).isEmpty();
    }
    assertThat(rows("SELECT count(*) FROM q.empty")).containsExactly("[0]");
  }

  @Test
  void aQuerySeesTheNewestCommit() {
    TableName name = lake.table("q.fresh", List.of("id"), ID);
    for (int i = 1; i <= 3; i++) {
      lake.append(name, row("c", i, "id", i));
      assertThat(rows("SELECT count(*) FROM q.fresh")).containsExactly("[" + i + "]");
    }
  }

  @Test
  void latestShowsTheNewestLiveVersionOfEachKey() {
    TableName name = lake.table("q.versions", List.of("id"), ID, TITLE);
    lake.append(
        name,
        row("r", 1, "id", 1, "title", "dumped"),
        row("u", 5, "id", 1, "title", "newest"),
        row("c", 2, "id", 2, "title", "deleted later"),
        row("c", 9, "id", 3, "title", "again"));
    lake.append(
        name,
        row("u", 4, "id", 1, "title", "late, but older"),
        row("d", 6, "id", 2),
        row("d", 8, "id", 3));

    assertThat(rows("SELECT id, title FROM q.versions_latest ORDER BY id"))
        .containsExactly("[1,\"newest\"]", "[3,\"again\"]");
  }

  @Test
  void aTruncationEndsWhatPrecedesItInItsPartition() {
    TableName name = lake.table("q.truncated", List.of("id"), ID);
    lake.append(
        name,
        row("c", 1, "id", 1),
        row("t", 5),
        row("c", 6, "id", 2),
        row("c", 3, "id", 3, "_partition", 1),
        row("c", 2, "id", 4, "_source", "studio.public.other"));

    assertThat(rows("SELECT id FROM q.truncated_latest ORDER BY id"))
        .containsExactly("[2]", "[3]", "[4]");
  }

  @Test
  void aTruncationIsSeenByTheNextQuery() {
    TableName name = lake.table("q.emptied", List.of("id"), ID);
    lake.append(name, row("c", 1, "id", 1));
    assertThat(rows("SELECT id FROM q.emptied_latest")).containsExactly("[1]");

    lake.append(name, row("t", 2));

    assertThat(rows("SELECT id FROM q.emptied_latest")).isEmpty();
    assertThat(rows("SELECT count(*) FROM q.emptied")).containsExactly("[2]");
  }

  @Test
  void aHigherEpochEndsTheLowerOnesOfItsSource() {
    TableName name = lake.table("q.epochs", List.of("id"), ID);
    lake.append(
        name,
        row("c", 100, "id", 1),
        row("c", 101, "id", 2),
        row("c", 102, "id", 2, "_source", "studio.public.other"),
        row("r", 1, "id", 2, "_epoch", 2));

    assertThat(rows("SELECT id, _epoch FROM q.epochs_latest ORDER BY _epoch"))
        .containsExactly("[2,1]", "[2,2]");
  }

  @Test
  void aSharedKeyTakesTheNewestByTimeThatIsLiveInItsSource() {
    TableName name = TableName.parse("q.shared");
    lake.catalog()
        .ensure(
            new dev.backlot.warehouse.TableRequest(
                name,
                List.of(ID, TITLE),
                List.of("id"),
                dev.backlot.warehouse.TableRequest.VersionOrder.TIME,
                "test"));
    lake.append(
        name,
        row("c", 10, "id", 1, "title", "older by time", "_source", "a.b.c"),
        row("c", 2, "id", 1, "title", "newer by time", "_ts", time(99), "_source", "x.y.z"),
        row("c", 3, "id", 2, "title", "alive", "_ts", time(5), "_source", "a.b.c"),
        row("c", 3, "id", 2, "title", "truncated", "_ts", time(50), "_source", "t.t.t"),
        row("t", 4, "_source", "t.t.t"));

    assertThat(rows("SELECT id, title FROM q.shared_latest ORDER BY id"))
        .containsExactly("[1,\"newer by time\"]", "[2,\"alive\"]");
  }

  @Test
  void aTableWithoutKeyShowsEveryRow() {
    TableName name = lake.table("q.keyless", List.of(), ID);
    lake.append(name, row("c", 1, "id", 1), row("c", 2, "id", 1));

    assertThat(rows("SELECT id FROM q.keyless_latest")).containsExactly("[1]", "[1]");
  }

  @Test
  void rowsWithoutKeysAreCountedByTheirValues() {
    TableName name =
        lake.table(
            "q.counted", List.of(), ID, nullable("t", Text.PLAIN), nullable("f", Simple.DOUBLE));
    lake.append(
        name,
        row("d", 1, "id", 2, "t", "late", "f", null),
        row("c", 2, "id", 1, "t", "x", "f", Double.NaN),
        row("r", 3, "id", 1, "t", "x", "f", Double.NaN),
        row("c", 4, "id", null, "t", null, "f", null),
        row("c", 5, "id", null, "t", null, "f", null));
    lake.append(
        name,
        row("d", 6, "id", 1, "t", "x", "f", Double.NaN),
        row("r", 7, "id", 2, "t", "late", "f", null),
        row("d", 8, "id", null, "t", null, "f", null));

    assertThat(rows("SELECT id, t, _offset FROM q.counted_latest ORDER BY id"))
        .containsExactly("[1,\"x\",3]", "[null,null,5]");

    lake.append(name, row("t", 9), row("c", 10, "id", 3, "t", "y", "f", null));

    assertThat(rows("SELECT id FROM q.counted_latest")).containsExactly("[3]");
  }

  @Test
  void valuesLookAsPostgresWritesThem() {
    TableName name =
        lake.table(
            "q.\"values\"",
            List.of("id"),
            ID,
            nullable("big", Simple.LONG),
            nullable("f", Simple.FLOAT),
            nullable("d", Simple.DOUBLE),
            nullable("dec", new FieldType.Decimal(38, 4)),
            nullable("num", Text.NUMERIC),
            nullable("b", Simple.BOOLEAN),
            nullable("bin", Simple.BYTES),
            nullable("js", Text.JSON),
            nullable("u", Simple.UUID),
            nullable("da", Simple.DATE),
            nullable("ts", Simple.TIMESTAMP),
            nullable("tz", Simple.TIMESTAMPTZ),
            nullable("t", Simple.TIME),
            nullable("iv", Simple.INTERVAL),
            nullable("ints", new FieldType.ArrayOf(Simple.INT)),
            nullable("times", new FieldType.ArrayOf(Simple.TIME)),
            nullable("stamps", new FieldType.ArrayOf(Simple.TIMESTAMPTZ)),
            nullable("bins", new FieldType.ArrayOf(Simple.BYTES)),
            nullable("decs", new FieldType.ArrayOf(new FieldType.Decimal(10, 2))));
    lake.append(
        name,
        row(
            "c",
            1,
            "id",
            1,
            "big",
            Long.MAX_VALUE,
            "f",
            0.1f,
            "d",
            Double.NaN,
            "dec",
            new BigDecimal("9999999999999999999999999999999999.9999"),
            "num",
            "1e-50",
            "b",
            true,
            "bin",
            ByteBuffer.wrap(new byte[] {0, (byte) 0xff}),
            "js",
            "{\"a\": 1}",
            "u",
            "77732b99-e9f4-4ad8-9f9f-a323680fd49f",
            "da",
            LocalDate.of(-43, 3, 15),
            "ts",
            LocalDateTime.of(2024, 2, 29, 12, 30, 45, 120_000_000),
            "tz",
            OffsetDateTime.of(-43, 3, 15, 1, 2, 3, 4000, ZoneOffset.UTC),
            "t",
            86_400_000_000L,
            "iv",
            interval(1, -2, 3L),
            "ints",
            list(1, null, -3),
            "times",
            list(86_400_000_000L, null, 3_723_000_001L),
            "stamps",
            list(OffsetDateTime.of(-43, 3, 15, 1, 2, 3, 0, ZoneOffset.UTC), null),
            "bins",
            list(ByteBuffer.wrap(new byte[] {1}), null),
            "decs",
            list(new BigDecimal("1.50"), null)),
        row(
            "c",
            2,
            "id",
            2,
            "big",
            Long.MIN_VALUE,
            "f",
            Float.NEGATIVE_INFINITY,
            "d",
            1e300,
            "num",
            "NaN",
            "da",
            LocalDate.ofEpochDay(Integer.MAX_VALUE),
            "ts",
            micros(Long.MIN_VALUE),
            "tz",
            micros(Long.MAX_VALUE).atOffset(ZoneOffset.UTC),
            "t",
            1L,
            "js",
            "",
            "ints",
            list()),
        row("c", 3, "id", 3, "da", LocalDate.ofEpochDay(Integer.MIN_VALUE), "d", -0.0));

    assertThat(
            rows("SELECT * EXCLUDE (_ts, _source_ts) FROM q.\"values\" ORDER BY id").stream()
                .map(r -> r.replaceAll(",\"[crud]\",\"studio.*", "")))
        .containsExactly(
            "[1,9223372036854775807,0.1,\"NaN\",9999999999999999999999999999999999.9999,\"1e-50\",true,"
                + "\"00ff\",\"{\\\"a\\\": 1}\",\"77732b99-e9f4-4ad8-9f9f-a323680fd49f\",\"0044-03-15 BC\","
                + "\"2024-02-29 12:30:45.12\",\"0044-03-15 01:02:03.000004+00 BC\",\"24:00:00\","
                + "{\"months\":1,\"days\":-2,\"micros\":3},[1,null,-3],"
                + "[\"24:00:00\",null,\"01:02:03.000001\"],[\"0044-03-15 01:02:03+00 BC\",null],"
                + "[\"01\",null],[1.50,null]",
            "[2,-9223372036854775808,\"-Infinity\",1.0E300,null,\"NaN\",null,null,\"\",null,\"infinity\","
                + "\"-infinity\",\"infinity\",\"00:00:00.000001\",null,[],null,null,null,null",
            "[3,null,null,-0.0,null,null,null,null,null,null,\"-infinity\",null,null,null,null,null,null,"
                + "null,null,null");
    assertThat(rows("SELECT t FROM q.\"values\" WHERE t = TIME '24:00:00'"))
        .containsExactly("[\"24:00:00\"]");
    assertThat(rows("SELECT ts - TIMESTAMP '2024-02-28' AS i FROM q.\"values\" WHERE id = 1"))
        .containsExactly("[{\"months\":0,\"days\":1,\"micros\":45045120000}]");
  }

  @Test
  void exactTextsArePutBackIntoTheirColumns() {
    TableName name =
        lake.table(
            "q.exact",
            List.of("id"),
            ID,
            nullable("price", new FieldType.Decimal(10, 2)),
            nullable("Grid.1", new FieldType.ArrayOf(Simple.INT)));
    lake.append(
        name,
        row("c", 1, "id", 1, "price", new BigDecimal("1.50")),
        row("c", 2, "id", 2, "_exact", Map.of("price", "NaN", "Grid.1", "{{1,2},{3,4}}")));

    String expected = "[2,\"NaN\",\"{{1,2},{3,4}}\"";
    assertThat(rows("SELECT id, price, \"Grid.1\" FROM q.exact ORDER BY id"))
        .containsExactly("[1,1.50,null]", expected + "]");
    assertThat(rows("SELECT * FROM q.exact_latest ORDER BY 1 DESC").get(0)).startsWith(expected);
    assertThat(rows("SELECT m.* EXCLUDE (id), m.id AS n FROM q.exact m WHERE id = 2").get(0))
        .startsWith("[\"NaN\",\"{{1,2},{3,4}}\",\"c\"")
        .endsWith(",2]");
    assertThat(
            rows(
                "SELECT a.price, b.price FROM q.exact a JOIN q.exact_latest b ON a.id + 1 = b.id"
                    + " WHERE b.price IS NULL LIMIT 5"))
        .containsExactly("[1.50,\"NaN\"]");
    assertThat(rows("SELECT max(price) FROM q.exact")).containsExactly("[1.50]");
    assertThat(rows("SELECT _exact['price'] FROM q.exact WHERE price IS NULL"))
        .containsExactly("[\"NaN\"]");
    assertThat(rows("SELECT price FROM q.exact GROUP BY price ORDER BY price NULLS LAST"))
        .containsExactly("[1.50]", "[null]");
  }

  @Test
  void namesWithQuotesSpacesCapitalsAndDotsWork() {
    String[] columns = {
      "Mixed Case",
      "we\"ird",
      "it's",
      "a.b",
      "Übung",
      "id",
      "ID",
      "Id",
      "select",
      "c1",
      "x{y}",
      "né\n"
    };
    Field[] fields = new Field[columns.length];
    Object[] values = new Object[columns.length * 2];
    for (int i = 0; i < columns.length; i++) {
      fields[i] = nullable(columns[i], Text.PLAIN);
      values[2 * i] = columns[i];
      values[2 * i + 1] = "v" + i + "😀'\"\\\u0001";
    }
    TableName name =
        lake.table("\"My space\".\"Ta.ble 'x' [1]*\"", List.of("ID", "we\"ird"), fields);
    lake.append(name, row("c", 1, values), row("u", 2, values));

    try (QueryResult result =
        service.query(
            "SELECT * FROM \"My space\".\"Ta.ble 'x' [1]*_latest\"",
            QueryLimits.DEFAULT,
            RowShape.OBJECT)) {
      assertThat(result.columns().stream().map(QueryColumn::name).limit(columns.length))
          .containsExactly(
              "Mixed Case",
              "we\"ird",
              "it's",
              "a.b",
              "Übung",
              "id",
              "ID_2",
              "Id_3",
              "select",
              "c1",
              "x{y}",
              "né\n");
      List<JsonNode> rows = result.toList();
      assertThat(rows).hasSize(1);
      assertThat(rows.get(0).get("ID_2").asText()).isEqualTo("v6😀'\"\\\u0001");
      assertThat(rows.get(0).get("x{y}").asText()).startsWith("v10");
    }
  }

  @Test
  void tablesThatDifferOnlyByCaseHaveANumber() {
    lake.append(lake.table("q.Twin", List.of("id"), ID), row("c", 1, "id", 1));
    lake.append(lake.table("q.twin", List.of("id"), ID), row("c", 1, "id", 2));

    assertThat(rows("SELECT a.id, b.id FROM q.\"Twin\" a, q.twin_2 b")).containsExactly("[1,2]");
    assertThat(rows("SELECT id FROM Q.TWIN_LATEST")).containsExactly("[1]");
  }

  @Test
  void largeTextsArriveIntact() {
    String large = "Ω\"\n".repeat(1_400_000);
    TableName name = lake.table("q.large", List.of("id"), ID, TITLE);
    lake.append(name, row("c", 1, "id", 1, "title", large), row("c", 2, "id", 2, "title", ""));

    try (QueryResult result = queries.query("SELECT title FROM q.large ORDER BY id")) {
      List<JsonNode> rows = result.toList();
      assertThat(rows.get(0).get(0).asText()).isEqualTo(large);
      assertThat(rows.get(1).get(0).asText()).isEmpty();
    }
  }

  @Test
  void resultsComeAsRowsDocumentOrCsv() throws Exception {
    String sql = "SELECT 1 AS a, 'x,\"y\"' AS a, NULL AS b, '' AS c, [1, NULL] AS d";

    assertThat(written(sql, RowShape.OBJECT, QueryResult::writeRows))
        .isEqualTo("[\n{\"a\":1,\"a_2\":\"x,\\\"y\\\"\",\"b\":null,\"c\":\"\",\"d\":[1,null]}\n]");
    assertThat(written("SELECT 1 WHERE false", RowShape.OBJECT, QueryResult::writeRows))
        .isEqualTo("[]");
    assertThat(written("SELECT 7 AS n", RowShape.ARRAY, QueryResult::writeDocument))
        .isEqualTo("{\"columns\":[{\"name\":\"n\",\"type\":\"INTEGER\"}],\"rows\":[\n[7]\n]}");
    assertThat(written(sql, RowShape.ARRAY, QueryResult::writeCsv))
        .isEqualTo("a,a_2,b,c,d\r\n1,\"x,\"\"y\"\"\",,\"\",\"[1,null]\"\r\n");
  }

  @Test
  void everyWayOutOfTheWarehouseIsClosed() {
    List<String> attempts =
        List.of(
            "SELECT * FROM read_csv('/etc/passwd')",
            "SELECT * FROM read_text('" + lake.directory() + "/warehouse/q/x')",
            "SELECT * FROM '/etc/passwd'",
            "SELECT * FROM read_parquet('/tmp/x.parquet')",
            "SELECT * FROM glob('/*')",
            "SELECT (SELECT content FROM read_text('/etc/passwd'))",
            "WITH x AS (SELECT * FROM read_blob('/etc/passwd')) SELECT * FROM x",
            "SELECT * FROM query('SELECT 1')",
            "SELECT * FROM query_table('q.values')",
            "SELECT * FROM duckdb_settings()",
            "SELECT * FROM duckdb_secrets()",
            "SELECT * FROM information_schema.tables",
            "SELECT * FROM pg_catalog.pg_class",
            "SHOW TABLES",
            "COPY (SELECT 1) TO '/tmp/backlot-escape.csv'",
            "ATTACH '/tmp/backlot-escape.db'",
            "INSTALL httpfs",
            "LOAD httpfs",
            "SET memory_limit = '100GB'",
            "PRAGMA memory_limit = '100GB'",
            "RESET lock_configuration",
            "CREATE TABLE x AS SELECT 1",
            "DROP VIEW lake.q.values",
            "INSERT INTO q.values VALUES (1)",
            "CALL pragma_version()",
            "EXPORT DATABASE '/tmp/backlot-escape'",
            "SELECT 1; SELECT 2",
            "SELECT 1; SET threads = 1",
            "EXPLAIN ANALYZE SELECT 1");
    for (String sql : attempts) {
      assertThatThrownBy(() -> rows(sql)).as(sql).isInstanceOf(ProblemException.class);
    }
    assertThat(rows("SELECT count(*) FROM range(3)")).containsExactly("[3]");
  }

  @Test
  void errorsHaveAPlaceAndASuggestion() {
    lake.append(lake.table("q.suggest", List.of("id"), ID, TITLE), row("c", 1, "id", 1));

    assertThat(problem("SELECT 'é',\n  titel FROM q.suggest").toString())
        .isEqualTo(
            "2:3: Cannot run query: there is no column \"titel\". Did you mean"
                + " \"title\"? [QUERY_INVALID]");
    assertThat(problem("SELECT *\nFROM q.sugest").toString())
        .isEqualTo(
            "2:6: Cannot query table 'q.sugest': there is no such table. Did you mean q.suggest?"
                + " [QUERY_INVALID]");
    assertThat(problem("SELECT * FROM suggest").message()).contains("Did you mean q.suggest");
    assertThat(problem("SELEC 1").toString())
        .isEqualTo("1:1: Cannot run query: syntax error at or near \"SELEC\". [QUERY_INVALID]");
    assertThat(problem("SELECT 'a'::INTEGER").toString())
        .isEqualTo(
            "1:11: Cannot run query: could not convert string 'a' to INT32. [QUERY_INVALID]");
    assertThat(problems("SELECT * FROM q.no1, q.no2, read_csv('x')")).hasSize(3);
    assertThat(problem("  ").message()).contains("it is empty");
    assertThat(
            problem(
                    "SELECT CASE WHEN range = 400000 THEN error('late') ELSE range END FROM range(500000)")
                .message())
        .contains("late");
  }

  @Test
  void tablesAreListedWithTheirSize() {
    TableName name = lake.table("q.listed", List.of("id"), ID, TITLE);
    lake.append(name, row("c", 1, "id", 1), row("u", 2, "id", 1, "title", "x"));

    TableSummary summary =
        service.tables().stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();

    assertThat(summary.rows()).isEqualTo(2);
    assertThat(summary.files()).isEqualTo(1);
    assertThat(summary.bytes()).isPositive();
    assertThat(summary.snapshot()).isPresent();
    assertThat(summary.view()).contains(name.latest());
    assertThat(summary.key()).containsExactly("id");
    assertThat(summary.pipeline()).contains("test");
    try (QueryResult sample = service.sample(name, 1, RowShape.OBJECT)) {
      assertThat(sample.toList().get(0).get("title").asText()).isEqualTo("x");
    }
  }

  private interface Writing {
    void write(QueryResult result, java.io.OutputStream out) throws java.io.IOException;
  }

  private static String written(String sql, RowShape shape, Writing writing) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (QueryResult result = service.query(sql, QueryLimits.DEFAULT, shape)) {
      writing.write(result, out);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static List<String> rows(String sql) {
    return queries.rows(sql);
  }

  private static List<Problem> problems(String sql) {
    try {
      rows(sql);
    } catch (ProblemException e) {
      return e.problems();
    }
    throw new AssertionError("It ran: " + sql);
  }

  private static Problem problem(String sql) {
    assertThat(problems(sql)).hasSize(1);
    return problems(sql).get(0);
  }

  private static OffsetDateTime time(int seconds) {
    return OffsetDateTime.of(2030, 1, 1, 0, 0, seconds % 60, 0, ZoneOffset.UTC)
        .plusMinutes(seconds / 60);
  }

  private static LocalDateTime micros(long micros) {
    return LocalDateTime.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L),
        (int) Math.floorMod(micros, 1_000_000L) * 1000,
        ZoneOffset.UTC);
  }

  private static GenericRecord interval(int months, int days, long micros) {
    GenericRecord record =
        GenericRecord.create(
            Types.StructType.of(
                Types.NestedField.optional(1, "months", Types.IntegerType.get()),
                Types.NestedField.optional(2, "days", Types.IntegerType.get()),
                Types.NestedField.optional(3, "micros", Types.LongType.get())));
    record.setField("months", months);
    record.setField("days", days);
    record.setField("micros", micros);
    return record;
  }

  private static List<Object> list(Object... elements) {
    return java.util.Arrays.asList(elements);
  }
}
