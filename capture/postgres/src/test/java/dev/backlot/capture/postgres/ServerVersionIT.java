package dev.backlot.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.capture.worker.CaptureWorker;
import dev.backlot.metadata.CaptureStore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What servers of different versions do differently. */
class ServerVersionIT {
  private final CaptureBench bench = CaptureBench.shared();

  @Test
  void the_slot_travels_to_standbys_where_servers_can_do_that() throws Exception {
    String name = bench.newDatabase();
    bench.execute(name, "CREATE TABLE deal (id int PRIMARY KEY)");
    bench.apply(name, bench.document(name, "\"public.deal\""));
    try (CaptureWorker worker = bench.startWorker();
        Connection connection = bench.postgres.connect(name);
        Statement statement = connection.createStatement()) {
      bench.awaitStreaming(name + ".public.deal");
      String expected = connection.getMetaData().getDatabaseMajorVersion() >= 17 ? "true" : null;
      try (ResultSet row =
          statement.executeQuery(
              "SELECT to_jsonb(s) ->> 'failover' FROM pg_replication_slots s WHERE slot_name ="
                  + " 'backlot_"
                  + name
                  + "'")) {
        assertThat(row.next()).isTrue();
        assertThat(row.getString(1)).isEqualTo(expected);
      }
    }
  }

  @Test
  void rows_that_changed_while_there_was_no_publication_are_never_passed_over() {
    String name = bench.newDatabase();
    bench.execute(name, "CREATE TABLE deal (id int PRIMARY KEY)");
    bench.apply(name, bench.document(name, "\"public.deal\""));
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(name + ".public.deal");
      bench.execute(
          name,
          "DROP PUBLICATION backlot_" + name,
          "INSERT INTO deal SELECT generate_series(1, 9)");
      Awaitility.await()
          .atMost(CaptureBench.PATIENCE)
          .pollInterval(Duration.ofMillis(50))
          .until(
              () ->
                  bench
                      .metadata
                      .captures()
                      .status(name)
                      .filter(s -> s.state() == CaptureStore.State.FAILED)
                      .filter(s -> s.code().equals("CONNECTION_PUBLICATION_LOST"))
                      .isPresent());
      bench.metadata.captures().requestRecapture(name);
      Awaitility.await()
          .atMost(CaptureBench.PATIENCE)
          .pollInterval(Duration.ofMillis(50))
          .until(
              () ->
                  bench
                      .metadata
                      .sources()
                      .find(name + ".public.deal")
                      .filter(s -> s.descriptor().epoch() == 2)
                      .isPresent());
      bench.awaitStreaming(name + ".public.deal");
      assertThat(CaptureBench.latest(bench.read(name + ".public.deal"))).hasSize(9);
    }
  }
}
