package dev.backlot.registry;

import java.util.List;
import java.util.OptionalInt;

/**
 * A schema that a client registers, looks up or has judged.
 *
 * @param avro Avro JSON
 * @param references what it builds on; version -1 is the newest
 * @param id the id that the client wants it to have
 * @param version the version that the client wants it to be
 */
public record SchemaRequest(
    String avro, List<SchemaReference> references, OptionalInt id, OptionalInt version) {
  /** Copies what is mutable. */
  public SchemaRequest {
    references = List.copyOf(references);
  }

  /** Asks with a text only. */
  public static SchemaRequest of(String avro) {
    return new SchemaRequest(avro, List.of(), OptionalInt.empty(), OptionalInt.empty());
  }
}
