package dev.backlot.sink.iceberg;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.DateType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.FloatType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.VarBinaryType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.inmemory.InMemoryCatalog;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values at the edges of their types, written to Parquet and read by another engine. */
final class ParquetRowsTest {
  private static final LogicalType TEXT = VarCharType.STRING_TYPE;
  @TempDir private Path directory;

  @Test
  void timestampsKeepEveryMicrosecondToTheLimits() throws Exception {
    long[] micros = {
      Long.MIN_VALUE,
      Long.MIN_VALUE + 1,
      Long.MAX_VALUE,
      Long.MAX_VALUE - 1,
      0,
      -1,
      1,
      999,
      -999,
      -62_135_596_800_000_001L,
      -210_866_803_200_000_000L
    };
    List<Object> values = new ArrayList<>();
    for (long value : micros) {
      values.add(
          TimestampData.fromEpochMillis(
              Math.floorDiv(value, 1000L), (int) Math.floorMod(value, 1000L) * 1000));
    }

    assertThat(raw(new TimestampType(6), Types.TimestampType.withoutZone(), values))
        .containsExactly(boxed(micros));
    assertThat(raw(new LocalZonedTimestampType(6), Types.TimestampType.withZone(), values))
        .containsExactly(boxed(micros));
  }

  @Test
  void datesAndTimesKeepTheirLimits() throws Exception {
    assertThat(
            raw(
                new DateType(),
                Types.DateType.get(),
                List.of(Integer.MIN_VALUE, Integer.MAX_VALUE, 0, -719_529)))
        .containsExactly((long) Integer.MIN_VALUE, (long) Integer.MAX_VALUE, 0L, -719_529L);
    assertThat(
            read(
                new BigIntType(),
                Types.TimeType.get(),
                List.of(0L, 1L, 86_399_999_999L, 86_400_000_000L),
                "CAST(v AS VARCHAR)"))
        .containsExactly("00:00:00", "00:00:00.000001", "23:59:59.999999", "24:00:00");
  }

  @Test
  void infiniteDatesAndTimestampsReadAsInfinity() throws Exception {
    assertThat(
            read(
                new TimestampType(6),
                Types.TimestampType.withoutZone(),
                List.of(TimestampData.fromEpochMillis(Long.MAX_VALUE / 1000, 807_000)),
                "CAST(v AS VARCHAR)"))
        .containsExactly("infinity");
    assertThat(
            read(
                new DateType(),
                Types.DateType.get(),
                List.of(Integer.MAX_VALUE),
                "CAST(v AS VARCHAR)"))
        .containsExactly("infinity");
  }

  @Test
  void decimalsOfEveryWidthKeepEveryDigit() throws Exception {
    for (int[] type : new int[][] {{1, 0}, {9, 2}, {9, 9}, {10, 0}, {18, 4}, {19, 0}, {38, 10}}) {
      int precision = type[0];
      int scale = type[1];
      BigDecimal most =
          new BigDecimal(BigInteger.TEN.pow(precision).subtract(BigInteger.ONE), scale);
      List<BigDecimal> decimals =
          List.of(
              most,
              most.negate(),
              new BigDecimal(BigInteger.ZERO, scale),
              new BigDecimal(BigInteger.ONE, scale),
              new BigDecimal(BigInteger.ONE.negate(), scale));
      List<Object> values = new ArrayList<>();
      decimals.forEach(value -> values.add(DecimalData.fromBigDecimal(value, precision, scale)));

      assertThat(
              read(
                  new DecimalType(precision, scale),
                  Types.DecimalType.of(precision, scale),
                  values,
                  "v"))
          .containsExactlyElementsOf(decimals);
    }
  }

  @Test
  void textsAndBytesArriveUnchanged() throws Exception {
    String large = "Größe 🎬 'quoted' \"twice\" ".repeat(160_000);
    assertThat(large.getBytes(StandardCharsets.UTF_8).length).isGreaterThan(4_000_000);
    List<String> texts = Arrays.asList("", large, null, "\u0001\t\n", "e\u0301", "𝄞");
    List<Object> values = new ArrayList<>();
    texts.forEach(text -> values.add(text == null ? null : StringData.fromString(text)));

    assertThat(read(TEXT, Types.StringType.get(), values, "v")).containsExactlyElementsOf(texts);
    assertThat(
            read(
                new VarBinaryType(VarBinaryType.MAX_LENGTH),
                Types.BinaryType.get(),
                List.of(new byte[0], new byte[] {0, -1, 127}),
                "hex(v)"))
        .containsExactly("", "00FF7F");
  }

  @Test
  void textsThatSharePartsOfOneBufferArriveUnchanged() throws Exception {
    byte[] record = "onetwothree".getBytes(StandardCharsets.UTF_8);

    assertThat(
            read(
                TEXT,
                Types.StringType.get(),
                List.of(
                    StringData.fromBytes(record, 0, 3),
                    StringData.fromBytes(record, 3, 3),
                    StringData.fromBytes(record, 6, 5)),
                "v"))
        .containsExactly("one", "two", "three");
  }

  @Test
  void numbersKeepTheirLimits() throws Exception {
    assertThat(
            raw(
                new IntType(),
                Types.IntegerType.get(),
                List.of(Integer.MIN_VALUE, Integer.MAX_VALUE)))
        .containsExactly((long) Integer.MIN_VALUE, (long) Integer.MAX_VALUE);
    assertThat(raw(new BigIntType(), Types.LongType.get(), List.of(Long.MIN_VALUE, Long.MAX_VALUE)))
        .containsExactly(Long.MIN_VALUE, Long.MAX_VALUE);
    assertThat(
            read(
                new DoubleType(),
                Types.DoubleType.get(),
                List.of(Double.NaN, Double.NEGATIVE_INFINITY, Double.MIN_VALUE, -0.0),
                "CAST(v AS VARCHAR)"))
        .containsExactly("nan", "-inf", "5e-324", "-0.0");
    assertThat(
            read(
                new FloatType(),
                Types.FloatType.get(),
                List.of(Float.NaN, Float.MAX_VALUE),
                "CAST(v AS VARCHAR)"))
        .containsExactly("nan", "3.4028235e+38");
    assertThat(read(new BooleanType(), Types.BooleanType.get(), List.of(true, false), "v"))
        .containsExactly(true, false);
  }

  @Test
  void nestedValuesKeepTheirNulls() throws Exception {
    assertThat(
            read(
                new ArrayType(new DecimalType(20, 2)),
                Types.ListType.ofOptional(2, Types.DecimalType.of(20, 2)),
                Arrays.asList(
                    new GenericArrayData(
                        new Object[] {
                          DecimalData.fromBigDecimal(new BigDecimal("1.50"), 20, 2), null
                        }),
                    new GenericArrayData(new Object[0]),
                    null),
                "CAST(v AS VARCHAR)"))
        .containsExactly("[1.50, NULL]", "[]", null);
    assertThat(
            read(
                new MapType(TEXT, TEXT),
                Types.MapType.ofOptional(2, 3, Types.StringType.get(), Types.StringType.get()),
                Arrays.asList(
                    new GenericMapData(
                        Map.of(StringData.fromString("price"), StringData.fromString("NaN"))),
                    null),
                "v['price']"))
        .containsExactly("NaN", null);
    assertThat(
            read(
                RowType.of(
                    new LogicalType[] {new IntType(), new IntType(), new BigIntType()},
                    new String[] {"months", "days", "micros"}),
                Types.StructType.of(
                    Types.NestedField.optional(2, "months", Types.IntegerType.get()),
                    Types.NestedField.optional(3, "days", Types.IntegerType.get()),
                    Types.NestedField.optional(4, "micros", Types.LongType.get())),
                Arrays.asList(GenericRowData.of(-1, 31, Long.MAX_VALUE), null),
                "CAST(v AS VARCHAR)"))
        .containsExactly("{'months': -1, 'days': 31, 'micros': 9223372036854775807}", null);
  }

  private static Long[] boxed(long[] values) {
    return Arrays.stream(values).boxed().toArray(Long[]::new);
  }

  /** Returns the stored integers. */
  private List<Object> raw(LogicalType value, Type column, List<?> values) throws Exception {
    // DuckDB takes the extreme values for infinities, which have no number: read them untyped.
    List<Object> found = new RawParquet(write(value, column, values, false)).longs();
    assertThat(new RawParquet(write(value, column, values, true)).longs()).isEqualTo(found);
    return found;
  }

  private List<Object> read(LogicalType value, Type column, List<?> values, String expression)
      throws Exception {
    List<Object> found = query(write(value, column, values, false), expression);
    assertThat(query(write(value, column, values, true), expression)).isEqualTo(found);
    return found;
  }

  private static List<Object> query(Path file, String expression) throws Exception {
    try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
        ResultSet rows =
            duckdb
                .createStatement()
                .executeQuery("SELECT " + expression + " FROM '" + file + "'")) {
      List<Object> found = new ArrayList<>();
      while (rows.next()) {
        found.add(rows.getObject(1));
      }
      return found;
    }
  }

  /**
   * Writes rows of one column.
   *
   * @param exchanged whether the rows come as they do behind a network exchange
   */
  private Path write(LogicalType value, Type column, List<?> values, boolean exchanged)
      throws Exception {
    InMemoryCatalog catalog = new InMemoryCatalog();
    catalog.initialize("lake", Map.of());
    catalog.createNamespace(Namespace.of("n"));
    Table table =
        catalog.createTable(
            TableIdentifier.of("n", "t"), new Schema(Types.NestedField.optional(1, "v", column)));
    RowType rows = RowType.of(new LogicalType[] {value}, new String[] {"v"});
    ShapeCheck.check("t", rows, table.schema());
    RowDataSerializer serializer = new RowDataSerializer(rows);
    RowFiles files = new RowFiles(table, table.schema(), rows, 0);
    for (Object each : values) {
      GenericRowData row = GenericRowData.of(each);
      files.add(exchanged ? serializer.toBinaryRow(row) : row);
    }
    List<DataFile> closed = files.close();
    assertThat(closed).hasSize(1);
    assertThat(closed.get(0).recordCount()).isEqualTo(values.size());
    Path file = Files.createTempFile(directory, "values", ".parquet");
    try (var in = table.io().newInputFile(closed.get(0).location()).newStream()) {
      Files.write(file, in.readAllBytes());
    }
    return file;
  }
}
