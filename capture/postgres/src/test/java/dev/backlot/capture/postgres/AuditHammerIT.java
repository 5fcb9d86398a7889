package dev.backlot.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.capture.worker.CaptureWorker;
import dev.backlot.event.ControlRecord;
import dev.backlot.model.audit.AuditAnswer;
import dev.backlot.model.audit.AuditRead;
import dev.backlot.schema.canonical.RowDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * What an audit is told of a table is what the topic holds at the offsets that it is told, however
 * the table changes meanwhile. What the topic holds is folded here from its bytes.
 */
class AuditHammerIT {
  private static final int KEYS = 60;
  private static final int READS = 150;
  private static final int ENOUGH = 1_500;

  /** Unique violation and deadlock. */
  private static final Set<String> REFUSALS = Set.of("23505", "40P01");

  private final CaptureBench bench = CaptureBench.shared();

  private record Asked(AuditRead read, AuditAnswer answer) {}

  @Test
  void answers_equal_the_topic_while_writers_hammer() throws Exception {
    long seed = 20_261_126L;
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE deal (id int PRIMARY KEY, v bigint, big text)",
        // A large value that an update leaves alone is not in the log.
        "ALTER TABLE deal ALTER big SET STORAGE EXTERNAL",
        "INSERT INTO deal SELECT i, 0, repeat('0', 2100) FROM generate_series(1, 60) i");
    bench.apply(name, bench.document(name, "\"public.deal\""));
    String source = name + ".public.deal";
    AtomicBoolean stop = new AtomicBoolean();
    List<Asked> asked = new ArrayList<>();
    Audits audits = new Audits(bench, source);
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(source);
      CompletableFuture<Integer> one =
          CompletableFuture.supplyAsync(() -> hammer(name, new Random(seed), stop));
      CompletableFuture<Integer> other =
          CompletableFuture.supplyAsync(() -> hammer(name, new Random(seed + 1), stop));
      Optional<String> cursor = Optional.empty();
      // The faster the writers, the fewer keys are at rest.
      long told = 0;
      for (int i = 0; i < READS || (told <= ENOUGH && i < READS * 6); i++) {
        AuditRead read = read(i, cursor);
        long dump = i % 10 == 0 ? dump(source) : 0;
        AuditAnswer answer = audits.ask(read);
        asked.add(new Asked(read, answer));
        told += answer.rows().size();
        told += answer.sums().stream().mapToLong(AuditAnswer.Sum::rows).sum();
        cursor = read.keys().isPresent() ? cursor : answer.next();
        if (dump > 0) {
          awaitDone(dump);
        }
      }
      stop.set(true);
      assertThat(one.get() + other.get()).as("changes").isGreaterThan(2_000);
      bench.drain(name);
    }

    List<CaptureBench.Event> events = bench.read(source);
    int moving = 0;
    int rows = 0;
    for (Asked each : asked) {
      rows += compare(events, each);
      moving += each.answer.moving().size();
    }
    assertThat(rows).as("rows that were compared").isGreaterThan(ENOUGH);
    assertThat(moving).as("keys that were moving").isGreaterThan(READS / 2);
    assertThat(events.stream().filter(e -> (e.header().flags() & 2) != 0)).isNotEmpty();
  }

  /** Ranges of all details, and all keys at once. */
  private static AuditRead read(int i, Optional<String> cursor) {
    boolean keyed = i % 4 == 3;
    List<List<String>> keys =
        IntStream.rangeClosed(1, KEYS).mapToObj(id -> List.of(Integer.toString(id))).toList();
    return new AuditRead(
        List.of("v", "big", "id"),
        List.of("long", "text", "int"),
        "",
        keyed ? Optional.empty() : cursor,
        keyed ? Optional.of(keys) : Optional.empty(),
        AuditRead.Detail.values()[i % 3],
        4,
        25,
        i % 5 == 0 ? 400 : 0);
  }

  private long dump(String source) {
    return bench.metadata.dumps().request(source, 1, source.split("\\.")[0], false, "", null);
  }

  private void awaitDone(long dump) {
    Awaitility.await()
        .atMost(CaptureBench.PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> bench.metadata.dumps().find(dump).orElseThrow().finishedAt().isPresent());
  }

  /** Returns how many rows were compared. */
  private static int compare(List<CaptureBench.Event> events, Asked asked) {
    AuditAnswer answer = asked.answer;
    if (answer.allMoving()) {
      assertThat(answer.rows()).isEmpty();
      assertThat(answer.sums()).isEmpty();
      return 0;
    }
    Set<Integer> moving = new TreeSet<>();
    answer.moving().forEach(key -> moving.add(Integer.parseInt(key.get(0))));
    TreeMap<Integer, List<String>> expected = fold(events, answer.offsets());
    expected
        .keySet()
        .removeIf(
            id ->
                moving.contains(id)
                    || !answer.scope().after().isEmpty()
                        && id <= Integer.parseInt(answer.scope().after().get(0))
                    || !answer.scope().through().isEmpty()
                        && id > Integer.parseInt(answer.scope().through().get(0)));
    String description = "at " + answer.offsets() + " without " + moving;
    if (asked.read.detail() == AuditRead.Detail.SUMS) {
      assertThat(answer.sums()).as(description).isEqualTo(sums(expected));
      assertThat(answer.rows()).isEmpty();
    } else {
      TreeMap<Integer, List<String>> rows = new TreeMap<>();
      for (AuditAnswer.Row row : answer.rows()) {
        int id = Integer.parseInt(row.key().get(0));
        assertThat(rows.put(id, row.values())).isNull();
        assertThat(row.digest())
            .as(description)
            .isEqualTo(
                Optional.ofNullable(expected.get(id)).map(AuditHammerIT::digest).orElse(null));
      }
      assertThat(rows.keySet()).as(description).isEqualTo(expected.keySet());
      if (asked.read.detail() == AuditRead.Detail.ROWS) {
        assertThat(rows).as(description).isEqualTo(expected);
      }
    }
    return expected.size();
  }

  /** Returns values as the read names them, by id, of what stands below the offsets. */
  private static TreeMap<Integer, List<String>> fold(
      List<CaptureBench.Event> events, List<Long> offsets) {
    TreeMap<Integer, List<String>> rows = new TreeMap<>();
    Map<Integer, Integer> partitions = new TreeMap<>();
    for (CaptureBench.Event event : events) {
      if (event.offset() >= offsets.get(event.partition())) {
        continue;
      }
      if (event.control() != null) {
        if (event.control().kind() == ControlRecord.Kind.TRUNCATE) {
          rows.keySet().removeIf(id -> partitions.get(id) == event.partition());
        }
        continue;
      }
      int id = (Integer) event.key().get("id");
      partitions.put(id, event.partition());
      if (event.value() == null || event.op().equals("d")) {
        rows.remove(id);
      } else {
        rows.put(
            id,
            Arrays.asList(
                String.valueOf(event.after().get("v")),
                String.valueOf(event.after().get("big")),
                Integer.toString(id)));
      }
    }
    return rows;
  }

  private static List<AuditAnswer.Sum> sums(TreeMap<Integer, List<String>> rows) {
    RowDigest digest = new RowDigest();
    RowDigest.Sum[] sums = new RowDigest.Sum[4];
    Arrays.fill(sums, RowDigest.Sum.NONE);
    rows.forEach(
        (id, row) -> {
          int bucket = digest.bucket(List.of(Integer.toString(id)), 4);
          row.forEach(digest::add);
          sums[bucket] = sums[bucket].plus(digest.row());
        });
    return Arrays.stream(sums).map(s -> new AuditAnswer.Sum(s.rows(), s.high(), s.low())).toList();
  }

  private static AuditAnswer.Sum digest(List<String> row) {
    RowDigest digest = new RowDigest();
    row.forEach(digest::add);
    RowDigest.Sum sum = digest.row();
    return new AuditAnswer.Sum(sum.rows(), sum.high(), sum.low());
  }

  /** Changes any of few keys as fast as it can, seeded. */
  private int hammer(String name, Random random, AtomicBoolean stop) {
    int changes = 0;
    try (Connection connection = bench.postgres.connect(name);
        Statement statement = connection.createStatement()) {
      while (!stop.get()) {
        int id = 1 + random.nextInt(KEYS);
        int other = 1 + random.nextInt(KEYS);
        int v = ++changes;
        try {
          statement.execute(change(random.nextInt(200), id, other, v));
        } catch (SQLException e) {
          if (!REFUSALS.contains(e.getSQLState())) {
            throw e;
          }
          // Another row has that key already, or the writers blocked each other.
          statement.execute("ROLLBACK");
        }
      }
      return changes;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String change(int kind, int id, int other, int v) {
    if (kind == 0) {
      return "TRUNCATE deal";
    }
    return switch (kind % 8) {
      case 0 -> "DELETE FROM deal WHERE id = " + id;
      case 1 -> "UPDATE deal SET id = " + other + " WHERE id = " + id;
      case 2 ->
          "BEGIN; DELETE FROM deal WHERE id = %d; UPDATE deal SET id = %d, v = %d WHERE id = %d; COMMIT"
              .formatted(other, other, v, id);
      case 3, 4 -> "UPDATE deal SET v = %d WHERE id = %d".formatted(v, id);
      default ->
          "INSERT INTO deal VALUES (%d, %d, repeat('%d', 2100)) ON CONFLICT (id) DO UPDATE SET v = %d, big = repeat('%d', 2100)"
              .formatted(id, v, v % 10, v, v % 10);
    };
  }
}
