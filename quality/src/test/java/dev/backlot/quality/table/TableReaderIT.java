package dev.backlot.quality.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.embedded.PostgresServer;
import dev.backlot.model.audit.AuditAnswer.Scope;
import dev.backlot.quality.mapping.TableMapping.ByPosition;
import dev.backlot.quality.mapping.TableMapping.Column;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.LakeSettings;
import dev.backlot.warehouse.LocalFileIO;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.TableRequest;
import dev.backlot.warehouse.TableRequest.VersionOrder;
import dev.backlot.warehouse.query.QueryService;
import dev.backlot.warehouse.query.QuerySettings;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

/** What a table holds below offsets, in every kind of scope, as canonical texts. */
class TableReaderIT {
  private static final OffsetDateTime NOW =
      OffsetDateTime.of(2026, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);
  private static final TableName TABLE = new TableName("read", "schedule");
  private static final ByPosition MAPPING =
      new ByPosition(
          "p",
          TABLE.toString(),
          "s.public.schedule",
          "topic",
          1,
          2,
          List.of(column("unit", "text"), column("day", "date")),
          List.of(
              column("call", "time"),
              column("fee", "decimal(5,2)"),
              column("ratio", "float"),
              column("at", "timestamptz"),
              column("tags", "array<int>")),
          List.of(),
          "");
  private static final Scope ALL = new Scope(false, List.of(), List.of(), "");

  private static PostgresServer postgres;
  private static Path directory;
  private static LakeCatalog lake;
  private static QueryService queries;
  private static TableReader reader;

  @BeforeAll
  static void start() throws IOException {
    postgres = PostgresServer.temporary().start();
    directory = Files.createTempDirectory("reader-");
    lake =
        LakeCatalog.open(
            new LakeSettings(
                postgres.jdbcUrl(),
                postgres.user(),
                postgres.password(),
                "file://" + directory + "/warehouse"));
    List<Field> fields = new ArrayList<>();
    for (Column column : MAPPING.compared()) {
      // The table's column is wider than the Source's.
      FieldType type = column.table().equals("ratio") ? FieldType.Simple.DOUBLE : column.type();
      fields.add(Field.nullable(column.table(), type));
    }
    lake.ensure(new TableRequest(TABLE, fields, List.of("unit", "day"), VersionOrder.OFFSET, "p"));
    queries =
        new QueryService(
            lake,
            new QuerySettings("", directory.resolve("query"), 1, 256, 1, Duration.ofMinutes(1)));
    reader = new TableReader(lake, queries);
    append(
        row("c", 0, 0, "a", LocalDate.of(2026, 1, 1), "fee", new BigDecimal("1.50")),
        row("c", 1, 0, "b'", LocalDate.of(-43, 3, 15), "call", 86_400_000_000L),
        row("c", 0, 1, "a", LocalDate.of(2026, 1, 2), "_exact", Map.of("fee", "NaN")),
        row("c", 1, 1, "ü", LocalDate.of(2026, 1, 1), "ratio", (double) 0.1f),
        row("u", 0, 2, "a", LocalDate.of(2026, 1, 1), "tags", Arrays.asList(1, null)),
        row("d", 1, 2, "ü", LocalDate.of(2026, 1, 1)),
        row("c", 1, 3, "ü", LocalDate.of(2026, 1, 1), "ratio", (double) 0.1f),
        row("u", 0, 3, "a", LocalDate.of(2026, 1, 2), "at", NOW.plusNanos(500_000_000)),
        row("u", 0, 9, "a", LocalDate.of(2026, 1, 2)));
  }

  @AfterAll
  static void stop() {
    queries.close();
    lake.close();
    postgres.close();
    new LocalFileIO().deletePrefix("file://" + directory);
  }

  @Test
  void the_newest_version_below_the_offsets_counts() {
    assertThat(latest(ALL, 3, 3))
        .containsExactlyInAnyOrder(
            Arrays.asList("a", "2026-01-01", null, null, null, null, "[1:1,~]"),
            Arrays.asList("b'", "0044-03-15 BC", "24:00:00", null, null, null, "[]"),
            Arrays.asList("a", "2026-01-02", null, "NaN", null, null, "[]"));
    assertThat(latest(ALL, 4, 4))
        .containsExactlyInAnyOrder(
            Arrays.asList("a", "2026-01-01", null, null, null, null, "[1:1,~]"),
            Arrays.asList("b'", "0044-03-15 BC", "24:00:00", null, null, null, "[]"),
            Arrays.asList("a", "2026-01-02", null, null, null, "2026-01-01 00:00:00.5+00", "[]"),
            Arrays.asList("ü", "2026-01-01", null, null, "0.1", null, "[]"));
  }

  @Test
  void a_range_ends_with_its_last_key() {
    Scope first = new Scope(false, List.of(), List.of("a", "2026-01-01"), "");
    Scope middle = new Scope(false, List.of("a", "2026-01-01"), List.of("b'", "0044-03-15 BC"), "");
    Scope last = new Scope(false, List.of("b'", "0044-03-15 BC"), List.of(), "");

    assertThat(keys(first)).containsExactly("a 2026-01-01");
    assertThat(keys(middle)).containsExactlyInAnyOrder("a 2026-01-02", "b' 0044-03-15 BC");
    assertThat(keys(last)).containsExactly("ü 2026-01-01");
  }

  @Test
  void parts_by_hash_divide_the_keys() {
    List<String> all = new ArrayList<>();
    for (String digit : "0123456789abcdef".split("")) {
      all.addAll(keys(new Scope(false, List.of(), List.of(), digit)));
    }

    assertThat(all)
        .containsExactlyInAnyOrder(
            "a 2026-01-01", "a 2026-01-02", "b' 0044-03-15 BC", "ü 2026-01-01");
  }

  @Test
  void versions_above_the_offsets_are_known() {
    List<List<String>> keys = List.of(List.of("a", "2026-01-01"), List.of("a", "2026-01-02"));

    Set<List<String>> newer = reader.newer(MAPPING, keys, List.of(4L, 4L));

    assertThat(newer).containsExactly(List.of("a", "2026-01-02"));
    assertThat(reader.versions(MAPPING, keys)).hasSize(5);
    assertThat(reader.isUnsettled(MAPPING, List.of(4L, 4L))).isFalse();
  }

  private static List<List<String>> latest(Scope scope, long... offsets) {
    List<List<String>> rows = new ArrayList<>();
    reader.latest(MAPPING, scope, List.of(), Arrays.stream(offsets).boxed().toList(), 0, rows::add);
    return rows;
  }

  private static List<String> keys(Scope scope) {
    return latest(scope, 4, 4).stream().map(row -> row.get(0) + " " + row.get(1)).toList();
  }

  private static Column column(String name, String type) {
    return new Column(name, name, FieldType.parse(type));
  }

  private static Map<String, Object> row(
      String op, int partition, long offset, String unit, LocalDate day, Object... more) {
    Map<String, Object> row = new HashMap<>();
    row.put("unit", unit);
    row.put("day", day);
    row.put("tags", List.of());
    row.put("_op", op);
    row.put("_ts", NOW);
    row.put("_source", MAPPING.source());
    row.put("_source_position", partition + "/" + offset);
    row.put("_epoch", 1);
    row.put("_partition", partition);
    row.put("_offset", offset);
    for (int i = 0; i < more.length; i += 2) {
      row.put((String) more[i], more[i + 1]);
    }
    return row;
  }

  @SafeVarargs
  private static void append(Map<String, Object>... rows) throws IOException {
    Table table = lake.load(TABLE);
    DataWriter<Record> writer =
        Parquet.writeData(
                table
                    .io()
                    .newOutputFile(
                        table.locationProvider().newDataLocation(UUID.randomUUID() + ".parquet")))
            .forTable(table)
            .createWriterFunc(GenericParquetWriter::create)
            .build();
    try (writer) {
      GenericRecord template = GenericRecord.create(table.schema());
      for (Map<String, Object> row : rows) {
        writer.write(template.copy(row));
      }
    }
    table.newAppend().appendFile(writer.toDataFile()).commit();
  }
}
