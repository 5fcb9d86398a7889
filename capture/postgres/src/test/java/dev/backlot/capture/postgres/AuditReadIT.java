package dev.backlot.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.capture.worker.CaptureWorker;
import dev.backlot.metadata.AuditReadStore;
import dev.backlot.model.audit.AuditAnswer;
import dev.backlot.model.audit.AuditRead;
import dev.backlot.model.audit.AuditRead.Detail;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which rows an audit is told, where its parts begin and end, and what it is refused. */
class AuditReadIT {
  private final CaptureBench bench = CaptureBench.shared();

  @AfterEach
  void restore() {
    bench.execute(
        "postgres", "ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
  }

  private Audits capture(String name, String table) {
    bench.apply(name, bench.document(name, "\"public.*\""));
    bench.awaitStreaming(name + ".public." + table);
    return new Audits(bench, name + ".public." + table);
  }

  @Test
  void ranges_follow_one_another_in_key_order_whatever_the_rows_size() {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE deal (part text, id numeric(4,1), day date, v text, PRIMARY KEY (part, id, day))",
        "INSERT INTO deal SELECT chr(64 + i % 3) || chr(233), i / 2.0, '2026-01-01'::date + i, i"
            + " FROM generate_series(1, 100) i",
        "INSERT INTO deal VALUES ('A', 'NaN', 'infinity'), ('A', 'NaN', '-infinity'), ('é''\\\t', 0, '0044-03-15 BC')",
        "CREATE TABLE large (id int PRIMARY KEY, v text)",
        "ALTER TABLE large ALTER v SET STORAGE EXTERNAL",
        "INSERT INTO large SELECT i, repeat('x', 2000000) FROM generate_series(1, 20) i",
        "CREATE DOMAIN number AS int",
        "CREATE TABLE none (\"The Id\" number PRIMARY KEY) PARTITION BY RANGE (\"The Id\")",
        "CREATE TABLE none_1 PARTITION OF none FOR VALUES FROM (0) TO (100)",
        "CREATE TABLE none_2 PARTITION OF none FOR VALUES FROM (100) TO (200)");
    try (CaptureWorker worker = bench.startWorker()) {
      Audits deals = capture(name, "deal");
      List<AuditAnswer> answers = deals.all(deals.read(Detail.ROWS, 7));

      assertThat(answers).hasSizeGreaterThan(12);
      assertThat(Audits.keys(answers)).hasSize(103).doesNotHaveDuplicates();
      List<String> after = List.of();
      for (AuditAnswer answer : answers) {
        assertThat(answer.scope().after()).isEqualTo(after);
        after = answer.scope().through();
        assertThat(after).doesNotContain("NaN");
        assertThat(answer.rows().stream().map(r -> r.values().subList(0, 3)))
            .isEqualTo(answer.rows().stream().map(AuditAnswer.Row::key).toList());
      }
      assertThat(after).isEmpty();
      assertThat(Audits.keys(answers))
          .contains(
              List.of("é'\\\t", "0", "0044-03-15 BC"),
              List.of("A", "NaN", "-infinity"),
              List.of("Aé", "0.5", "2026-01-02"));

      Audits large = capture(name, "large");
      List<AuditAnswer> parts = large.all(large.read(Detail.ROWS, 100));
      assertThat(parts).hasSizeBetween(2, 3);
      assertThat(Audits.keys(parts)).hasSize(20).doesNotHaveDuplicates();

      Audits none = capture(name, "none");
      assertThat(none.all(none.read(Detail.SUMS, 10)))
          .singleElement()
          .satisfies(a -> assertThat(a.sums()).containsExactly(new AuditAnswer.Sum(0, 0, 0)));
      bench.execute(name, "INSERT INTO none SELECT generate_series(95, 104)");
      assertThat(none.all(none.read(Detail.SUMS, 4)).stream().map(a -> a.scope().through()))
          .containsExactly(List.of("98"), List.of("102"), List.of());
    }
  }

  @Test
  void keys_without_a_common_order_are_read_by_hash() {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TYPE phase AS ENUM ('z', 'a''b')",
        "CREATE TABLE staged (phase phase, code char(4), at timestamptz, raw bytea, PRIMARY KEY (phase, code, at, raw))",
        "INSERT INTO staged SELECT 'a''b', i, '2026-01-01 00:00+00'::timestamptz + i * interval '1 ms',"
            + " decode(lpad(to_hex(i), 4, '0'), 'hex') FROM generate_series(1, 300) i",
        "ANALYZE staged",
        "CREATE TABLE named (name text COLLATE \"und-x-icu\" PRIMARY KEY)",
        "INSERT INTO named SELECT 'Ü' || i FROM generate_series(1, 300) i",
        "ANALYZE named",
        // Only Java knows this key's canonical text, and the estimate is far too low.
        "CREATE TABLE measured (x float8 PRIMARY KEY)",
        "INSERT INTO measured VALUES (0)",
        "ANALYZE measured",
        "INSERT INTO measured SELECT i * 0.1::float8 FROM generate_series(1, 300) i");
    try (CaptureWorker worker = bench.startWorker()) {
      for (String table : List.of("staged", "named", "measured")) {
        Audits audits = capture(name, table);
        List<AuditAnswer> answers = audits.all(audits.read(Detail.KEYS, 20));

        assertThat(answers).hasSizeGreaterThan(15);
        assertThat(Audits.keys(answers))
            .hasSize(table.equals("measured") ? 301 : 300)
            .doesNotHaveDuplicates();
        for (AuditAnswer answer : answers) {
          assertThat(answer.rows()).hasSizeLessThanOrEqualTo(41);
          for (AuditAnswer.Row row : answer.rows()) {
            assertThat(hash(row.key())).startsWith(answer.scope().hashPrefix());
          }
        }
      }
      Audits audits = new Audits(bench, name + ".public.staged");
      assertThat(Audits.keys(audits.all(audits.read(Detail.KEYS, 1_000))))
          .contains(List.of("a'b", "300 ", "2026-01-01 00:00:00.3+00", "012c"));
    }
  }

  private static String hash(List<String> key) {
    try {
      byte[] text = String.join("\u0001", key).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(text));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_predicate_holds_as_in_a_filter_step() {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TYPE phase AS ENUM ('z', 'a')",
        "CREATE TABLE deal (id int PRIMARY KEY, t varchar(9), c char(4), e phase, n numeric(6,2), f real,"
            + " u uuid, m money, at timestamptz, r point)",
        "INSERT INTO deal VALUES (1, 'a', 'ab', 'z', 1.5, 0.1, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 12.34,"
            + " '2026-01-01 00:00+00', '(1,2)')",
        "INSERT INTO deal VALUES (2, 'Z', 'ab c', 'a', 'NaN', 0.5, null, -3, '294270-01-01', null)",
        "INSERT INTO deal VALUES (3, 'é', '', null, null, 'NaN', null, null, 'infinity', '(1,3)')",
        "INSERT INTO deal VALUES (4, '\uFF5E', null, 'z', 7, null, null, null, null, null)",
        "INSERT INTO deal VALUES (5, '😀', null, 'z', 7, null, null, null, null, null)",
        "INSERT INTO deal SELECT i, 'b' FROM generate_series(100, 1000) i");
    try (CaptureWorker worker = bench.startWorker()) {
      Audits deals = capture(name, "deal");

      assertThat(ids(deals, "t < 'a'")).containsExactly(2);
      // UTF-8 orders these otherwise than UTF-16.
      assertThat(ids(deals, "t > '\uFF5E'")).containsExactly(5);
      assertThat(ids(deals, "t LIKE '_' AND t >= 'é'")).containsExactly(3, 4, 5);
      // A char(4) travels with its blanks.
      assertThat(ids(deals, "c = 'ab'")).isEmpty();
      assertThat(ids(deals, "c = 'ab  '")).containsExactly(1);
      assertThat(ids(deals, "e IN ('a', 'no label')")).containsExactly(2);
      // NaN does not fit a decimal, so it is NULL there.
      assertThat(ids(deals, "n IS NULL AND id < 100")).containsExactly(2, 3);
      assertThat(ids(deals, "n > 1")).containsExactly(1, 4, 5);
      assertThat(ids(deals, "NOT n = 7")).containsExactly(1);
      assertThat(ids(deals, "f IN (0.1, 0.5)")).containsExactly(2);
      assertThat(ids(deals, "f > 0.2")).containsExactly(2, 3);
      assertThat(ids(deals, "u = 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'")).containsExactly(1);
      assertThat(ids(deals, "m BETWEEN -3 AND 12.34")).containsExactly(1, 2);
      assertThat(ids(deals, "at > '2026-01-01T00:00:00Z'")).containsExactly(3);
      assertThat(ids(deals, "r = '(1,2)' OR r LIKE '%3)'")).containsExactly(1, 3);
      assertThat(ids(deals, "id > 990 AND id <> 995 AND t = 'b'")).hasSize(9);
    }
  }

  private static List<Integer> ids(Audits audits, String predicate) {
    AuditRead read = Audits.where(audits.read(Detail.KEYS, 400), predicate);
    List<AuditAnswer> answers = audits.all(read);
    assertThat(answers).hasSize(3);
    return Audits.keys(answers).stream().map(key -> Integer.parseInt(key.get(0))).toList();
  }

  @Test
  void what_can_not_be_answered_is_refused_with_the_reason() {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE deal (id int PRIMARY KEY, v text, n numeric(6,2), a int[])",
        "INSERT INTO deal VALUES (1, 'x', 1, '{1}')");
    try (CaptureWorker worker = bench.startWorker()) {
      Audits deals = capture(name, "deal");
      AuditRead read = deals.read(Detail.ROWS, 10);

      assertThat(deals.refusal(Audits.where(read, "nothing = 1")))
          .contains("there is no column 'nothing'");
      assertThat(deals.refusal(Audits.where(read, "a IS NULL"))).contains("column 'a'");
      assertThat(deals.refusal(Audits.from(read, Optional.of("elsewhere")))).contains("no cursor");
      assertThat(deals.refusal(Audits.from(read, Optional.of("{\"prefix\":\"0f\"}"))))
          .contains("Begin anew");
      assertThat(deals.refusal(Audits.ofKeys(read, List.of(List.of("1", "2")))))
          .contains("2 parts instead of 1");
      assertThat(deals.refusal(Audits.ofKeys(read, List.of(List.of("one"))))).contains("\"one\"");
      assertThat(new Audits(bench, name + ".public.other").refusal(read))
          .contains("is not captured");
      long newer = bench.metadata.auditReads().request(name + ".public.deal", 2, name, read);
      assertThat(deals.await(newer).reason()).contains("its epoch is 1, not 2");
      assertThat(deals.ask(Audits.ofKeys(read, List.of(List.of(" 1"), List.of("7")))).rows())
          .singleElement()
          .satisfies(row -> assertThat(row.values()).containsExactly("1", "x", "1", "[1:1]"));

      bench.execute(
          name, "ALTER TABLE deal DROP COLUMN v", "ALTER TABLE deal ALTER n TYPE numeric(8,4)");
      assertThat(deals.refusal(read)).contains("has no column 'v' any more");
      AuditRead narrowed =
          new AuditRead(
              List.of("n"),
              List.of("decimal(6,2)"),
              "",
              Optional.empty(),
              Optional.empty(),
              Detail.SUMS,
              1,
              10,
              0);
      assertThat(deals.refusal(narrowed)).contains("decimal(8,4), which decimal(6,2) does not");
      bench.execute(name, "DROP TABLE deal");
      assertThat(deals.refusal(read)).containsAnyOf("is gone", "not captured");
    }
  }

  @Test
  void who_waits_for_the_table_does_not_wait_for_the_audit() throws Exception {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE deal (id int PRIMARY KEY)",
        "INSERT INTO deal SELECT generate_series(1, 20000)");
    try (CaptureWorker worker = bench.startWorker()) {
      Audits deals = capture(name, "deal");
      AuditRead read = Audits.slowly(deals.read(Detail.SUMS, 100_000), 2_000);
      long id = deals.request(read);
      awaitLocked(name);

      long start = System.nanoTime();
      bench.execute(name, "ALTER TABLE deal ADD COLUMN v text");

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      AuditAnswer answer = deals.await(id).answer().orElseThrow();
      assertThat(answer.next()).isPresent();
      assertThat(answer.rowsRead()).isLessThan(15_000);
    }
  }

  private void awaitLocked(String name) {
    Awaitility.await()
        .atMost(CaptureBench.PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(
            () -> {
              try (var connection = bench.postgres.connect(name);
                  var statement = connection.createStatement();
                  var row =
                      statement.executeQuery(
                          "SELECT count(*) FROM pg_locks WHERE relation = 'deal'::regclass"
                              + " AND mode = 'AccessShareLock' AND pid <> pg_backend_pid()")) {
                row.next();
                return row.getInt(1) > 0;
              }
            });
  }

  @Test
  void a_commit_that_the_log_tells_before_queries_see_it_is_moving() throws Exception {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE deal (id int PRIMARY KEY, v text)",
        "INSERT INTO deal SELECT i, 'old' FROM generate_series(1, 2000) i");
    try (CaptureWorker worker = bench.startWorker()) {
      Audits deals = capture(name, "deal");
      AuditRead read = Audits.slowly(deals.read(Detail.ROWS, 10_000), 1_000);
      long id = deals.request(read);
      awaitLocked(name);
      // No standby of this name ever confirms: the commit is in the log, but stays invisible.
      bench.execute(
          "postgres",
          "ALTER SYSTEM SET synchronous_standby_names = 'ghost'",
          "SELECT pg_reload_conf()");
      CompletableFuture<Void> stalled =
          CompletableFuture.runAsync(
              () ->
                  bench.execute(
                      name,
                      "SET synchronous_commit = 'on'",
                      "UPDATE deal SET v = 'new' WHERE id IN (1, 2000)"));

      AuditAnswer answer = deals.await(id).answer().orElseThrow();

      assertThat(stalled).isNotDone();
      assertThat(answer.moving()).containsExactlyInAnyOrder(List.of("1"), List.of("2000"));
      assertThat(answer.rows()).hasSize(1998);
      List<CaptureBench.Event> events = bench.read(name + ".public.deal");
      CaptureBench.Event change =
          events.stream().filter(e -> e.op().equals("u")).findFirst().orElseThrow();
      assertThat(change.offset()).isLessThan(answer.offsets().get(change.partition()));

      // What the log told before a read begins must be visible to it.
      long late = deals.request(deals.read(Detail.ROWS, 10_000));
      Awaitility.await().until(() -> deals.find(late).state() == AuditReadStore.State.RUNNING);
      assertThat(deals.find(late).answer()).isEmpty();
      bench.execute(
          "postgres", "ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
      stalled.get();
      AuditAnswer seen = deals.await(late).answer().orElseThrow();
      assertThat(seen.moving()).isEmpty();
      assertThat(seen.rows().stream().filter(r -> r.values().get(1).equals("new"))).hasSize(2);
    }
  }

  @Test
  void a_read_that_its_capture_did_not_finish_is_done_again_by_the_next_one() {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE deal (id int PRIMARY KEY)",
        "INSERT INTO deal SELECT generate_series(1, 6000)");
    long id;
    Audits deals;
    try (CaptureWorker worker = bench.startWorker()) {
      deals = capture(name, "deal");
      id = deals.request(Audits.slowly(deals.read(Detail.KEYS, 10_000), 2_000));
      awaitLocked(name);
    }
    assertThat(deals.find(id).answer()).isEmpty();
    bench.execute(name, "DELETE FROM deal WHERE id > 100");

    try (CaptureWorker worker = bench.startWorker()) {
      AuditAnswer answer = deals.await(id).answer().orElseThrow();

      assertThat(answer.rows()).hasSize(100);
      bench.drain(name);
      long deletes =
          bench.read(name + ".public.deal").stream()
              .filter(e -> e.op().equals("d") && e.offset() < answer.offsets().get(e.partition()))
              .count();
      assertThat(deletes).isEqualTo(5_900);
    }
  }

  @Test
  void a_read_that_nobody_wants_any_more_does_not_hold_up_the_next_one() {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE deal (id int PRIMARY KEY)",
        "INSERT INTO deal SELECT generate_series(1, 100)");
    try (CaptureWorker worker = bench.startWorker()) {
      Audits deals = capture(name, "deal");
      AuditRead read = deals.read(Detail.KEYS, 10_000);
      List<Long> ids = IntStream.range(0, 5).mapToObj(i -> deals.request(read)).toList();
      ids.subList(0, 4).forEach(bench.metadata.auditReads()::forget);

      AuditAnswer answer = deals.await(ids.get(4)).answer().orElseThrow();

      assertThat(new HashSet<>(answer.rows())).hasSize(100);
      assertThat(bench.metadata.auditReads().find(ids.get(0))).isEmpty();
    }
  }
}
