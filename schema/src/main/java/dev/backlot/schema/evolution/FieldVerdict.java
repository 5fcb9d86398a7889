package dev.backlot.schema.evolution;

import java.util.Optional;

/**
 * What one change of one field means for a consumer.
 *
 * @param field the field, by the name that the consumer knows
 * @param use how the consumer uses it, if it does
 * @param becomes the field's new name when it was renamed, or empty
 * @param reason a sentence for people, without a full stop
 */
public record FieldVerdict(
    String field,
    ChangeKind kind,
    Optional<Use> use,
    Outcome outcome,
    String becomes,
    String reason) {}
