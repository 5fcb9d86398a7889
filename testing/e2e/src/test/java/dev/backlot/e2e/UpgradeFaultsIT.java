package dev.backlot.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.e2e.UpgradeSite.LogTail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Upgrades that are interrupted by kill -9 at each of their steps, and such as can't succeed: each
 * ends well by itself, once it can, and no event is lost or doubled.
 */
class UpgradeFaultsIT {
  private static final Logger LOG = LoggerFactory.getLogger(UpgradeFaultsIT.class);
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final int TRIES = 4;

  /**
   * A step of an upgrade.
   *
   * @param log whose log tells of it
   * @param texts of the line that does
   */
  private record Step(String log, List<String> texts) {}

  private static final List<Step> STEPS =
      List.of(
          new Step("controller", List.of("Pipeline 'films' upgrades:")),
          new Step("dataplane", List.of("Tables of pipeline films are ready")),
          new Step("dataplane", List.of("Job ", " of pipeline films has ended")),
          new Step("dataplane", List.of("Pipeline films runs plan")));

  @Test
  void an_upgrade_that_is_killed_at_any_step_is_completed() throws Exception {
    try (UpgradeSite site = new UpgradeSite()) {
      List<String> columns = new ArrayList<>(List.of("id", "v"));
      for (String victim : List.of("controller", "dataplane")) {
        for (Step step : STEPS) {
          columns.addAll(killAt(site, victim, step));
        }
      }
      site.check(columns);
    }
  }

  /** A kill counts only when the upgrade was under way; else there is another one. */
  private static List<String> killAt(UpgradeSite site, String victim, Step step) throws Exception {
    List<String> columns = new ArrayList<>();
    for (int i = 0; i < TRIES; i++) {
      LogTail tail = site.tail(step.log());
      String column = site.addColumn();
      columns.add(column);
      tail.await(step.texts());
      site.installation().platform().kill(victim);
      boolean counts = site.upgrades("running") == 1;
      LOG.info("killed {} at {}{}", victim, step.texts(), counts ? "" : ", too late");
      long begin = System.nanoTime();
      site.awaitFilled(column);
      awaitState(site, "running", "");
      LOG.info("column {} arrived {} ms later", column, (System.nanoTime() - begin) / 1_000_000);
      if (counts) {
        return columns;
      }
    }
    throw new AssertionError("never killed " + victim + " at " + step);
  }

  @Test
  void an_upgrade_that_can_not_succeed_is_undone_and_tried_again() throws Exception {
    try (UpgradeSite site = new UpgradeSite()) {
      aJobThatFailsUnderItsNewPlan(site);
      aColumnThatIsInTheWay(site);
      site.check(List.of("id", "v", "c1", "c2"));
    }
  }

  private static void aJobThatFailsUnderItsNewPlan(UpgradeSite site) throws Exception {
    site.executeInMetadata(
        """
        CREATE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF EXISTS (SELECT FROM pipeline_upgrade u JOIN pipeline_status s USING (pipeline)
                     WHERE u.state = 'running' AND s.plan_hash = u.to_hash) THEN
            RAISE EXCEPTION 'planted';
          END IF;
          RETURN NEW;
        END $$
        """,
        "CREATE TRIGGER planted BEFORE UPDATE ON iceberg_tables FOR EACH ROW EXECUTE FUNCTION planted()");
    LogTail tail = site.tail("controller");

    String column = site.addColumn();

    tail.await(List.of("Pipeline 'films' goes back to plan"));
    site.installation().platform().kill("controller");
    assertThat(site.upgrades("running")).isOne();
    tail.await(List.of("Pipeline 'films' is back"));
    awaitCode(site, "UPGRADE_FAILED");
    assertThat(site.status().path("reason").asText())
        .contains("Cannot upgrade pipeline 'films'", "c1 added", "planted");
    awaitIncident(site, true);
    assertThat(site.rest().number("SELECT count(*) FROM site.film WHERE c1 IS NOT NULL")).isZero();

    site.executeInMetadata("DROP FUNCTION planted() CASCADE");
    site.awaitFilled(column);
    awaitState(site, "running", "");
    awaitIncident(site, false);
  }

  private static void aColumnThatIsInTheWay(UpgradeSite site) throws Exception {
    site.alter("ADD COLUMN x int", List.of(), List.of());
    site.awaitVisible(site.writes());
    site.alter("DROP COLUMN x", List.of(), List.of());
    String between = site.addColumn();
    site.awaitFilled(between);
    String job = MatrixCase.job(site.status());

    site.alter("ADD COLUMN x text", List.of(), List.of());

    awaitState(site, "blocked", "SCHEMA_NOT_COVERED");
    JsonNode status = site.status();
    assertThat(status.path("reason").asText()).contains("column 'x'", "runs on");
    assertThat(MatrixCase.job(status)).isEqualTo(job);
    site.alter("RENAME COLUMN x TO free", List.of(), List.of());
    site.awaitVisible(site.writes());
    awaitState(site, "running", "");
  }

  private static void awaitState(UpgradeSite site, String state, String code) {
    Awaitility.await("pipeline " + state + " " + code)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(
            () -> {
              JsonNode status = site.status();
              assertThat(status.path("state").asText() + " " + status.path("code").asText())
                  .as(status.toString())
                  .isEqualTo(state + " " + code);
            });
  }

  /** Waits for a code in whatever state: events that wait make the lag grow past what is live. */
  private static void awaitCode(UpgradeSite site, String code) {
    Awaitility.await("pipeline with " + code)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(() -> site.status().path("code").asText().equals(code));
  }

  private static void awaitIncident(UpgradeSite site, boolean open) {
    Awaitility.await(open ? "an incident" : "no incident")
        .atMost(PATIENCE)
        .until(
            () -> {
              for (JsonNode item : site.rest().get("/api/v1/incidents").path("items")) {
                if (item.at("/spec/kind").asText().equals("upgrade_failed")
                    && item.at("/status/state").asText().equals("open")) {
                  return open;
                }
              }
              return !open;
            });
  }
}
