package dev.backlot.warehouse;

import dev.backlot.embedded.PostgresServer;
import dev.backlot.schema.Field;
import dev.backlot.warehouse.TableRequest.VersionOrder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.parquet.Parquet;

/**
 * One PostgreSQL and one warehouse directory for all tests of this JVM; rows by Iceberg's writers.
 */
public final class TestLake {
  private static final TestLake SHARED = new TestLake();

  private final PostgresServer postgres;
  private final Path directory;
  private final LakeSettings settings;
  private final LakeCatalog catalog;

  private TestLake() {
    try {
      directory = Files.createTempDirectory("lake");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    postgres = PostgresServer.temporary().start();
    settings =
        new LakeSettings(
            postgres.jdbcUrl("postgres"),
            postgres.user(),
            postgres.password(),
            "file://" + directory + "/warehouse");
    catalog = LakeCatalog.open(settings);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  postgres.close();
                  new LocalFileIO().deletePrefix("file://" + directory);
                }));
  }

  public static TestLake shared() {
    return SHARED;
  }

  public LakeCatalog catalog() {
    return catalog;
  }

  public LakeSettings settings() {
    return settings;
  }

  public PostgresServer postgres() {
    return postgres;
  }

  public Path directory() {
    return directory;
  }

  /** Creates or extends a table that orders versions by offset. */
  public TableName table(String name, List<String> key, Field... fields) {
    TableName table = TableName.parse(name);
    catalog.ensure(
        new TableRequest(table, Arrays.asList(fields), key, VersionOrder.OFFSET, "test"));
    return table;
  }

  /** Returns a row: its operation and offset, then names and values. */
  public static Map<String, Object> row(String op, long offset, Object... namesAndValues) {
    Map<String, Object> row = new HashMap<>();
    row.put("_op", op);
    row.put("_offset", offset);
    row.put("_ts", Instant.ofEpochSecond(1_700_000_000 + offset).atOffset(ZoneOffset.UTC));
    row.put("_source", "studio.public.movie");
    row.put("_source_position", String.format("%016X", offset));
    row.put("_source_ts", Instant.ofEpochSecond(1_700_000_000 + offset).atOffset(ZoneOffset.UTC));
    row.put("_epoch", 1);
    row.put("_partition", 0);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      row.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return row;
  }

  /** Appends rows as one file in one commit. */
  @SafeVarargs
  public final void append(TableName name, Map<String, Object>... rows) {
    append(name, Arrays.asList(rows));
  }

  /** Appends rows as one file in one commit. */
  public void append(TableName name, Iterable<Map<String, Object>> rows) {
    Table table = catalog.load(name);
    try {
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
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
