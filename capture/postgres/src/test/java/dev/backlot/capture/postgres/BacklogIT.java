package dev.backlot.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.capture.worker.CaptureWorker;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What gathered while nobody captured is queried, and then streamed, each change once. */
class BacklogIT {
  private static final String LARGE =
      "(SELECT string_agg(md5(i::text || g::text), '') FROM generate_series(1, 100) g)";

  private final CaptureBench bench = CaptureBench.shared();

  @Test
  void a_backlog_is_queried_and_the_stream_goes_on_behind_it_over_a_death() throws Exception {
    String name = captured();
    String source = name + ".public.deal";
    int rounds = 60;
    for (int round = 0; round < rounds; round++) {
      change(name, round);
    }
    bench.execute(name, "ALTER TABLE deal ADD COLUMN note text DEFAULT 'none'");
    for (int round = rounds; round < 2 * rounds; round++) {
      change(name, round);
    }

    try (SlotWatch watch = new SlotWatch(name)) {
      CaptureWorker first = bench.startWorker();
      Awaitility.await()
          .atMost(CaptureBench.PATIENCE)
          .pollInterval(Duration.ofMillis(10))
          .until(() -> bench.records(source) > 6_000);
      first.abandon();
      int whenItDied = updates(source).size();
      assertThat(whenItDied).isBetween(1, 2 * rounds * 500 - 1);
      try (CaptureWorker second = bench.startWorker()) {
        bench.drain(name);
        change(name, 2 * rounds);
        bench.drain(name);
        verify(name, 2 * rounds + 1);
      }
      assertThat(watch.seen).as("a copy of the slot was read").isTrue();
    }
    assertThat(slots(name)).containsExactly("backlot_" + name);
  }

  @Test
  void without_room_for_another_slot_the_backlog_is_streamed() throws Exception {
    String name = captured();
    for (int round = 0; round < 60; round++) {
      change(name, round);
    }
    List<String> fillers = fillSlots();
    try (SlotWatch watch = new SlotWatch(name);
        CaptureWorker worker = bench.startWorker()) {
      bench.drain(name);
      verify(name, 60);
      assertThat(watch.seen).isFalse();
    } finally {
      for (String filler : fillers) {
        bench.execute("postgres", "SELECT pg_drop_replication_slot('" + filler + "')");
      }
    }
  }

  private String captured() {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE deal (id int PRIMARY KEY, n int, large text)",
        "ALTER TABLE deal ALTER COLUMN large SET STORAGE EXTERNAL",
        "INSERT INTO deal SELECT i, 0, " + LARGE + " FROM generate_series(1, 500) i");
    bench.apply(name, bench.document(name, "\"public.deal\""));
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(name + ".public.deal");
      bench.drain(name);
    }
    return name;
  }

  /** Counts every row up, rolls something back, and says much that nobody captures. */
  private void change(String name, int round) {
    bench.execute(
        name,
        "BEGIN; UPDATE deal SET n = n + 1; INSERT INTO deal VALUES ("
            + (1_000 + round)
            + ", 0, 'small'); DELETE FROM deal WHERE id = "
            + (1_000 + round)
            + "; COMMIT",
        "BEGIN; UPDATE deal SET n = -1; ROLLBACK",
        "SELECT pg_logical_emit_message(true, 'other', repeat('x', 100000))");
  }

  private void verify(String name, int rounds) throws SQLException {
    List<CaptureBench.Event> updates = updates(name + ".public.deal");
    Map<String, Integer> counts = new HashMap<>();
    for (CaptureBench.Event event : updates) {
      String key = event.key().toString();
      int n = (Integer) event.after().get("n");
      Integer before = counts.put(key, n);
      if (before != null) {
        assertThat(n).as(key).isEqualTo(before + 1);
      }
    }
    assertThat(updates.size()).isEqualTo(rounds * 500);
    Map<String, String> latest = CaptureBench.latest(bench.read(name + ".public.deal"));
    List<String> told = new ArrayList<>();
    for (CaptureBench.Event event : lastOfEach(name, latest)) {
      told.add(
          event.after().get("id")
              + "|"
              + event.after().get("n")
              + "|"
              + event.after().get("large"));
    }
    assertThat(told).containsExactlyInAnyOrderElementsOf(rows(name));
  }

  private List<CaptureBench.Event> lastOfEach(String name, Map<String, String> latest) {
    Map<String, CaptureBench.Event> last = new HashMap<>();
    for (CaptureBench.Event event : bench.read(name + ".public.deal")) {
      if (event.control() == null && event.value() != null && !event.op().equals("d")) {
        last.put(event.key().toString(), event);
      }
    }
    last.keySet().retainAll(latest.keySet());
    return List.copyOf(last.values());
  }

  private List<CaptureBench.Event> updates(String source) {
    Map<Integer, Long> fences = new HashMap<>();
    List<CaptureBench.Event> updates = new ArrayList<>();
    for (CaptureBench.Event event : bench.read(source)) {
      if (event.header().generation() < fences.getOrDefault(event.partition(), 0L)) {
        continue;
      }
      fences.put(event.partition(), event.header().generation());
      if (event.control() == null && event.op().equals("u")) {
        updates.add(event);
      }
    }
    return updates;
  }

  private List<String> rows(String name) throws SQLException {
    return query(name, "SELECT id || '|' || n || '|' || large FROM deal");
  }

  private List<String> slots(String name) throws SQLException {
    return query(
        name,
        "SELECT slot_name FROM pg_replication_slots WHERE slot_name LIKE 'backlot\\_"
            + name
            + "%'");
  }

  private List<String> query(String database, String sql) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Connection connection = bench.postgres.connect(database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    }
    return found;
  }

  private List<String> fillSlots() throws SQLException {
    String free =
        "SELECT 'filler' || i FROM generate_series(1, current_setting('max_replication_slots')::int"
            + " - (SELECT count(*)::int FROM pg_replication_slots)) i";
    List<String> fillers = query("postgres", free);
    for (String filler : fillers) {
      bench.execute("postgres", "SELECT pg_create_physical_replication_slot('" + filler + "')");
    }
    return fillers;
  }

  /** Looks all the time whether there is a temporary copy of a slot. */
  private final class SlotWatch implements AutoCloseable {
    private final AtomicBoolean stop = new AtomicBoolean();
    private final CompletableFuture<Void> looking;
    private volatile boolean seen;

    SlotWatch(String name) {
      looking = CompletableFuture.runAsync(() -> look(name));
    }

    private void look(String name) {
      try (Connection connection = bench.postgres.connect("postgres");
          Statement statement = connection.createStatement()) {
        while (!stop.get()) {
          try (ResultSet row =
              statement.executeQuery(
                  "SELECT count(*) FROM pg_replication_slots WHERE temporary AND slot_name ="
                      + " 'backlot_"
                      + name
                      + "_backlog'")) {
            row.next();
            seen |= row.getInt(1) > 0;
          }
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      stop.set(true);
      looking.join();
    }
  }
}
