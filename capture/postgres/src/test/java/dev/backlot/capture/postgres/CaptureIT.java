package dev.backlot.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.capture.worker.CaptureWorker;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A table's life, from its dump to its last change. */
class CaptureIT {
  private final CaptureBench bench = CaptureBench.shared();

  @Test
  void a_table_is_dumped_and_then_followed() {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE movie (id int PRIMARY KEY, title text, price numeric(10,2))",
        "INSERT INTO movie SELECT i, 'movie ' || i, i / 3.0 FROM generate_series(1, 25000) i");
    bench.apply(name, bench.document(name, "\"public.movie\""));
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(name + ".public.movie");

      bench.execute(
          name,
          "INSERT INTO movie VALUES (0, 'new', NULL)",
          "UPDATE movie SET title = 'changed' WHERE id = 1",
          "DELETE FROM movie WHERE id = 2");
      bench.drain(name);

      List<CaptureBench.Event> events = bench.read(name + ".public.movie");
      Map<String, String> rows = CaptureBench.latest(events);
      assertThat(rows).hasSize(25_000);
      assertThat(rows.get("{\"id\": 1}")).contains("\"title\": \"changed\"");
      assertThat(rows).doesNotContainKey("{\"id\": 2}").containsKey("{\"id\": 0}");
      assertThat(events.stream().filter(e -> e.op().equals("r")).count()).isEqualTo(25_000);
    }
  }
}
