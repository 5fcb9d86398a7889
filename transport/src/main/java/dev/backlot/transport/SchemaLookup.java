package dev.backlot.transport;

import dev.backlot.registry.SchemaStore;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Finds schemas that a plan does not know, where everybody keeps them: in Kafka. A job meets one
 * rarely, so nothing is held between calls.
 */
final class SchemaLookup implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final short NEVER_CREATED_HERE = 1;

  private final HashMap<String, String> kafka;

  /** Looks into this Kafka, by client properties with {@code bootstrap.servers}. */
  SchemaLookup(Map<String, String> kafka) {
    this.kafka = new HashMap<>(kafka);
  }

  /**
   * Returns the Avro JSON of a schema.
   *
   * @throws dev.backlot.model.ProblemException when Kafka can't be reached
   */
  Optional<String> byId(int id) {
    try (SchemaStore store = new SchemaStore(kafka, NEVER_CREATED_HERE)) {
      return store.byId(id);
    }
  }
}
