package dev.backlot.registry;

/**
 * A version of a subject.
 *
 * @param subject {@code <topic>-key} or {@code <topic>-value}, or any name that a client chose
 * @param version counts from 1 within the subject
 * @param id the same for the same content in every subject
 * @param avro Avro JSON
 */
public record RegisteredSchema(String subject, int version, int id, String avro) {}
