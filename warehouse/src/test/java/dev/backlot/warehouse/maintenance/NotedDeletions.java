package dev.backlot.warehouse.maintenance;

import dev.backlot.warehouse.TableName;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Deletions in memory. */
public final class NotedDeletions implements FileDeletions {
  private final Map<String, Instant> files = new TreeMap<>();

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

  synchronized int size() {
    return files.size();
  }
}
