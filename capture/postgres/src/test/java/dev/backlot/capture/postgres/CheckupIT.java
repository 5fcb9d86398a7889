package dev.backlot.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.capture.postgres.preflight.Checkup;
import dev.backlot.embedded.PostgresServer;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.checkup.Check;
import dev.backlot.model.checkup.CheckStep;
import dev.backlot.model.checkup.CheckStep.State;
import dev.backlot.model.checkup.CheckupEvent;
import dev.backlot.model.checkup.TableFacts;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A checkup tells each check as it ends, and every table that there is. */
class CheckupIT {
  private final CaptureBench bench = CaptureBench.shared();

  private List<CheckupEvent> run(String document) {
    List<CheckupEvent> events = new ArrayList<>();
    Checkup.run(CaptureBench.spec(document), bench.environment.secrets(), events::add);
    return events;
  }

  private static CheckStep step(List<CheckupEvent> events, Check check) {
    return events.stream()
        .flatMap(event -> event.step().stream())
        .filter(step -> step.check() == check)
        .findFirst()
        .orElseThrow();
  }

  private static List<Check> checks(List<CheckupEvent> events) {
    return events.stream().flatMap(e -> e.step().stream()).map(CheckStep::check).toList();
  }

  private static boolean capturable(List<CheckupEvent> events) {
    return events.get(events.size() - 1).end().orElseThrow().capturable();
  }

  @Test
  void every_check_is_told_in_order_and_tables_come_with_what_capturing_them_meets() {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE movie (id int PRIMARY KEY, title text)",
        "INSERT INTO movie SELECT g, 'x' FROM generate_series(1, 500) g",
        "ANALYZE movie",
        "CREATE TABLE note (text text)",
        "CREATE TABLE \"Odd \"\"one\" (id int PRIMARY KEY)",
        "CREATE UNLOGGED TABLE quick (id int PRIMARY KEY)",
        "CREATE TABLE part (id int PRIMARY KEY) PARTITION BY RANGE (id)",
        "CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (0) TO (10)");

    List<CheckupEvent> events = run(bench.document(name, "\"public.*\""));

    assertThat(checks(events)).containsExactly(Check.values());
    assertThat(capturable(events)).isTrue();
    assertThat(step(events, Check.WAL_LEVEL).fact()).isEqualTo("logical");
    List<TableFacts> tables =
        events.stream().flatMap(e -> e.tables().stream()).flatMap(List::stream).toList();
    assertThat(tables)
        .extracting(TableFacts::name)
        .containsExactlyInAnyOrder(
            "public.movie", "public.note", "public.\"Odd \"\"one\"", "public.quick", "public.part");
    TableFacts movie = table(tables, "movie");
    assertThat(movie.rows()).contains(500L);
    assertThat(movie.key()).containsExactly("id");
    assertThat(movie.columns()).contains(new TableFacts.Column("title", "text"));
    assertThat(movie.obstacle()).isEmpty();
    assertThat(table(tables, "note").keyless()).contains("ALTER TABLE public.note ADD PRIMARY KEY");
    assertThat(table(tables, "quick").obstacle()).contains("ALTER TABLE public.quick SET LOGGED;");
    assertThat(table(tables, "part").partitioned()).isTrue();
  }

  private static TableFacts table(List<TableFacts> tables, String name) {
    return tables.stream().filter(table -> table.table().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void what_depends_on_a_failed_check_is_skipped() {
    String name = bench.newDatabase();
    String document = bench.document(name, "\"public.*\"");
    String closed = document.replace("\"port\": " + bench.postgres.port(), "\"port\": 1");
    List<CheckupEvent> unreachable = run(closed);
    List<CheckupEvent> refused =
        run(
            CaptureBench.document(
                name, bench.postgres.port(), name, "BACKLOT_SECRET_WRONG", "\"public.*\""));
    List<CheckupEvent> secretless =
        run(
            CaptureBench.document(
                name, bench.postgres.port(), name, "BACKLOT_SECRET_NONE", "\"public.*\""));

    assertThat(step(unreachable, Check.SECRET).state()).isEqualTo(State.OK);
    assertThat(step(unreachable, Check.REACH).state()).isEqualTo(State.FAILED);
    assertThat(step(unreachable, Check.LOGIN).state()).isEqualTo(State.SKIPPED);
    assertThat(capturable(unreachable)).isFalse();
    assertThat(step(refused, Check.REACH).state()).isEqualTo(State.OK);
    assertThat(step(refused, Check.LOGIN).problems())
        .singleElement()
        .matches(p -> p.code() == ProblemCode.CONNECTION_LOGIN_REFUSED);
    assertThat(step(secretless, Check.SECRET).state()).isEqualTo(State.FAILED);
    assertThat(step(secretless, Check.REACH).state()).isEqualTo(State.SKIPPED);
    assertThat(checks(secretless)).containsExactly(Check.values());
  }

  @Test
  void checks_that_do_not_depend_on_a_failed_one_are_made_and_tables_listed() {
    try (PostgresServer server =
        CaptureBench.server()
            .setting("wal_level", "replica")
            .password(bench.postgres.password())
            .start()) {
      List<CheckupEvent> events =
          run(
              CaptureBench.document(
                  "replica2", server.port(), "postgres", "BACKLOT_SECRET_TEST", "\"*.*\""));

      assertThat(step(events, Check.WAL_LEVEL).state()).isEqualTo(State.FAILED);
      assertThat(step(events, Check.WAL_LEVEL).problems().get(0).message())
          .contains("ALTER SYSTEM SET wal_level = 'logical';");
      assertThat(step(events, Check.REPLICATION_RIGHT).state()).isEqualTo(State.OK);
      assertThat(step(events, Check.TABLES).state()).isEqualTo(State.OK);
      assertThat(capturable(events)).isFalse();
    }
  }
}
