package dev.backlot.warehouse.query;

import static dev.backlot.warehouse.TestLake.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType.Simple;
import dev.backlot.warehouse.TestLake;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The processes that queries run in: ended, killed, used side by side. */
class QueryProcessesIT {
  private static final int PROCESSES = 3;
  private static final TestLake lake = TestLake.shared();
  private static Queries queries;
  private static QueryService service;

  @BeforeAll
  static void start() {
    queries = new Queries(lake, PROCESSES);
    service = queries.service();
    lake.append(
        lake.table("q.many", List.of("id"), Field.nullable("id", Simple.INT)),
        row("c", 1, "id", 1));
  }

  @AfterAll
  static void stop() {
    queries.close();
  }

  @Test
  void aQueryThatTakesTooLongIsEnded() {
    long start = System.nanoTime();

    assertThatThrownBy(
            () ->
                service
                    .query(
                        "SELECT count(*) FROM range(100000000) a, range(100000000) b"
                            + " WHERE a.range * b.range % 7 = 3",
                        new QueryLimits(Duration.ofMillis(500)), RowShape.ARRAY)
                    .close())
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> assertThat(e.problems().get(0).code()).isEqualTo(ProblemCode.TIMED_OUT));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
    assertThat(rows("SELECT 1")).containsExactly("[1]");
  }

  @Test
  void aResultCanBeLeftOrCancelledInTheMiddle() {
    String endless = "SELECT range FROM range(1000000000)";
    try (QueryResult result = query(endless)) {
      assertThat(new String(result.next().orElseThrow(), StandardCharsets.UTF_8)).isEqualTo("[0]");
    }
    try (QueryResult result = query(endless)) {
      result.cancel();
      assertThatThrownBy(result::toList).isInstanceOf(CancellationException.class);
    }
    assertThat(rows("SELECT 1")).containsExactly("[1]");
  }

  @Test
  void aKilledProcessFailsItsQueryAndNoOther() {
    try (QueryResult result = query("SELECT range FROM range(1000000000)")) {
      result.next();
      List<ProcessHandle> children = children();
      assertThat(children).isNotEmpty();
      children.forEach(ProcessHandle::destroyForcibly);

      assertThatThrownBy(result::toList)
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("its process ended");
    }
    assertThat(rows("SELECT 1")).containsExactly("[1]");
  }

  @Test
  void aProcessKilledWhileIdleIsReplaced() {
    rows("SELECT 1");
    children().forEach(ProcessHandle::destroyForcibly);
    await().until(() -> children().isEmpty());

    assertThat(rows("SELECT 1")).containsExactly("[1]");
  }

  @Test
  void queriesRunSideBySide() {
    assertThat(sideBySide(12))
        .containsExactlyElementsOf(
            IntStream.range(0, 12).mapToObj(i -> "[" + i + ",1]").collect(Collectors.toList()));
    assertThat(children()).hasSizeBetween(1, PROCESSES);
  }

  @Test
  void allThatWaitMayDieAtOnce() {
    for (int round = 0; round < 3; round++) {
      sideBySide(PROCESSES);
      children().forEach(ProcessHandle::destroyForcibly);

      assertThat(rows("SELECT 1")).containsExactly("[1]");
    }
  }

  private static List<String> sideBySide(int many) {
    List<CompletableFuture<List<String>>> running =
        IntStream.range(0, many)
            .mapToObj(
                i -> CompletableFuture.supplyAsync(() -> rows("SELECT " + i + ", id FROM q.many")))
            .toList();
    return running.stream().map(CompletableFuture::join).map(rows -> rows.get(0)).toList();
  }

  private static QueryResult query(String sql) {
    return queries.query(sql);
  }

  private static List<String> rows(String sql) {
    return queries.rows(sql);
  }

  private static List<ProcessHandle> children() {
    return ProcessHandle.current()
        .children()
        .filter(child -> child.info().commandLine().orElse("").contains(QueryChild.class.getName()))
        .toList();
  }
}
