package dev.backlot.engine.progress;

import java.time.Instant;
import java.util.Optional;

/**
 * A record before which a pipeline stands still, since its plan does not cover the schema.
 *
 * @param source the Source's name
 * @param schemaId of the record's value
 * @param writtenAt when it was written to the topic
 * @param keptUntil until when the topic keeps it in any case: later, compaction may drop it once
 *     its key has a newer record; empty when it is kept for good
 */
public record ParkedRecord(
    String source,
    String topic,
    int partition,
    long offset,
    int schemaId,
    Instant writtenAt,
    Optional<Instant> keptUntil) {}
