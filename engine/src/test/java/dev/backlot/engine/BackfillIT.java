package dev.backlot.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.engine.backfill.Victim;
import dev.backlot.event.Op;
import dev.backlot.metadata.BackfillStore;
import dev.backlot.metadata.BackfillStore.Offer;
import dev.backlot.metadata.BackfillStore.Run;
import dev.backlot.metadata.BackfillStore.State;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.sink.iceberg.TableMarks;
import dev.backlot.transport.Marks;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.maintenance.FileDeletions;
import dev.backlot.warehouse.maintenance.MaintenanceSettings;
import dev.backlot.warehouse.maintenance.MaintenanceState;
import dev.backlot.warehouse.maintenance.TableMaintenance;
import dev.backlot.warehouse.maintenance.Work;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that were written before a column was wanted get its values, and nobody is disturbed. */
class BackfillIT {
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static EngineServers servers;

  @TempDir private Path directory;

  @BeforeAll
  static void start() throws Exception {
    servers = new EngineServers();
  }

  @AfterAll
  static void stop() {
    servers.close();
  }

  @AfterEach
  void stopJobs() throws Exception {
    for (JsonNode job : servers.call("GET", "/jobs", "")) {
      servers.call("DELETE", "/jobs/" + job.path("pipeline").asText(), "");
    }
  }

  private static BackfillStore store() {
    return servers.metadata.backfills();
  }

  private static List<Field> columns() {
    List<Field> columns = new ArrayList<>();
    columns.add(Field.required("id", FieldType.Simple.LONG));
    columns.add(Field.nullable("title", FieldType.Text.PLAIN));
    columns.add(Field.nullable("phase", FieldType.Text.PLAIN));
    columns.addAll(WireValues.fields());
    return columns;
  }

  private static Object[] values(String title, String phase, long seed) {
    List<Object> values = new ArrayList<>(java.util.Arrays.asList(title, phase));
    values.addAll(java.util.Arrays.asList(WireValues.row(seed)));
    return values.toArray();
  }

  /** A pipeline with a filter that some rows leave, and another name for some of the fields. */
  private static String pipeline(String name, String source, Collection<String> fields) {
    return """
        apiVersion: backlot/v1
        kind: Pipeline
        name: %1$s
        steps:
          - {id: one, source: studio.public.%2$s}
          - {id: active, processor: filter, from: one, config: {where: "phase <> 'CANCELLED'"}}
          - {id: named, processor: rename, from: active, config: {fields: {dec9: price}}}
          - {id: slim, processor: projection, from: named, config: {fields: [%3$s]}}
          - {id: warehouse, sink: iceberg, from: slim,
             config: {table: studio.%1$s, commit_interval: 200ms}}
        """
        .formatted(name, source, String.join(", ", fields));
  }

  private static List<String> all() {
    return Stream.concat(Stream.of("title", "phase"), WireValues.names().stream())
        .map(name -> name.equals("dec9") ? "price" : name)
        .toList();
  }

  private static List<String> late() {
    return all().stream().filter(name -> !name.equals("title")).toList();
  }

  private static void write(TestSource source, int rows) {
    for (int id = 0; id < rows; id++) {
      source.row(Op.CREATE, id, values("title " + id, "SHOOTING", id));
    }
    for (int id = 0; id < rows; id += 7) {
      source.row(Op.UPDATE, id, values("again " + id, id % 2 == 0 ? "CANCELLED" : "DONE", id + 1));
    }
    for (int id = 3; id < rows; id += 11) {
      source.row(Op.DELETE, id, new Object[2 + WireValues.names().size()]);
    }
    source.flush();
  }

  private static Run ask(String pipeline, List<String> columns) {
    long id = store().request(pipeline, "studio." + pipeline, columns);
    return await()
        .atMost(PATIENCE)
        .until(() -> store().find(id).orElseThrow(), run -> run.state().isLast());
  }

  private static Table table(String name) {
    return servers.lake.load(TableName.parse("studio." + name));
  }

  private static Marks marks(String name) {
    return TableMarks.read(table(name)).orElseThrow();
  }

  /**
   * Every column of every row, by what identifies the row; each is there once. A delete has no
   * values, though one that a filter makes still tells exact texts.
   */
  private static Map<List<Object>, String> rows(String table) throws Exception {
    Map<List<Object>, String> rows = new HashMap<>();
    for (Record row : servers.rows("studio." + table)) {
      List<Object> identity = new ArrayList<>();
      for (String column : List.of("_source", "_epoch", "_partition", "_offset")) {
        identity.add(row.getField(column));
      }
      Map<String, String> values = new TreeMap<>();
      row.struct().fields().forEach(f -> values.put(f.name(), text(row.getField(f.name()))));
      if ("d".equals(row.getField("_op"))) {
        values.remove("_exact");
      }
      assertThat(rows.put(identity, values.toString())).as(identity.toString()).isNull();
    }
    return rows;
  }

  private static String text(Object value) {
    if (value instanceof ByteBuffer bytes) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.duplicate().get(copy);
      return HexFormat.of().formatHex(copy);
    }
    if (value instanceof Float number) {
      return Integer.toHexString(Float.floatToRawIntBits(number));
    }
    if (value instanceof Double number) {
      return Long.toHexString(Double.doubleToRawLongBits(number));
    }
    return value instanceof Map<?, ?> map ? new TreeMap<>(map).toString() : String.valueOf(value);
  }

  /** A pipeline that has had all columns from the beginning has the same rows. */
  private static void assertLikeFresh(String table, String source) throws Exception {
    String fresh = table + "_fresh";
    servers.deploy(fresh, pipeline(fresh, source, all()));
    assertThat(servers.caughtUp(fresh, 60_000)).isTrue();
    assertThat(servers.caughtUp(table, 60_000)).isTrue();
    assertThat(rows(table)).isEqualTo(rows(fresh));
  }

  @Test
  void every_type_is_filled_while_the_job_writes_and_others_are_left_alone() throws Exception {
    try (TestSource films = new TestSource(servers, "film", columns())) {
      write(films, 600);
      servers.deploy("bystander", pipeline("bystander", "film", List.of("title")));
      servers.deploy("films", pipeline("films", "film", List.of("title")));
      assertThat(servers.caughtUp("bystander", 60_000)).isTrue();
      assertThat(servers.caughtUp("films", 60_000)).isTrue();
      assertThat(store().offers("films")).isEmpty();
      servers.deploy("films", pipeline("films", "film", all()));
      assertThat(servers.caughtUp("films", 60_000)).isTrue();
      List<Offer> offers = store().offers("films");
      assertThat(offers).extracting(Offer::column).containsExactlyInAnyOrderElementsOf(late());
      assertThat(offers)
          .allSatisfy(o -> assertThat(o.rowsBefore()).isEqualTo(rows("films").size()));
      JsonNode job = servers.job("films");
      JsonNode other = servers.job("bystander");
      Marks marks = marks("bystander");
      int looked = rows("films").size();
      CountDownLatch enough = new CountDownLatch(1);
      AtomicLong id = new AtomicLong(10_000);
      Thread writer =
          new Thread(
              () -> {
                do {
                  long next = id.incrementAndGet();
                  films.row(Op.CREATE, next, values("new " + next, "SHOOTING", next));
                  films.row(Op.UPDATE, next % 600, values("late " + next, "DONE", next));
                  films.flush();
                } while (!waited(enough));
              });
      writer.start();

      Run run = ask("films", late());

      enough.countDown();
      writer.join();
      assertThat(run.reason()).isEmpty();
      assertThat(run.state()).isEqualTo(State.DONE);
      assertThat(run.progress().rowsFilled()).isGreaterThan(500).isLessThan(looked);
      assertThat(run.progress().rowsLookedAt()).isEqualTo(run.progress().rowsTotal());
      assertThat(store().offers("films")).isEmpty();
      assertThat(id.get()).as("rows written meanwhile").isGreaterThan(10_005);
      assertLikeFresh("films", "film");
      assertThat(servers.job("films")).as("the job runs on").isEqualTo(job);
      assertThat(servers.job("bystander")).isEqualTo(other);
      assertThat(table("bystander").schema().findField("words")).isNull();
      assertThat(table("bystander").snapshots())
          .as("nobody else writes another pipeline's table")
          .allSatisfy(s -> assertThat(s.operation()).isEqualTo("append"));
      assertThat(marks("bystander")).isNotEqualTo(marks);
    }
  }

  private static boolean waited(CountDownLatch latch) {
    try {
      return latch.await(20, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  @Test
  void a_process_that_dies_at_any_moment_leaves_nothing_that_the_next_one_can_not_finish()
      throws Exception {
    try (TestSource shows = new TestSource(servers, "show", columns())) {
      servers.deploy("shows", pipeline("shows", "show", List.of("title")));
      for (int file = 0; file < 3; file++) {
        write(shows, 100);
        assertThat(servers.caughtUp("shows", 60_000)).isTrue();
      }
      servers.deploy("shows", pipeline("shows", "show", all()));
      // A column per death, so that each has something to fill.
      List<String> left = new ArrayList<>(late());
      int before = rows("shows").size();
      Marks marks = marks("shows");
      List<String> moments = new ArrayList<>(Victim.moments());
      // While there are several files: whoever finishes a run makes one of them.
      moments.sort(Comparator.comparing(moment -> !moment.equals("STEP_DONE")));
      for (String moment : moments) {
        String column = left.remove(left.size() - 1);
        long run = store().request("shows", "studio.shows", List.of(column));
        later(run, "1 hour");

        int ended = victim(run, "shows", pipeline("shows", "show", all()), moment);

        assertThat(ended).as(moment).isEqualTo(Victim.DEAD);
        assertThat(store().find(run).orElseThrow().state()).as(moment).isEqualTo(State.RUNNING);
        assertThat(rows("shows")).as(moment).hasSize(before);
        long filled = filled("shows", column);
        if (moment.equals("STEP_DONE")) {
          assertThat(filled).as("one file of several").isPositive().isLessThan(before * 2 / 3);
        }
        later(run, "0 hours");
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(store().find(run).orElseThrow().state())
                        .as(moment)
                        .isEqualTo(State.DONE));
        assertThat(marks("shows")).as("marks").isEqualTo(marks);
        assertThat(filled("shows", column)).as(moment).isGreaterThan(before / 3);
      }

      assertThat(ask("shows", left).state()).isEqualTo(State.DONE);

      assertThat(marks("shows")).isEqualTo(marks);
      assertLikeFresh("shows", "show");
    }
  }

  private static long filled(String table, String column) throws Exception {
    return servers.rows("studio." + table).stream()
        .filter(row -> row.getField(column) != null)
        .count();
  }

  private static void later(long run, String time) {
    servers
        .metadata
        .jdbi()
        .useHandle(
            handle ->
                handle.execute(
                    "UPDATE backfill_run SET retry_at = now() + CAST(? AS interval) WHERE id = ?",
                    time,
                    run));
  }

  private int victim(long run, String pipeline, String yaml, String moment) throws Exception {
    Path home = Files.createTempDirectory(directory, "victim-");
    Files.writeString(home.resolve("plan.json"), servers.plan(yaml).path("plan").toString());
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Victim.class.getName(),
            servers.postgres.jdbcUrl(),
            servers.postgres.user(),
            servers.postgres.password(),
            servers.kafka.bootstrapServers(),
            servers.lake.settings().warehouse(),
            home.toString(),
            Long.toString(run),
            moment);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("log").toFile())
            .start();
    assertThat(process.waitFor(90, TimeUnit.SECONDS)).as(pipeline).isTrue();
    if (process.exitValue() != Victim.DEAD) {
      System.err.println(Files.readString(home.resolve("log")));
    }
    return process.exitValue();
  }

  @Test
  void maintenance_beside_it_takes_nothing_from_it() throws Exception {
    try (TestSource deals = new TestSource(servers, "deal", columns())) {
      servers.deploy("deals", pipeline("deals", "deal", List.of("title")));
      for (int round = 0; round < 8; round++) {
        write(deals, 60);
        assertThat(servers.caughtUp("deals", 60_000)).isTrue();
      }
      servers.deploy("deals", pipeline("deals", "deal", all()));
      CountDownLatch enough = new CountDownLatch(1);
      AtomicReference<Throwable> failure = new AtomicReference<>();
      AtomicLong rewrites = new AtomicLong();
      Thread maintenance = new Thread(() -> maintain(enough, rewrites, failure));
      maintenance.start();
      await().atMost(PATIENCE).until(() -> rewrites.get() > 0);

      for (String column : List.of("words", "price")) {
        write(deals, 60);
        assertThat(ask("deals", List.of(column)).state()).isEqualTo(State.DONE);
      }
      Run run = ask("deals", late());

      enough.countDown();
      maintenance.join();
      assertThat(failure.get()).isNull();
      assertThat(run.state()).isEqualTo(State.DONE);
      servers.deploy("deals_fresh", pipeline("deals_fresh", "deal", all()));
      assertThat(servers.caughtUp("deals_fresh", 60_000)).isTrue();
      assertThat(servers.caughtUp("deals", 60_000)).isTrue();
      assertThat(latest("deals")).isEqualTo(latest("deals_fresh")).hasSizeGreaterThan(40);
      assertThat(rows("deals_fresh")).containsAllEntriesOf(rows("deals"));
    }
  }

  private void maintain(CountDownLatch enough, AtomicLong rewrites, AtomicReference<Throwable> to) {
    TableMaintenance maintenance =
        new TableMaintenance(
            servers.lake,
            new KeptFiles(),
            MaintenanceSettings.DEFAULT.withSnapshots(20),
            directory.resolve("maintenance"),
            "",
            Clock.systemUTC());
    MaintenanceState state = MaintenanceState.NEW;
    try {
      do {
        // Without the lock that keeps runs of one table apart, so that they do meet.
        state =
            maintenance
                .run(
                    TableName.parse("studio.deals"),
                    EnumSet.of(Work.COMPACT, Work.MANIFESTS, Work.EXPIRE),
                    state)
                .state();
        rewrites.incrementAndGet();
      } while (!enough.await(100, TimeUnit.MILLISECONDS));
    } catch (Exception e) {
      to.set(e);
    }
  }

  private static final class KeptFiles implements FileDeletions {
    @Override
    public void add(TableName table, Collection<String> locations, Instant notBefore) {}

    @Override
    public List<String> due(TableName table, Instant now, int most) {
      return List.of();
    }

    @Override
    public void remove(TableName table, Collection<String> locations) {}
  }

  /** The newest version of every key, without deletes. */
  private static Set<String> latest(String table) throws Exception {
    Map<Object, Record> newest = new HashMap<>();
    for (Record row : servers.rows("studio." + table)) {
      newest.merge(
          row.getField("id"),
          row,
          (a, b) -> (Long) a.getField("_offset") > (Long) b.getField("_offset") ? a : b);
    }
    Set<String> latest = new HashSet<>();
    newest.values().stream()
        .filter(row -> !"d".equals(row.getField("_op")))
        .forEach(
            row -> {
              Map<String, String> values = new TreeMap<>();
              row.struct()
                  .fields()
                  .forEach(f -> values.put(f.name(), text(row.getField(f.name()))));
              latest.add(values.toString());
            });
    return latest;
  }

  @Test
  void a_source_s_new_column_is_filled_in_rows_written_before_the_plan_knew_it() throws Exception {
    List<Field> few = columns().subList(0, 3);
    try (TestSource roles = new TestSource(servers, "role", few);
        TestSource vendors = new TestSource(servers, "vendor", columns())) {
      roles.row(Op.CREATE, 1, "one", "OPEN");
      roles.alter(columns(), true);
      roles.row(Op.CREATE, 2, values("two", "OPEN", 4));
      vendors.row(Op.CREATE, 1, values("vendor", "OPEN", 5));
      roles.flush();
      vendors.flush();
      servers.deploy("people", united(List.of("title")));
      assertThat(servers.caughtUp("people", 60_000)).isTrue();
      servers.deploy("people", united(List.of("title", "dec38", "large")));

      Run run = ask("people", List.of("dec38", "large"));

      assertThat(run.state()).isEqualTo(State.DONE);
      assertThat(servers.caughtUp("people", 60_000)).isTrue();
      List<Record> rows = servers.rows("studio.people");
      servers.deploy(
          "people_fresh",
          united(List.of("title", "dec38", "large")).replace("people", "people_fresh"));
      assertThat(servers.caughtUp("people_fresh", 60_000)).isTrue();
      assertThat(rows("people")).isEqualTo(rows("people_fresh")).hasSize(3);
      assertThat(rows).filteredOn(row -> row.getField("large") != null).hasSize(1);
    }
  }

  private static String united(List<String> fields) {
    return """
        apiVersion: backlot/v1
        kind: Pipeline
        name: people
        steps:
          - {id: roles, source: studio.public.role}
          - {id: vendors, source: studio.public.vendor}
          - {id: slim, processor: projection, from: roles, config: {fields: [%1$s]}}
          - {id: short, processor: projection, from: vendors, config: {fields: [title]}}
          - {id: all, processor: union, from: [slim, short]}
          - {id: warehouse, sink: iceberg, from: all,
             config: {table: studio.people, commit_interval: 200ms}}
        """
        .formatted(String.join(", ", fields));
  }

  @Test
  void a_run_ends_when_it_is_cancelled_and_what_can_not_be_filled_is_said() throws Exception {
    try (TestSource sets = new TestSource(servers, "set", columns())) {
      write(sets, 20);
      servers.deploy("sets", pipeline("sets", "set", List.of("title")));
      assertThat(servers.caughtUp("sets", 60_000)).isTrue();
      long unknown = store().request("sets", "studio.sets", List.of("words"));

      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(store().find(unknown).orElseThrow().reason())
                      .contains("Cannot backfill column 'words' of table 'studio.sets'")
                      .contains("the deployed plan does not fill it"));
      store().cancel(unknown);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(store().find(unknown).orElseThrow().state())
                      .isEqualTo(State.CANCELLED));
      assertThat(store().request("sets", "studio.sets", List.of("words"))).isNotEqualTo(unknown);
    }
  }
}
