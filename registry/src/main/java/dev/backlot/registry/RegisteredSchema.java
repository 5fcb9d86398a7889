package dev.backlot.registry;

import java.util.List;

/**
 * A version of a subject.
 *
 * @param subject {@code <topic>-key} or {@code <topic>-value}, or any name that a client chose
 * @param version counts from 1 within the subject
 * @param id the same for the same content in every subject
 * @param avro Avro JSON; types that {@code references} define are only named in it
 * @param references what it builds on; none for what capture registers
 * @param deleted whether a client deleted it softly: it is out of sight, yet can be asked for
 */
public record RegisteredSchema(
    String subject,
    int version,
    int id,
    String avro,
    List<SchemaReference> references,
    boolean deleted) {
  /** Copies what is mutable. */
  public RegisteredSchema {
    references = List.copyOf(references);
  }

  RegisteredSchema asDeleted() {
    return new RegisteredSchema(subject, version, id, avro, references, true);
  }
}
