package dev.backlot.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.embedded.PostgresServer;
import dev.backlot.metadata.HeartbeatStore.Beat;
import dev.backlot.metadata.HeartbeatStore.Percentiles;
import dev.backlot.metadata.HeartbeatStore.Shown;
import dev.backlot.metadata.HeartbeatStore.Volume;
import dev.backlot.metadata.HeartbeatStore.Window;
import dev.backlot.metadata.HistoryStore.Moment;
import dev.backlot.metadata.HistoryStore.Series;
import dev.backlot.metadata.HistoryStore.Step;
import dev.backlot.model.platform.PlatformConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MeasuredIT {
  private static final Instant MINUTE = Instant.parse("2030-01-01T10:00:00Z");
  private static PostgresServer postgres;
  private static MetadataDatabase metadata;

  @BeforeAll
  static void start() {
    postgres = PostgresServer.temporary().start();
    metadata =
        MetadataDatabase.open(
            new PlatformConfig.Database(postgres.jdbcUrl(), postgres.user(), postgres.password()));
  }

  @AfterAll
  static void stop() {
    metadata.close();
    postgres.close();
  }

  @Test
  void readings_are_kept_finely_for_hours_and_a_minute_s_highest_for_days() {
    HistoryStore store = metadata.history();
    Series lag = new Series("lag_seconds", "pipeline:movies");
    Series rate = new Series("rate", "pipeline:movies");
    for (int i = 0; i < 6; i++) {
      store.write(MINUTE.plusSeconds(10L * i + 3), Map.of(lag, 1.0 + i, rate, 2.0 * i));
    }
    store.write(MINUTE.plusSeconds(61), Map.of(lag, 9.5));

    List<Moment> fine =
        store.read("pipeline:movies", List.of("rate", "lag_seconds"), Step.FINE, MINUTE);
    assertThat(fine).hasSize(7);
    assertThat(fine.get(0)).isEqualTo(new Moment(MINUTE, List.of(0.0, 1.0)));
    assertThat(fine.get(6)).isEqualTo(new Moment(MINUTE.plusSeconds(60), Arrays.asList(null, 9.5)));
    assertThat(store.read("pipeline:movies", List.of("lag_seconds", "rate"), Step.COARSE, MINUTE))
        .containsExactly(new Moment(MINUTE, List.of(6.0, 5.0)));
    assertThat(store.names("pipeline:movies")).containsExactly("lag_seconds", "rate");

    Instant later = MINUTE.plus(Duration.ofHours(7));
    store.write(later, Map.of(new Series("lag_seconds", "pipeline:shows"), 1.0));
    assertThat(store.read("pipeline:movies", List.of("lag_seconds"), Step.FINE, MINUTE))
        .allMatch(moment -> moment.at().equals(later) && moment.values().get(0) == null);
    assertThat(store.read("pipeline:movies", List.of("lag_seconds"), Step.COARSE, MINUTE))
        .isNotEmpty();
  }

  @Test
  void a_place_that_is_free_again_tells_nothing_of_who_had_it_before() {
    HistoryStore store = metadata.history();
    Instant begin = MINUTE.plus(Duration.ofDays(100));
    store.write(begin, Map.of(new Series("rate", "source:old"), 1.0));
    store.write(begin.plus(Duration.ofDays(8)), Map.of(new Series("rate", "source:other"), 2.0));
    assertThat(store.names("source:old")).isEmpty();

    HistoryStore another = metadata.history();
    another.write(
        begin.plus(Duration.ofDays(8)).plusSeconds(10),
        Map.of(new Series("rate", "source:new"), 3.0));

    assertThat(another.read("source:new", List.of("rate"), Step.FINE, begin))
        .extracting(moment -> moment.values().get(0))
        .last()
        .isEqualTo(3.0);
    assertThat(another.read("source:unknown", List.of("rate"), Step.FINE, begin)).isEmpty();
  }

  @Test
  void of_heartbeats_the_newest_are_kept_and_what_tables_show() {
    HeartbeatStore store = metadata.heartbeats();
    Instant at = Instant.parse("2030-01-01T00:00:00Z");
    for (long sequence = 1; sequence <= HeartbeatStore.KEPT + 5; sequence++) {
      store.add(
          new Beat(
              "studio",
              sequence,
              HeartbeatStore.Operation.of(sequence).label(),
              at.plusSeconds(sequence),
              at.plusSeconds(sequence).plusMillis(20),
              Map.of("t", List.of(sequence, sequence + 1))),
          Map.of("t", new Volume(2, 3)));
    }
    assertThat(store.lastSequence("studio")).isEqualTo(HeartbeatStore.KEPT + 5);
    assertThat(store.since("studio", 0)).hasSize(HeartbeatStore.KEPT);
    assertThat(store.since("studio", HeartbeatStore.KEPT + 4).get(0).offsets())
        .containsEntry("t", List.of(HeartbeatStore.KEPT + 5L, HeartbeatStore.KEPT + 6L));
    assertThat(store.volumes())
        .containsEntry(
            "t", new Volume(2L * (HeartbeatStore.KEPT + 5), 3L * (HeartbeatStore.KEPT + 5)));

    Beat beat = new Beat("studio", 7, "create", at, at.plusMillis(20), Map.of());
    Percentiles one = new Percentiles(0.1, 0.2, 0.3);
    Shown shown =
        new Shown(
            "movies",
            "warehouse",
            "studio.movies",
            "studio",
            Optional.of(beat),
            Optional.of(at.plusMillis(900)),
            Optional.empty(),
            List.of(new Window(600, 5, one, one, one)),
            at);
    store.put(List.of(shown));
    store.put(List.of(shown));
    assertThat(store.shown()).containsExactly(shown);
    assertThat(shown.seconds()).contains(0.9);
    store.keepOnly(List.of("others"));
    assertThat(store.shown()).isEmpty();
  }
}
