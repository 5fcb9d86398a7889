package dev.backlot.registry;

/**
 * A schema that another one names instead of repeating it.
 *
 * @param name the full name of the type that is meant
 * @param subject where it is registered
 * @param version of that subject
 */
public record SchemaReference(String name, String subject, int version) {}
