package dev.backlot.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.capture.worker.CaptureWorker;
import dev.backlot.metadata.CaptureStore;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A network that loses everything without a word is noticed, said, and gone on after. */
class CutNetworkIT {
  /** 5 s until the server is asked, what it is allowed, and some for a slow machine. */
  private static final Duration NOTICED = Duration.ofSeconds(20);

  private final CaptureBench bench = CaptureBench.shared();

  @Test
  void a_connection_that_only_looks_well_is_given_up_in_time_and_each_event_is_told_once()
      throws Exception {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE deal (id int PRIMARY KEY)",
        "CREATE ROLE far_" + name + " SUPERUSER LOGIN PASSWORD '" + bench.postgres.password() + "'",
        "ALTER ROLE far_" + name + " SET wal_sender_timeout = '4s'");
    String source = name + ".public.deal";
    try (CutNetwork network = new CutNetwork(bench.postgres.port())) {
      bench.apply(
          name,
          CaptureBench.document(
                  name, network.port(), name, "BACKLOT_SECRET_TEST", "\"public.deal\"")
              .replace("\"user\": \"postgres\"", "\"user\": \"far_" + name + "\""));
      try (CaptureWorker worker = bench.startWorker()) {
        bench.awaitStreaming(source);
        bench.execute(name, "INSERT INTO deal SELECT generate_series(1, 100)");
        bench.drain(name);
        assertThat(state(name)).isEqualTo(CaptureStore.State.RUNNING);

        network.cut();
        bench.execute(name, "INSERT INTO deal SELECT generate_series(101, 200)");

        Awaitility.await()
            .atMost(NOTICED)
            .pollInterval(Duration.ofMillis(50))
            .until(() -> state(name) != CaptureStore.State.RUNNING);
        Awaitility.await()
            .atMost(CaptureBench.PATIENCE)
            .pollInterval(Duration.ofMillis(50))
            .until(
                () ->
                    bench
                        .metadata
                        .captures()
                        .status(name)
                        .flatMap(CaptureStore.Status::unwell)
                        .filter(trouble -> trouble.code().equals("CONNECTION_UNREACHABLE"))
                        .isPresent());
        network.mend();
        bench.drain(name);
      }
    }
    List<CaptureBench.Event> changes =
        bench.read(source).stream().filter(e -> e.value() != null).toList();
    assertThat(changes.stream().map(e -> e.key().get("id")).distinct().count()).isEqualTo(200);
    assertThat(changes).hasSize(200);
  }

  private CaptureStore.State state(String name) {
    return bench.metadata.captures().status(name).orElseThrow().state();
  }
}
