package dev.backlot.controller.schema;

import dev.backlot.model.platform.PlatformConfig;
import dev.backlot.registry.SchemaStore;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The one schema store of this process. */
public final class Schemas {
  /** Short enough that requests which wait do not keep others from being served. */
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  private Schemas() {}

  /** Opens the installation's schema store; connects at the first use. */
  public static SchemaStore open(PlatformConfig config) {
    Map<String, String> kafka = new HashMap<>(config.kafkaProperties());
    kafka.put("bootstrap.servers", config.bootstrapServers());
    kafka.put("client.id", "backlot-controller");
    return new SchemaStore(kafka, config.replicationFactor(), PATIENCE);
  }
}
