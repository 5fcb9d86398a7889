package dev.backlot.benchmarks.soak;

import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.FieldType.Simple;
import dev.backlot.schema.FieldType.Text;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.SnapshotMarks;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.TableRequest;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.hadoop.HadoopOutputFile;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.parquet.Parquet;

/**
 * A table of movies and its only writer, which commits as the sink does: a file of a few changes,
 * and the marks by compare-and-set. Knows which movies live. Not thread-safe.
 */
final class MovieTable {
  private static final int PARTITIONS = 4;
  private static final String TOPIC = "backlot.studio.public.movie.1";
  private static final long SEED = 7;

  /** Loaded once: Iceberg reads Hadoop's configuration anew for each file of another kind. */
  private static final Configuration HADOOP = new Configuration();

  static {
    HADOOP.set("fs.file.impl", PlainFiles.class.getName());
  }

  private final TableName name;
  private final Table table;
  private final Random random = new Random(SEED);
  private final long[] offsets = new long[PARTITIONS];
  private final Set<Integer> live = new HashSet<>();
  private final int keys;
  private Map<String, String> marks = Map.of();

  MovieTable(LakeCatalog lake, TableName name, int keys) {
    this.name = name;
    this.keys = keys;
    lake.ensure(
        new TableRequest(
            name,
            List.of(
                Field.nullable("movie_id", Simple.INT),
                Field.nullable("title", Text.PLAIN),
                Field.nullable("phase", Text.PLAIN),
                Field.nullable("budget", new FieldType.Decimal(14, 2)),
                Field.nullable("director", Text.PLAIN),
                Field.nullable("updated_at", Simple.TIMESTAMPTZ)),
            List.of("_source", "movie_id"),
            TableRequest.VersionOrder.OFFSET,
            "soak"));
    this.table = lake.load(name);
  }

  /** What one commit took. */
  record Took(long fileNanos, long commitNanos) {}

  /** Inserts every movie. */
  void fill() throws IOException {
    List<Record> rows = new ArrayList<>();
    for (int id = 0; id < keys; id++) {
      rows.add(row("r", id));
      live.add(id);
    }
    append(rows);
  }

  /** Commits some changes: mostly updates, some deletes, and deleted movies that come back. */
  Took change(int count) throws IOException {
    List<Record> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int id = random.nextInt(keys);
      if (!live.contains(id)) {
        live.add(id);
        rows.add(row("c", id));
      } else if (random.nextInt(50) == 0) {
        live.remove(id);
        rows.add(row("d", id));
      } else {
        rows.add(row("u", id));
      }
    }
    return append(rows);
  }

  private Took append(List<Record> rows) throws IOException {
    long begin = System.nanoTime();
    DataFile file = write(rows);
    long written = System.nanoTime();
    Map<String, String> target = new HashMap<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      target.put(SnapshotMarks.PREFIX + TOPIC + "." + partition, offsets[partition] + ":1");
    }
    table.refresh();
    SnapshotMarks.commit(table.newAppend().appendFile(file), name.toString(), marks, target);
    marks = target;
    return new Took(written - begin, System.nanoTime() - written);
  }

  private DataFile write(List<Record> rows) throws IOException {
    String location = table.locationProvider().newDataLocation(UUID.randomUUID() + ".parquet");
    DataWriter<Record> writer =
        Parquet.writeData(HadoopOutputFile.fromLocation(location, HADOOP))
            .forTable(table)
            .createWriterFunc(GenericParquetWriter::create)
            .build();
    try (writer) {
      rows.forEach(writer::write);
    }
    return writer.toDataFile();
  }

  private Record row(String op, int id) {
    int partition = id % PARTITIONS;
    OffsetDateTime now = Instant.now().truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    GenericRecord row = GenericRecord.create(table.schema());
    row.setField("movie_id", id);
    if (!op.equals("d")) {
      row.setField("title", "Movie " + id + ", cut " + random.nextInt(1000));
      row.setField("phase", List.of("DEVELOPMENT", "SHOOTING", "POST", "RELEASED").get(id % 4));
      row.setField("budget", BigDecimal.valueOf(random.nextInt(1_000_000_000), 2));
      row.setField("director", "Director " + random.nextInt(5000));
      row.setField("updated_at", now);
    }
    row.setField("_op", op);
    row.setField("_ts", now);
    row.setField("_source", "studio.public.movie");
    row.setField("_source_position", String.format("%016X", offsets[partition]));
    row.setField("_source_ts", now);
    row.setField("_epoch", 1);
    row.setField("_partition", partition);
    row.setField("_offset", offsets[partition]++);
    return row;
  }

  TableName name() {
    return name;
  }

  int live() {
    return live.size();
  }

  /** Returns the marks of the last commit. */
  Map<String, String> marks() {
    return marks;
  }

  /** Local files without checksums beside them; starts no process for the mode of each file. */
  public static final class PlainFiles extends RawLocalFileSystem {
    /** For Hadoop, which makes one by its name. */
    public PlainFiles() {}

    @Override
    public void setPermission(Path path, FsPermission permission) {}
  }
}
