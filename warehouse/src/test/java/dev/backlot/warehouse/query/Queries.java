package dev.backlot.warehouse.query;

import dev.backlot.warehouse.TestLake;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Queries over the tests' lake, in processes of its own. */
final class Queries implements AutoCloseable {
  private final QueryService service;

  /**
   * Opens a service.
   *
   * @param processes how many run at once
   */
  Queries(TestLake lake, int processes) {
    service =
        new QueryService(
            lake.catalog(),
            new QuerySettings(
                "",
                lake.directory().resolve("scratch-" + UUID.randomUUID()),
                processes,
                512,
                2,
                Duration.ofMinutes(1)));
  }

  QueryService service() {
    return service;
  }

  QueryResult query(String sql) {
    return service.query(sql, QueryLimits.DEFAULT, RowShape.ARRAY);
  }

  /** Returns the rows, each as a JSON array. */
  List<String> rows(String sql) {
    List<String> rows = new ArrayList<>();
    try (QueryResult result = query(sql)) {
      for (var row = result.next(); row.isPresent(); row = result.next()) {
        rows.add(new String(row.get(), StandardCharsets.UTF_8));
      }
    }
    return rows;
  }

  @Override
  public void close() {
    service.close();
  }
}
