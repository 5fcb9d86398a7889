package dev.backlot.controller.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.controller.dataplane.DataPlane.Percentiles;
import dev.backlot.controller.dataplane.DataPlane.StepFigures;
import dev.backlot.controller.graph.StepBoard.Pace;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class StepBoardTest {
  private static final long SECOND = 1_000_000_000L;

  private final StepBoard board = new StepBoard(Map::of);

  private void counted(long second, long in, long failed) {
    board.see(
        Map.of(
            "movies",
            List.of(
                new StepFigures(
                    "active",
                    Optional.of(in),
                    Optional.empty(),
                    Optional.of(failed),
                    Optional.of(0.25),
                    Optional.empty(),
                    Optional.of(new Percentiles(0.1, 0.2, 0.3)),
                    Optional.empty()))),
        second * SECOND);
  }

  private Pace pace() {
    return board.of("movies").getOrDefault("active", Pace.UNKNOWN);
  }

  @Test
  void rates_are_known_after_a_second_look_and_what_nobody_counts_stays_unknown() {
    counted(0, 100, 0);
    assertThat(pace().inRate()).isEmpty();
    assertThat(pace().busy()).contains(0.25);
    assertThat(pace().latency()).contains(new Percentiles(0.1, 0.2, 0.3));

    counted(2, 120, 1);

    assertThat(pace().inRate()).contains(10.0);
    assertThat(pace().errorRate()).contains(0.5);
    assertThat(pace().outRate()).isEmpty();
    assertThat(pace().backPressured()).isEmpty();
  }

  @Test
  void a_job_that_counts_anew_has_no_rate_until_it_was_seen_twice() {
    counted(0, 100, 0);
    counted(2, 120, 0);
    counted(4, 5, 0);
    assertThat(pace().inRate()).isEmpty();

    counted(6, 7, 0);

    assertThat(pace().inRate()).contains(1.0);
  }

  @Test
  void rates_are_those_of_the_last_ten_seconds() {
    for (int second = 0; second <= 20; second += 2) {
      counted(second, second < 10 ? 0 : (second - 10) * 50L, 0);
    }

    assertThat(pace().inRate()).contains(50.0);
  }

  @Test
  void a_pipeline_that_runs_no_more_is_not_shown() {
    counted(0, 1, 0);

    board.see(Map.of(), 2 * SECOND);

    assertThat(board.of("movies")).isEmpty();
  }
}
