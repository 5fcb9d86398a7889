package dev.backlot.warehouse.maintenance;

import static dev.backlot.warehouse.TestLake.row;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType.Simple;
import dev.backlot.schema.FieldType.Text;
import dev.backlot.warehouse.LocalFileIO;
import dev.backlot.warehouse.SnapshotMarks;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.TableRequest;
import dev.backlot.warehouse.TableRequest.VersionOrder;
import dev.backlot.warehouse.TestLake;
import dev.backlot.warehouse.query.QueryLimits;
import dev.backlot.warehouse.query.QueryResult;
import dev.backlot.warehouse.query.QueryService;
import dev.backlot.warehouse.query.QuerySettings;
import dev.backlot.warehouse.query.RowShape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What readers see of a table does not depend on what maintenance did to it. */
class TableMaintenanceIT {
  private static final Logger LOG = LoggerFactory.getLogger(TableMaintenanceIT.class);
  private static final TestLake lake = TestLake.shared();
  private static final MaintenanceSettings SETTINGS =
      MaintenanceSettings.DEFAULT.withSnapshots(10).withGrace(Duration.ofMinutes(10));
  private static QueryService service;
  private static int tables;

  private final NotedDeletions deletions = new NotedDeletions();
  private final TestClock clock = new TestClock();

  @BeforeAll
  static void start() {
    service =
        new QueryService(
            lake.catalog(),
            new QuerySettings(
                "",
                lake.directory().resolve("scratch-maintained"),
                2,
                512,
                2,
                Duration.ofMinutes(1)));
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @ParameterizedTest
  @EnumSource(VersionOrder.class)
  void viewsAnswerTheSameWhateverIsDropped(VersionOrder order) {
    long seed = System.nanoTime();
    LOG.info("Seed {}", seed);
    Random random = new Random(seed);
    TableName table = table(order);
    LatestOracle oracle = new LatestOracle(order);
    RandomLog log = new RandomLog(random);
    TableMaintenance maintenance = maintenance(SETTINGS);
    MaintenanceState state = MaintenanceState.NEW;
    long dropped = 0;
    for (int round = 0; round < 12; round++) {
      for (int commit = 0; commit < 6; commit++) {
        List<Map<String, Object>> rows = log.next(1 + random.nextInt(12));
        rows.forEach(oracle::add);
        lake.append(table, rows);
      }
      clock.set(Instant.ofEpochSecond(log.now));
      Set<Work> work = EnumSet.of(random.nextInt(3) == 0 ? Work.PACK : Work.COMPACT, Work.EXPIRE);
      MaintenanceReport report = maintenance.run(table, work, state);
      state = report.state();
      dropped += report.rowsDropped();
      assertThat(latest(table))
          .as("seed %s, round %s, %s", seed, round, work)
          .isEqualTo(oracle.latest());
    }
    assertThat(dropped).as("rows dropped").isGreaterThan(100);
  }

  @Test
  void theOracleNoticesARowThatALostRewriteDropped() {
    TableName table = table(VersionOrder.OFFSET);
    LatestOracle oracle = new LatestOracle(VersionOrder.OFFSET);
    for (long offset = 0; offset < 3; offset++) {
      Map<String, Object> row = row("c", offset, "id", (int) offset, "title", "v" + offset);
      oracle.add(row);
      lake.append(table, row);
    }
    assertThat(latest(table)).isEqualTo(oracle.latest());
    Table loaded = lake.catalog().load(table);
    DataFile file = files(loaded).get(0);
    loaded.newDelete().deleteFile(file).commit();

    assertThat(latest(table)).isNotEqualTo(oracle.latest());
  }

  @Test
  void rowsOfOneOffsetWithDifferentKeysAreDifferentRows() {
    TableName table = table(VersionOrder.OFFSET);
    lake.append(table, row("u", 1, "id", 1, "title", "old key"));
    lake.append(table, row("u", 1, "id", 2, "title", "new key"));
    lake.append(table, row("u", 0, "id", 2, "title", "appended late, and older"));

    MaintenanceReport report = compact(SETTINGS, table);

    assertThat(report.rowsDropped()).isEqualTo(1);
    assertThat(latest(table))
        .containsExactly(
            "1|old key|studio.public.movie|1|0|1", "2|new key|studio.public.movie|1|0|1");
  }

  @Test
  void aDeleteStaysUntilNoLateEventCanBringItsRowBack() {
    TableName table = table(VersionOrder.OFFSET);
    lake.append(table, row("c", 1, "id", 1, "title", "one"));
    lake.append(table, row("d", 2, "id", 1));
    lake.append(table, row("c", 3, "id", 2, "title", "two"));
    Duration age = Duration.between(Instant.ofEpochSecond(1_700_000_002), Instant.now());

    MaintenanceReport young = compact(SETTINGS.withGrace(age.plusHours(1)), table);
    lake.append(table, row("u", 1, "id", 1, "title", "late"));
    Set<String> afterLate = latest(table);
    MaintenanceReport old = compact(SETTINGS.withGrace(age.minusHours(1)), table);

    assertThat(young.after().rows()).as("the delete and the other row").isEqualTo(2);
    assertThat(afterLate).containsExactly("2|two|studio.public.movie|1|0|3");
    assertThat(old.after().rows()).as("the other row").isEqualTo(1);
    assertThat(latest(table)).isEqualTo(afterLate);
  }

  @Test
  void anOldDeleteStaysWhileAnOlderVersionOfItsRowDoes() {
    TableName table = table(VersionOrder.TIME);
    Map<String, Object> other = row("c", 1, "id", 1, "title", "of another Source");
    other.put("_source", "studio.public.talent");
    Map<String, Object> newest = row("c", 9, "id", 3, "title", "three");
    newest.put("_source", "studio.public.talent");
    lake.append(table, other, newest);
    lake.append(table, row("d", 2, "id", 1), row("c", 3, "id", 2, "title", "two"));

    compact(SETTINGS.withGrace(Duration.ofMinutes(1)), table);

    assertThat(latest(table)).noneMatch(row -> row.startsWith("1|"));
  }

  @Test
  void tablesWithoutKeysKeepEveryRow() {
    TableName name =
        lake.table("maintained.keyless_" + ++tables, List.of(), Field.nullable("id", Simple.INT));
    for (int i = 0; i < 3; i++) {
      lake.append(name, row("c", i, "id", 1), row("d", i + 10, "id", 1));
    }

    MaintenanceReport report = compact(SETTINGS, name);

    assertThat(report.after().files()).isEqualTo(1);
    assertThat(report.after().rows()).isEqualTo(6);
  }

  @Test
  void aRewriteWhoseFilesAreGoneCommitsNothingAndLeavesNothing() throws Exception {
    TableName name = table(VersionOrder.OFFSET);
    lake.append(name, row("c", 1, "id", 1, "title", "one"));
    lake.append(name, row("u", 2, "id", 1, "title", "two"));
    Table stale = lake.catalog().load(name);
    compact(SETTINGS, name);
    long files = dataFilesOnDisk(name);

    TableRewrite.Result result =
        new TableRewrite(lake.catalog(), process(), SETTINGS)
            .run(stale, files(stale), List.of(), clock.instant());

    assertThat(result.conflict()).contains("Missing required files to delete");
    assertThat(result.files()).isZero();
    assertThat(dataFilesOnDisk(name)).isEqualTo(files);
    assertThat(latest(name)).containsExactly("1|two|studio.public.movie|1|0|2");
  }

  @Test
  void whatARunLeavesThatDiedBeforeItsCommitIsDeletedLater() throws Exception {
    TableName name = table(VersionOrder.OFFSET);
    lake.append(name, row("c", 1, "id", 1, "title", "one"));
    Table table = lake.catalog().load(name);
    Path orphan =
        LocalFileIO.path(files(table).get(0).location())
            .resolveSibling("maintained-died-0.parquet");
    Files.writeString(orphan, "half a file");
    TableMaintenance maintenance = maintenance(SETTINGS);
    EnumSet<Work> work = EnumSet.of(Work.ORPHANS);

    MaintenanceReport young = maintenance.run(name, work, MaintenanceState.NEW);
    clock.advance(SETTINGS.orphanAge().plusMinutes(1));
    MaintenanceReport found = maintenance.run(name, work, MaintenanceState.NEW);
    boolean stillThere = Files.exists(orphan);
    clock.advance(SETTINGS.readerGrace().plusMinutes(1));
    MaintenanceReport deleted = maintenance.run(name, work, MaintenanceState.NEW);

    assertThat(young.orphansFound()).isZero();
    assertThat(found.orphansFound()).isEqualTo(1);
    assertThat(stillThere).isTrue();
    assertThat(deleted.filesDeleted()).isEqualTo(1);
    assertThat(orphan).doesNotExist();
    assertThat(latest(name)).containsExactly("1|one|studio.public.movie|1|0|1");
  }

  @Test
  void aQueryThatRunsKeepsItsFilesAndLaterTheyGo() {
    TableName name = table(VersionOrder.OFFSET);
    for (int i = 0; i < 30; i++) {
      lake.append(name, row("u", i, "id", i % 5, "title", "v" + i));
    }
    Set<Path> before = paths(name);
    TableMaintenance maintenance = maintenance(SETTINGS);
    MaintenanceState state = MaintenanceState.NEW;
    List<JsonNode> rows;
    try (QueryResult running =
        service.query(
            "SELECT a.id FROM " + name + " a, range(20000)", QueryLimits.DEFAULT, RowShape.ARRAY)) {
      state = maintenance.run(name, EnumSet.of(Work.COMPACT), state).state();
      for (int i = 30; i < 45; i++) {
        lake.append(name, row("u", i, "id", i % 5, "title", "v" + i));
      }
      MaintenanceReport expired = maintenance.run(name, EnumSet.of(Work.EXPIRE), state);
      assertThat(expired.filesReleased()).isGreaterThan(30);
      assertThat(maintenance.run(name, EnumSet.noneOf(Work.class), state).filesDeleted()).isZero();
      rows = running.toList();
    }
    clock.advance(SETTINGS.readerGrace().plusSeconds(1));
    MaintenanceReport deleted = maintenance.run(name, EnumSet.noneOf(Work.class), state);

    assertThat(rows).hasSize(30 * 20000);
    assertThat(deleted.filesDeleted()).isGreaterThan(30);
    assertThat(before).allMatch(file -> !Files.exists(file));
    assertThat(deletions.size()).isZero();
    assertThat(latest(name)).hasSize(5);
  }

  @Test
  void marksOutliveTheSnapshotThatCarriedThem() {
    TableName name = table(VersionOrder.OFFSET);
    Table table = lake.catalog().load(name);
    Map<String, String> marks = Map.of("backlot.mark.backlot.studio.public.movie.1.0", "7:1");
    SnapshotMarks.commit(table.newAppend(), name.toString(), Map.of(), marks);
    TableMaintenance maintenance = maintenance(SETTINGS);
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < SETTINGS.snapshots() + 3; i++) {
        lake.append(name, row("u", i, "id", i, "title", "v" + round));
      }
      maintenance.run(name, EnumSet.of(Work.COMPACT, Work.EXPIRE), MaintenanceState.NEW);

      Table fresh = lake.catalog().load(name);
      assertThat(SnapshotMarks.nearest(SnapshotUtil.currentAncestors(fresh))).contains(marks);
      assertThat(fresh.snapshots()).hasSizeLessThanOrEqualTo(SETTINGS.snapshots());
    }
  }

  private MaintenanceReport compact(MaintenanceSettings settings, TableName table) {
    return maintenance(settings).run(table, EnumSet.of(Work.COMPACT), MaintenanceState.NEW);
  }

  private static List<DataFile> files(Table table) {
    List<DataFile> files = new ArrayList<>();
    table.newScan().planFiles().forEach(task -> files.add(task.file()));
    return files;
  }

  private static Set<Path> paths(TableName name) {
    Set<Path> paths = new TreeSet<>();
    files(lake.catalog().load(name)).forEach(file -> paths.add(LocalFileIO.path(file.location())));
    return paths;
  }

  private static long dataFilesOnDisk(TableName name) throws Exception {
    Path directory = LocalFileIO.path(lake.catalog().load(name).location()).resolve("data");
    try (Stream<Path> files = Files.list(directory)) {
      return files.count();
    }
  }

  private static RewriteProcess process() {
    return new RewriteProcess(lake.directory().resolve("scratch-direct"), "");
  }

  /**
   * Changes of few keys in two Sources, with truncations and rebuilt topics, late ones included.
   */
  private static final class RandomLog {
    private final Random random;
    private final Map<String, Long> offsets = new HashMap<>();
    private final Map<String, Integer> epochs = new HashMap<>();
    private long now = Instant.now().getEpochSecond();

    RandomLog(Random random) {
      this.random = random;
    }

    List<Map<String, Object>> next(int count) {
      List<Map<String, Object>> rows = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        String source = random.nextBoolean() ? "studio.public.movie" : "studio.public.talent";
        if (random.nextInt(200) == 0) {
          epochs.merge(source, 1, Integer::sum);
        }
        int epoch = 1 + epochs.getOrDefault(source, 0);
        int id = random.nextInt(15);
        int partition = id % 2;
        long offset = offsets.merge(source + epoch + "/" + partition, 1L, Long::sum);
        now += random.nextInt(60);
        int kind = random.nextInt(40);
        String op = kind == 0 ? "t" : kind < 12 ? "d" : "u";
        Map<String, Object> row =
            row(op, offset, "id", op.equals("t") ? null : id, "title", "v" + now);
        row.put("_source", source);
        row.put("_epoch", epoch);
        row.put("_partition", partition);
        // Enrichment may finish in another order than the log's.
        OffsetDateTime time =
            Instant.ofEpochSecond(now - random.nextInt(100)).atOffset(ZoneOffset.UTC);
        row.put("_ts", time.plusNanos(1000L * rows.size() + 1000_000L * offset));
        rows.add(row);
      }
      return rows;
    }
  }

  private TableMaintenance maintenance(MaintenanceSettings settings) {
    return new TableMaintenance(
        lake.catalog(),
        deletions,
        settings,
        lake.directory().resolve("scratch-" + tables),
        "",
        clock);
  }

  private static TableName table(VersionOrder order) {
    TableName name = new TableName("maintained", "movie_" + ++tables);
    lake.catalog()
        .ensure(
            new TableRequest(
                name,
                List.of(Field.nullable("id", Simple.INT), Field.nullable("title", Text.PLAIN)),
                order == VersionOrder.OFFSET ? List.of("_source", "id") : List.of("id"),
                order,
                "test"));
    return name;
  }

  private static Set<String> latest(TableName table) {
    String sql = "SELECT id, title, _source, _epoch, _partition, _offset FROM " + table.latest();
    Set<String> rows = new TreeSet<>();
    try (QueryResult result = service.query(sql, QueryLimits.DEFAULT, RowShape.ARRAY)) {
      result.toList().forEach(row -> rows.add(text(row)));
    }
    return rows;
  }

  private static String text(JsonNode row) {
    List<String> values = new ArrayList<>();
    row.forEach(value -> values.add(value.asText()));
    return String.join("|", values);
  }
}
