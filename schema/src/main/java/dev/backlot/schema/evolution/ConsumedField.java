package dev.backlot.schema.evolution;

import dev.backlot.schema.FieldType;

/**
 * A field that a consumer takes from a Source.
 *
 * @param type what the consumer reads it as; every event's value must be readable as this
 * @param fill what stands for it where it is missing
 */
public record ConsumedField(String name, FieldType type, Use use, Fill fill) {}
