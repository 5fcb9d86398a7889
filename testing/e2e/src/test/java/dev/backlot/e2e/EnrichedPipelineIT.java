package dev.backlot.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.checker.Checker;
import dev.backlot.checker.CommandTarget;
import dev.backlot.checker.Verdict;
import dev.backlot.testing.platform.Platform;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The demo's enriched tables, compared with what its database says, movie by movie: after each kind
 * of change, after the graph was killed, and after the data plane was killed.
 *
 * <p>The tests share one demo, whose own workload is paused; those that kill come last.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EnrichedPipelineIT {
  private static final Logger LOG = LoggerFactory.getLogger(EnrichedPipelineIT.class);
  private static final Duration SECONDS = Duration.ofSeconds(60);
  private static final Duration RECOVERY = Duration.ofSeconds(120);

  private static Installation demo;
  private static StudioTables studio;

  @BeforeAll
  static void start() throws Exception {
    demo = Installation.demo();
    studio = new StudioTables(demo.port() + 5, demo.command());
    for (String pipeline : List.of("movie_report", "production_board")) {
      Awaitility.await(pipeline + " caught up")
          .atMost(RECOVERY)
          .pollInterval(Duration.ofMillis(500))
          .until(() -> demo.command().pipelineStatus(pipeline).path("caught_up").asBoolean());
    }
  }

  @AfterAll
  static void stop() throws Exception {
    if (demo != null) {
      demo.close();
    }
  }

  @Test
  @Order(1)
  void everyMovieHasTheRowThatTheDatabaseGivesIt() throws Exception {
    // Pipelines that say that they have caught up have, and nothing changes meanwhile.
    assertThat(studio.board())
        .hasSizeGreaterThan(3_000)
        .containsExactlyElementsOf(studio.expectedBoard());
    assertThat(studio.expectedBoard()).anyMatch(row -> row.contains("|SHOOT|"));
  }

  @Test
  @Order(2)
  void aNewMovieAppearsAndItsDealsAndDaysRefreshIt() throws Exception {
    studio.execute(
        "INSERT INTO movie (movie_id, title, phase, director) VALUES (90001, 'The Long Take', 'PREP', 'A. Varda')");
    awaitEqual("a new movie", SECONDS);
    assertThat(studio.board(90_001))
        .isEqualTo("90001|The Long Take|PREP|A. Varda|0|0|-|-|0|0|0.00|0.00");

    studio.execute(
        "INSERT INTO deal (deal_id, movie_id, talent_id, craft, status, fee, currency, terms)"
            + " VALUES ('00000000-0000-0000-0000-000000090001', 90001, 1, 'actor', 'SENT', 1000.50, 'USD', '{}')");
    studio.execute(
        "INSERT INTO schedule_day (movie_id, unit, day_number, work_date, location, scenes, status)"
            + " VALUES (90001, 'MAIN', 1, '2031-05-01', 'Pier 9', '{1}', 'PLANNED'),"
            + " (90001, 'MAIN', 2, '2031-05-02', 'Pier 10', '{2}', 'PLANNED')");
    awaitEqual("a deal and two days of a movie", SECONDS);
    assertThat(studio.board(90_001))
        .isEqualTo("90001|The Long Take|PREP|A. Varda|2|0|2031-05-01|Pier 9|1|0|1000.50|0.00");

    studio.execute(
        "UPDATE deal SET status = 'SIGNED', signed_at = now(), fee = 999.99"
            + " WHERE deal_id = '00000000-0000-0000-0000-000000090001'");
    studio.execute(
        "UPDATE schedule_day SET status = 'WRAPPED' WHERE movie_id = 90001 AND day_number = 1");
    awaitEqual("a signature and a wrapped day", SECONDS);
    assertThat(studio.board(90_001))
        .isEqualTo("90001|The Long Take|PREP|A. Varda|1|1|2031-05-02|Pier 10|0|1|0.00|999.99");
  }

  @Test
  @Order(3)
  void whatGoesToAnotherMovieRefreshesBoth() throws Exception {
    studio.execute(
        "INSERT INTO movie (movie_id, title, phase) VALUES (90002, 'The Short Take', 'SHOOT')");
    studio.execute(
        "UPDATE schedule_day SET movie_id = 90002 WHERE movie_id = 90001 AND day_number = 2");
    studio.execute(
        "UPDATE deal SET movie_id = 90002 WHERE deal_id = '00000000-0000-0000-0000-000000090001'");
    awaitEqual("a day and a deal that changed movies", SECONDS);

    assertThat(studio.board(90_001))
        .isEqualTo("90001|The Long Take|PREP|A. Varda|0|1|-|-|0|0|0.00|0.00");
    assertThat(studio.board(90_002))
        .isEqualTo("90002|The Short Take|SHOOT|-|1|0|2031-05-02|Pier 10|0|1|0.00|999.99");
  }

  @Test
  @Order(4)
  void aDeletedScheduleLeavesTheMovieAndADeletedMovieLeavesNothing() throws Exception {
    studio.execute("DELETE FROM schedule_day WHERE movie_id IN (90001, 90002)");
    studio.execute("DELETE FROM deal WHERE movie_id = 90002");
    awaitEqual("deleted schedules", SECONDS);
    assertThat(studio.board(90_001))
        .isEqualTo("90001|The Long Take|PREP|A. Varda|0|0|-|-|0|0|0.00|0.00");
    assertThat(studio.board(90_002))
        .isEqualTo("90002|The Short Take|SHOOT|-|0|0|-|-|0|0|0.00|0.00");

    studio.execute("DELETE FROM movie WHERE movie_id IN (90001, 90002)");
    awaitEqual("deleted movies", SECONDS);
    assertThat(studio.board()).noneMatch(row -> row.startsWith("9000"));
  }

  @Test
  @Order(5)
  void nothingIsMissedWhileTheGraphIsAway() throws Exception {
    try (StudioWriter writer = new StudioWriter(studio::connect, 5)) {
      killInFlight("studio", writer);
      Awaitility.await("the graph again")
          .atMost(RECOVERY)
          .until(() -> demo.platform().service("studio").isPresent());
      awaitVisible(writer);
    }
    awaitEqual("changes while the graph was away", RECOVERY);
    assertNothingIsLostOrDoubled();
  }

  @Test
  @Order(6)
  void nothingIsMissedWhenTheDataPlaneIsKilledAtWork() throws Exception {
    try (StudioWriter writer = new StudioWriter(studio::connect, 6)) {
      killInFlight("dataplane", writer);
      Awaitility.await("health").atMost(RECOVERY).until(demo.platform()::healthy);
      awaitVisible(writer);
    }
    awaitEqual("changes around the kill of the data plane", RECOVERY);
    assertNothingIsLostOrDoubled();
  }

  @Test
  @Order(7)
  void aStepThatHangsIsAnIncidentAlthoughNothingElseHappensAndItsJobRuns() throws Exception {
    long pid = demo.platform().service("studio").orElseThrow().pid();
    assertThat(demo.command().pipelineStatus("movie_report").path("heartbeat_seconds").asDouble())
        .isPositive();
    // The graph takes connections and says nothing; whoever else changes films stands still, too.
    signal("-STOP", pid);
    try {
      studio.execute("INSERT INTO movie (movie_id, title, phase) VALUES (90003, 'Frozen', 'PREP')");

      Awaitility.await("silence is an incident")
          .atMost(RECOVERY)
          .until(() -> demo.command().hasIncident("heartbeat_silent"));

      JsonNode status = demo.command().pipelineStatus("movie_report");
      assertThat(status.path("jobs").path(0).path("state").asText()).isEqualTo("RUNNING");
      assertThat(status.path("heartbeat_still_since").asText()).isNotEmpty();
    } finally {
      signal("-CONT", pid);
    }
    Awaitility.await("heartbeats again, and no incident of silence")
        .atMost(RECOVERY)
        .until(
            () ->
                !demo.command().hasIncident("heartbeat_silent")
                    && demo.command()
                        .pipelineStatus("movie_report")
                        .path("heartbeat_still_since")
                        .isMissingNode());
    studio.execute("DELETE FROM movie WHERE movie_id = 90003");
  }

  private static void signal(String signal, long pid) throws Exception {
    assertThat(new ProcessBuilder("kill", signal, String.valueOf(pid)).start().waitFor()).isZero();
  }

  /** A kill counts only while a change is committed and not yet in the table. */
  private static void killInFlight(String victim, StudioWriter writer) {
    Awaitility.await("changes in flight before the kill of " + victim)
        .atMost(SECONDS)
        .pollDelay(Duration.ZERO)
        .until(
            () -> {
              long visible = studio.visibleFee(StudioWriter.MARKED);
              long committed = writer.committed();
              if (visible <= 0 || committed <= visible) {
                return false;
              }
              demo.platform().kill(victim);
              LOG.info("killed {} at change {}; the table had {}", victim, committed, visible);
              return true;
            });
  }

  private static void awaitVisible(StudioWriter writer) {
    long wanted = writer.committed();
    Awaitility.await("change " + wanted + " in the table")
        .atMost(RECOVERY)
        .until(() -> studio.visibleFee(StudioWriter.MARKED) >= wanted);
  }

  private static void awaitEqual(String what, Duration limit) {
    long begin = System.nanoTime();
    Awaitility.await(what)
        .atMost(limit)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(
            () -> assertThat(studio.board()).containsExactlyElementsOf(studio.expectedBoard()));
    LOG.info("{}: equal after {} ms", what, (System.nanoTime() - begin) / 1_000_000);
  }

  private static void assertNothingIsLostOrDoubled() throws Exception {
    try (Connection connection = studio.connect()) {
      Checker checker =
          new Checker(
              connection, new CommandTarget(Platform.root().resolve("backlot"), demo.url()));
      Awaitility.await("movie_report equal")
          .atMost(SECONDS)
          .untilAsserted(
              () -> {
                Verdict report =
                    checker.compare(
                        "public",
                        "movie",
                        "phase <> 'CANCELLED'",
                        "studio.movie_report_latest",
                        Map.of());
                assertThat(report.equal()).as(report.toString()).isTrue();
              });
      assertThat(checker.duplicates("studio.movie_report")).isEmpty();
    }
    // One record can refresh two movies, so a record is doubled when a movie has it twice.
    assertThat(
            demo.command()
                .number(
                    "SELECT count(*) FROM (SELECT movie_id FROM studio.production_board"
                        + " GROUP BY movie_id, _source, _epoch, _partition, _offset"
                        + " HAVING count(*) > 1)"))
        .isZero();
    assertThat(Command.json(demo.command().ok("get", "deadletters", "-o", "json")).path("items"))
        .isEmpty();
    assertThat(
            demo.command()
                .number(
                    "SELECT count(*) FROM studio.movie_report_latest"
                        + " WHERE director_name IS DISTINCT FROM director"))
        .isZero();
  }
}
