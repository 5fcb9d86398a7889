package dev.backlot.controller.dump;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.metadata.DumpStore;
import dev.backlot.metadata.DumpStore.Dump;
import dev.backlot.metadata.DumpStore.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DumpForecastTest {
  @Test
  void rate_and_time_left_follow_from_the_last_seconds() {
    DumpForecast forecast = DumpForecast.of(dump(State.RUNNING, 40_000, 100_000L, 9_000, 0));

    assertThat(forecast.rowsPerSecond()).hasValue(2_222);
    assertThat(forecast.secondsLeft()).hasValue(27);
  }

  @Test
  void a_dump_that_rests_gets_slower_and_has_more_time_left() {
    DumpForecast forecast = DumpForecast.of(dump(State.RUNNING, 40_000, 100_000L, 9_000, 91_000));

    assertThat(forecast.rowsPerSecond()).hasValue(200);
    assertThat(forecast.secondsLeft()).hasValue(300);
  }

  @Test
  void nothing_is_said_of_what_nobody_knows() {
    Dump unknown = dump(State.RUNNING, 40_000, null, 9_000, 0);
    assertThat(DumpForecast.of(unknown).rowsPerSecond()).isPresent();
    assertThat(DumpForecast.of(unknown).secondsLeft()).isEmpty();

    Dump more = dump(State.RUNNING, 100_001, 100_000L, 9_000, 0);
    assertThat(DumpForecast.of(more).secondsLeft()).isEmpty();

    Dump paused = dump(State.PAUSED, 40_000, 100_000L, 9_000, 0);
    assertThat(DumpForecast.of(paused).rowsPerSecond()).isEmpty();
    assertThat(DumpForecast.of(paused).secondsLeft()).isEmpty();
  }

  /** Has read 20,000 rows in the window. */
  private static Dump dump(
      State state, long read, Long estimate, long windowMillis, long millisSince) {
    return new Dump(
        1,
        "studio.public.movie",
        1,
        "studio",
        false,
        "",
        Optional.empty(),
        state,
        "",
        DumpStore.Settings.NONE,
        new DumpStore.Progress(
            List.of(), Optional.empty(), 0, read, read, 0, 4, 20_000, windowMillis),
        new DumpStore.Estimate(
            estimate == null ? OptionalLong.empty() : OptionalLong.of(estimate), "statistics"),
        "",
        Instant.EPOCH,
        Optional.of(Instant.EPOCH),
        Optional.empty(),
        Optional.of(Duration.ofMillis(millisSince)));
  }
}
