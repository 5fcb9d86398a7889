package dev.backlot.warehouse.maintenance;

import static dev.backlot.schema.Field.nullable;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.FieldType.Simple;
import dev.backlot.schema.FieldType.Text;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.TableRequest;
import dev.backlot.warehouse.TableRequest.VersionOrder;
import dev.backlot.warehouse.TestLake;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;

/** Rows survive rewriting bit by bit, whatever their columns hold and however these changed. */
class ExactRewriteIT {
  private static final TestLake lake = TestLake.shared();
  private static int tables;

  static final Map<String, FieldType> TYPES = new LinkedHashMap<>();

  static {
    TYPES.put("flag", Simple.BOOLEAN);
    TYPES.put("small", Simple.INT);
    TYPES.put("large", Simple.LONG);
    TYPES.put("single", Simple.FLOAT);
    TYPES.put("dbl", Simple.DOUBLE);
    TYPES.put("dec9", new FieldType.Decimal(9, 2));
    TYPES.put("dec18", new FieldType.Decimal(18, 4));
    TYPES.put("dec38", new FieldType.Decimal(38, 10));
    TYPES.put("words", Text.PLAIN);
    TYPES.put("Words", Text.PLAIN);
    TYPES.put("bytes", Simple.BYTES);
    TYPES.put("day", Simple.DATE);
    TYPES.put("at", Simple.TIMESTAMP);
    TYPES.put("attz", Simple.TIMESTAMPTZ);
    TYPES.put("clock", Simple.TIME);
    TYPES.put("span", Simple.INTERVAL);
    TYPES.put("days", new FieldType.ArrayOf(Simple.DATE));
    TYPES.put("times", new FieldType.ArrayOf(Simple.TIMESTAMPTZ));
    TYPES.put("names", new FieldType.ArrayOf(Text.PLAIN));
    TYPES.put("spans", new FieldType.ArrayOf(Simple.INTERVAL));
    TYPES.put("decs", new FieldType.ArrayOf(new FieldType.Decimal(20, 3)));
    TYPES.put("odd \"name\", with 'quotes'", Simple.INT);
  }

  @Test
  void everyTypeKeepsItsBits() {
    for (List<String> key : List.of(List.of("id"), List.<String>of())) {
      Table table = table(key, TYPES);
      RawRows rows = new RawRows(table);
      List<Map<String, Object>> written = edges(table);
      for (int i = 0; i < written.size(); i += 3) {
        rows.append(written.subList(i, Math.min(i + 3, written.size())));
      }
      List<String> before = rows.read();

      MaintenanceReport report = maintain(table);

      assertThat(report.filesRewritten()).isGreaterThan(1);
      assertThat(report.after().files()).isEqualTo(1);
      assertThat(rows.read()).isEqualTo(before).hasSize(written.size());
      maintain(table);
      assertThat(rows.read()).as("a file that was rewritten before").isEqualTo(before);
    }
  }

  @Test
  void filesOfOlderSchemasBecomeOneOfTheNewest() {
    Table table =
        table(List.of("id"), Map.of("title", Text.PLAIN, "ids", new FieldType.ArrayOf(Simple.INT)));
    RawRows rows = new RawRows(table);
    rows.append(List.of(row(table, 1, Map.of("title", "one", "ids", List.of(1, 2)))));
    table.updateSchema().addColumn("added", Types.StringType.get()).commit();
    rows.append(List.of(row(table, 2, Map.of("title", "two", "added", "new"))));
    table
        .updateSchema()
        .renameColumn("title", "headline")
        .updateColumn("id", Types.LongType.get())
        .updateColumn("ids.element", Types.LongType.get())
        .commit();
    rows.append(
        List.of(
            row(
                table,
                1L << 40,
                Map.of("headline", "three", "ids", Arrays.asList(1L << 50, null)))));
    table.updateSchema().deleteColumn("added").commit();
    rows.append(List.of(row(table, 4L, Map.of("headline", "four"))));
    List<String> before = rows.read();

    MaintenanceReport report = maintain(table);

    assertThat(report.after().files()).isEqualTo(1);
    assertThat(rows.read()).isEqualTo(before);
  }

  /** Returns rows with the limits of every type, and one with nothing but a key. */
  static List<Map<String, Object>> edges(Table table) {
    Map<String, List<Object>> values = new HashMap<>();
    values.put("flag", List.of(true, false));
    values.put("small", List.of(Integer.MIN_VALUE, Integer.MAX_VALUE, 0));
    values.put("large", List.of(Long.MIN_VALUE, Long.MAX_VALUE, 0L));
    values.put(
        "single",
        List.of(
            Float.NaN,
            -0.0f,
            Float.NEGATIVE_INFINITY,
            Float.MIN_VALUE,
            Float.intBitsToFloat(0x7fc00001)));
    values.put(
        "dbl",
        List.of(
            Double.NaN,
            -0.0,
            Double.POSITIVE_INFINITY,
            Double.MIN_VALUE,
            Double.longBitsToDouble(0x7ff8000000000123L)));
    values.put("dec9", decimals(9, 2));
    values.put("dec18", decimals(18, 4));
    values.put("dec38", decimals(38, 10));
    values.put("words", List.of("", "a\0b", "\uD83D\uDE00\u00e9", "x".repeat(100_000), "'\"\\"));
    values.put("Words", List.of("other case"));
    values.put(
        "bytes",
        List.of(ByteBuffer.wrap(new byte[0]), ByteBuffer.wrap(new byte[] {0, -1, 127, -128})));
    values.put("day", List.of(Integer.MIN_VALUE, Integer.MAX_VALUE, -719_529, 0));
    List<Object> micros =
        List.of(Long.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE + 1, -62_135_596_800_000_001L, -1L);
    values.put("at", micros);
    values.put("attz", micros);
    values.put("clock", List.of(0L, 86_399_999_999L, 86_400_000_000L));
    Types.StructType span = table.schema().findType("span").asStructType();
    values.put("span", List.of(span(span, -1, 31, Long.MIN_VALUE), span(span, null, 0, null)));
    values.put(
        "days", List.of(List.of(), Arrays.asList(Integer.MAX_VALUE, null, Integer.MIN_VALUE)));
    values.put("times", List.of(Arrays.asList(Long.MAX_VALUE, Long.MIN_VALUE, null)));
    values.put("names", List.of(Arrays.asList("", null, "null"), Collections.singletonList(null)));
    Types.StructType inner = table.schema().findType("spans.element").asStructType();
    values.put("spans", List.of(Arrays.asList(span(inner, 1, 2, 3L), null)));
    values.put("decs", List.of(Arrays.asList(new BigDecimal("-99999999999999999.999"), null)));
    values.put("odd \"name\", with 'quotes'", List.of(7));
    values.put("_exact", List.of(Map.of("dec9", "NaN"), Map.of()));
    int most = values.values().stream().mapToInt(List::size).max().orElseThrow();
    List<Map<String, Object>> rows = new java.util.ArrayList<>();
    rows.add(row(table, -1, Map.of()));
    for (int i = 0; i < most; i++) {
      Map<String, Object> row = new HashMap<>();
      for (Map.Entry<String, List<Object>> column : values.entrySet()) {
        if (i < column.getValue().size()) {
          row.put(column.getKey(), column.getValue().get(i));
        }
      }
      rows.add(row(table, i, row));
    }
    return rows;
  }

  private static List<Object> decimals(int precision, int scale) {
    BigDecimal most = new BigDecimal(BigInteger.TEN.pow(precision).subtract(BigInteger.ONE), scale);
    return List.of(most, most.negate(), new BigDecimal(BigInteger.ONE, scale));
  }

  private static StructLike span(Types.StructType type, Integer months, Integer days, Long micros) {
    GenericRecord span = GenericRecord.create(type);
    span.set(0, months);
    span.set(1, days);
    span.set(2, micros);
    return span;
  }

  static Map<String, Object> row(Table table, Object id, Map<String, Object> values) {
    Map<String, Object> row = new HashMap<>(values);
    row.put("id", id);
    row.put("_op", "u");
    row.put("_ts", 1_700_000_000_000_000L);
    row.put("_source", "studio.public.movie");
    row.put("_source_position", "0");
    row.put("_source_ts", 1_700_000_000_000_000L);
    row.put("_epoch", 1);
    row.put("_partition", 0);
    row.put("_offset", ((Number) id).longValue());
    return row;
  }

  static Table table(List<String> key, Map<String, FieldType> types) {
    TableName name = new TableName("exact", "table_" + ++tables);
    List<Field> fields = new java.util.ArrayList<>();
    fields.add(nullable("id", Simple.INT));
    types.forEach((column, type) -> fields.add(nullable(column, type)));
    lake.catalog().ensure(new TableRequest(name, fields, key, VersionOrder.OFFSET, "test"));
    return lake.catalog().load(name);
  }

  private static MaintenanceReport maintain(Table table) {
    return new TableMaintenance(
            lake.catalog(),
            new NotedDeletions(),
            MaintenanceSettings.DEFAULT,
            lake.directory().resolve("scratch-exact"),
            "",
            Clock.systemUTC())
        .run(
            new TableName("exact", "table_" + tables),
            EnumSet.of(Work.COMPACT),
            MaintenanceState.NEW);
  }
}
