package dev.backlot.event;

import java.util.HashMap;
import java.util.Map;

/** How the topics of Sources are kept and written, captured and published ones alike. */
public final class SourceTopicSettings {
  /** The largest record, in bytes. */
  public static final int LARGEST_RECORD = 32 * 1024 * 1024;

  private static final String SEVEN_DAYS = String.valueOf(7L * 24 * 3600 * 1000);

  private SourceTopicSettings() {}

  /**
   * Returns a topic's settings.
   *
   * @param keyed whether it is compacted; a keyless Source's keeps every record
   */
  public static Map<String, String> topic(boolean keyed, short replication) {
    Map<String, String> config = new HashMap<>();
    config.put("compression.type", "producer");
    config.put("max.message.bytes", String.valueOf(LARGEST_RECORD));
    config.put("message.timestamp.type", "CreateTime");
    if (keyed) {
      config.put("cleanup.policy", "compact");
      config.put("min.compaction.lag.ms", SEVEN_DAYS);
      config.put("delete.retention.ms", SEVEN_DAYS);
    } else {
      config.put("cleanup.policy", "delete");
      config.put("retention.ms", "-1");
    }
    if (replication >= 3) {
      config.put("min.insync.replicas", "2");
      config.put("unclean.leader.election.enable", "false");
    }
    return config;
  }

  /** Returns what every producer of events is configured with, servers and names aside. */
  public static Map<String, Object> producer() {
    return Map.ofEntries(
        Map.entry("enable.idempotence", true),
        Map.entry("acks", "all"),
        Map.entry("compression.type", "lz4"),
        // Under load this fills batches; what nothing follows for a moment is pushed at once.
        Map.entry("linger.ms", 5),
        Map.entry("batch.size", 256 * 1024),
        Map.entry("buffer.memory", 64L * 1024 * 1024),
        Map.entry("max.request.size", LARGEST_RECORD),
        Map.entry("max.in.flight.requests.per.connection", 5),
        // A Kafka that is away for longer is said, and what it lacks is read from the log again.
        Map.entry("request.timeout.ms", 10_000),
        Map.entry("delivery.timeout.ms", 30_000),
        Map.entry("max.block.ms", 30_000));
  }
}
