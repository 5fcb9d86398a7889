package dev.backlot.capture.postgres;

import dev.backlot.capture.postgres.catalog.Catalog;
import dev.backlot.capture.postgres.catalog.Publication;
import dev.backlot.capture.postgres.catalog.SqlText;
import dev.backlot.metadata.CaptureStore;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Slots and publications that are called as ours are, but belong to no Connection of this platform:
 * left by one that was let go, or another platform's. They are told with the statement that removes
 * them, and never removed. For one thread.
 */
final class Orphans {
  private final Catalog catalog;
  private final CaptureStore captures;

  Orphans(Catalog catalog, CaptureStore captures) {
    this.catalog = catalog;
    this.captures = captures;
  }

  /** Returns what was found, as a status shows it. */
  List<Map<String, Object>> look() throws SQLException {
    List<Catalog.Trace> traces = catalog.traces();
    if (traces.isEmpty()) {
      return List.of();
    }
    Set<String> ours =
        captures.intents().stream()
            .map(CaptureStore.Intent::connection)
            .flatMap(
                connection ->
                    Stream.of(Publication.name(connection), Publication.insertsName(connection)))
            .collect(Collectors.toSet());
    List<Map<String, Object>> orphans = new ArrayList<>();
    for (Catalog.Trace trace : traces) {
      if (!ours.contains(trace.name())) {
        orphans.add(
            Map.of(
                "kind", trace.kind(),
                "name", trace.name(),
                "database", trace.database(),
                "retained_bytes", trace.retainedBytes(),
                "advice",
                    "No connection of this platform uses it. When no other platform does, run: "
                        + removal(trace)));
      }
    }
    return orphans;
  }

  private static String removal(Catalog.Trace trace) {
    return trace.kind().equals("slot")
        ? "SELECT pg_drop_replication_slot(" + SqlText.literal(trace.name()) + ");"
        : "DROP PUBLICATION " + SqlText.identifier(trace.name()) + ";";
  }
}
