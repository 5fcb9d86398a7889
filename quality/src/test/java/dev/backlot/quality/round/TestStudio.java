package dev.backlot.quality.round;

import dev.backlot.embedded.PostgresServer;
import dev.backlot.metadata.AuditReadStore.Read;
import dev.backlot.metadata.DumpStore;
import dev.backlot.metadata.DumpStore.Dump;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.PipelineStore;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.audit.AuditAnswer;
import dev.backlot.model.audit.AuditAnswer.Scope;
import dev.backlot.model.audit.AuditRead;
import dev.backlot.model.audit.AuditRead.Detail;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanColumn;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.platform.PlatformConfig;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.RowSchema;
import dev.backlot.schema.canonical.RowDigest;
import dev.backlot.schema.canonical.RowDigest.Sum;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.LakeSettings;
import dev.backlot.warehouse.LocalFileIO;
import dev.backlot.warehouse.SnapshotMarks;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.TableRequest;
import dev.backlot.warehouse.TableRequest.VersionOrder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.parquet.Parquet;

/**
 * A database table in memory, whose changes go to a topic of one partition that is a real Iceberg
 * table at once; it answers audits' reads and dumps as capture does.
 */
final class TestStudio implements AutoCloseable {
  static final String SOURCE = "studio.public.movie";
  static final String TOPIC = "backlot.studio.public.movie.1";
  static final TableName TABLE = new TableName("studio", "movie");
  private static final int RANGE = 40;

  final PostgresServer postgres = PostgresServer.temporary().start();
  final MetadataDatabase metadata =
      MetadataDatabase.open(
          new PlatformConfig.Database(postgres.jdbcUrl(), postgres.user(), postgres.password()));
  final Path directory;
  final LakeCatalog lake;
  final SortedMap<Integer, String> rows = new TreeMap<>();

  /** Keys that answers call moving. */
  final List<Integer> moving = new ArrayList<>();

  private final Thread answers = new Thread(this::answer, "answers");
  private long offset;
  private long position;
  private Map<String, String> marks = Map.of();
  private volatile boolean closed;

  TestStudio() throws IOException {
    directory = Files.createTempDirectory("quality-");
    lake =
        LakeCatalog.open(
            new LakeSettings(
                postgres.jdbcUrl(),
                postgres.user(),
                postgres.password(),
                "file://" + directory + "/warehouse"));
    List<Field> columns =
        List.of(
            Field.nullable("id", FieldType.Simple.INT),
            Field.nullable("title", FieldType.Text.PLAIN));
    lake.ensure(new TableRequest(TABLE, columns, List.of("id"), VersionOrder.OFFSET, "movies"));
    metadata
        .jdbi()
        .useHandle(
            handle ->
                handle.execute(
                    "INSERT INTO capture_lease VALUES ('studio', 1, 'test', now() + interval '1"
                        + " day')"));
    metadata
        .sources()
        .put(
            new SourceDescriptor(
                SOURCE,
                "studio",
                "public",
                "movie",
                1,
                TOPIC,
                1,
                List.of("id"),
                "",
                AvroSchemas.envelope(new RowSchema(SOURCE, columns, List.of("id"))).toString(),
                List.of(),
                List.of()),
            SourceStore.State.STREAMING,
            "");
    metadata.pipelines().setDeployed("movies", 1, "hash", "{}");
    metadata.pipelines().setState("movies", PipelineStore.State.RUNNING, "", "");
    answers.start();
  }

  static PipelinePlan plan() {
    List<PlanColumn> columns =
        List.of(new PlanColumn("id", "int", false), new PlanColumn("title", "text", true));
    return new PipelinePlan(
        1,
        "movies",
        false,
        1,
        "stop",
        List.of(
            new PlanSource(
                "movies",
                SOURCE,
                TOPIC,
                1,
                1,
                List.of("id"),
                columns,
                List.of(),
                List.of(),
                "earliest")),
        List.of(),
        List.of(
            new PlanSink(
                "out",
                "iceberg",
                "movies",
                TABLE.toString(),
                columns,
                List.of(),
                List.of("id"),
                "",
                "append",
                1000,
                List.of("movies"),
                List.of(),
                List.of())),
        "hash");
  }

  /** Changes rows, and the table with them: NULL deletes. */
  synchronized void change(Object... idsAndTitles) {
    List<Map<String, Object>> events = new ArrayList<>();
    for (int i = 0; i < idsAndTitles.length; i += 2) {
      Integer id = (Integer) idsAndTitles[i];
      String title = (String) idsAndTitles[i + 1];
      String op = title == null ? "d" : rows.containsKey(id) ? "u" : "c";
      if (title == null) {
        rows.remove(id);
      } else {
        rows.put(id, title);
      }
      events.add(event(op, id, title, position()));
    }
    commit(events, offset);
  }

  /** Returns where the next change stands in the log. */
  synchronized String position() {
    return "%08d".formatted(++position);
  }

  /** Returns a record of the topic, as the table has it. */
  synchronized Map<String, Object> event(
      String op, Integer id, @org.jspecify.annotations.Nullable String title, String at) {
    Map<String, Object> row = new TreeMap<>();
    row.put("id", id);
    if (title != null) {
      row.put("title", title);
    }
    row.put("_op", op);
    row.put("_ts", Instant.now().atOffset(ZoneOffset.UTC).withNano(0));
    row.put("_source", SOURCE);
    row.put("_source_position", at);
    row.put("_epoch", 1);
    row.put("_partition", 0);
    row.put("_offset", offset++);
    return row;
  }

  /** Appends rows to the table, which is then complete below an offset. */
  synchronized void commit(List<Map<String, Object>> events, long completeBelow) {
    Table table = lake.load(TABLE);
    Map<String, String> next = Map.of(SnapshotMarks.PREFIX + TOPIC + ".0", completeBelow + ":1");
    var append = table.newAppend();
    if (!events.isEmpty()) {
      append.appendFile(file(table, events));
    }
    SnapshotMarks.commit(append, TABLE.toString(), marks, next);
    marks = next;
  }

  /** Returns the offset of the next record. */
  synchronized long end() {
    return offset;
  }

  private static org.apache.iceberg.DataFile file(Table table, List<Map<String, Object>> events) {
    String location = table.locationProvider().newDataLocation(UUID.randomUUID() + ".parquet");
    try {
      DataWriter<Record> writer =
          Parquet.writeData(table.io().newOutputFile(location))
              .forTable(table)
              .createWriterFunc(GenericParquetWriter::create)
              .build();
      try (writer) {
        GenericRecord template = GenericRecord.create(table.schema());
        events.forEach(event -> writer.write(template.copy(event)));
      }
      return writer.toDataFile();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void answer() {
    while (!closed) {
      for (Read read : metadata.auditReads().open("studio")) {
        metadata.auditReads().setRunning(read.id());
        metadata.auditReads().answer(read.id(), answerOf(read.read()), 1);
      }
      for (Dump dump : metadata.dumps().open("studio")) {
        metadata.dumps().setRunning(dump.id());
        dump(dump);
        metadata.dumps().finish(dump.id(), DumpStore.State.DONE, "", 1);
      }
      java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
    }
  }

  private synchronized void dump(Dump dump) {
    List<Map<String, Object>> events = new ArrayList<>();
    List<Integer> ids =
        dump.keys()
            .map(keys -> keys.stream().map(key -> Integer.valueOf(key.get(0))).toList())
            .orElse(List.copyOf(rows.keySet()));
    for (Integer id : ids) {
      String title = rows.get(id);
      events.add(event(title == null ? "d" : "r", id, title, position()));
    }
    commit(events, offset);
  }

  private synchronized AuditAnswer answerOf(AuditRead read) {
    List<Integer> chosen;
    Optional<String> next = Optional.empty();
    Scope scope;
    if (read.keys().isPresent()) {
      chosen =
          read.keys().get().stream()
              .map(key -> Integer.valueOf(key.get(0)))
              .filter(rows::containsKey)
              .toList();
      scope = new Scope(true, List.of(), List.of(), "");
    } else {
      List<String> after = read.cursor().map(List::of).orElse(List.of());
      List<Integer> behind =
          rows.keySet().stream()
              .filter(id -> after.isEmpty() || id > Integer.parseInt(after.get(0)))
              .toList();
      // Answers with digests end earlier, as large ones do.
      int most = read.detail() == Detail.SUMS ? RANGE : RANGE / 3;
      chosen = behind.subList(0, Math.min(most, behind.size()));
      List<String> through = List.of();
      if (chosen.size() < behind.size()) {
        next = Optional.of(String.valueOf(chosen.get(chosen.size() - 1)));
        through = List.of(next.get());
      }
      scope = new Scope(false, after, through, "");
    }
    Sum sum = Sum.NONE;
    List<AuditAnswer.Row> answered = new ArrayList<>();
    RowDigest digest = new RowDigest();
    for (Integer id : chosen) {
      if (moving.contains(id)) {
        continue;
      }
      List<String> values = List.of(String.valueOf(id), rows.get(id));
      values.forEach(digest::add);
      Sum row = digest.row();
      sum = sum.plus(row);
      if (read.detail() != Detail.SUMS) {
        answered.add(
            new AuditAnswer.Row(
                List.of(values.get(0)),
                new AuditAnswer.Sum(1, row.high(), row.low()),
                read.detail() == Detail.ROWS ? List.copyOf(values) : List.of()));
      }
    }
    return new AuditAnswer(
        TOPIC,
        1,
        List.of(offset),
        position(),
        Instant.now(),
        scope,
        next,
        List.of(new AuditAnswer.Sum(sum.rows(), sum.high(), sum.low())),
        answered,
        moving.stream().map(id -> List.of(String.valueOf(id))).toList(),
        false,
        chosen.size());
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    answers.join();
    lake.close();
    metadata.close();
    postgres.close();
    new LocalFileIO().deletePrefix("file://" + directory);
  }
}
