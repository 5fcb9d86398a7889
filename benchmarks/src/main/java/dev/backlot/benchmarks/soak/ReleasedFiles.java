package dev.backlot.benchmarks.soak;

import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.maintenance.FileDeletions;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Deletions in memory, which is enough for a process that lives as long as its table. */
final class ReleasedFiles implements FileDeletions {
  private final Map<String, Instant> files = new LinkedHashMap<>();

  @Override
  public synchronized void add(TableName table, Collection<String> locations, Instant notBefore) {
    locations.forEach(location -> files.putIfAbsent(location, notBefore));
  }

  @Override
  public synchronized List<String> due(TableName table, Instant now, int most) {
    return files.entrySet().stream()
        .filter(entry -> !entry.getValue().isAfter(now))
        .map(Map.Entry::getKey)
        .limit(most)
        .toList();
  }

  @Override
  public synchronized void remove(TableName table, Collection<String> locations) {
    locations.forEach(files::remove);
  }
}
