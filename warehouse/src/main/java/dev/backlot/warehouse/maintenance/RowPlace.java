package dev.backlot.warehouse.maintenance;

import org.jspecify.annotations.Nullable;

/**
 * Names rows of a table by the record that they say they come from; null where they say nothing.
 *
 * @param keep how many such rows stay: 0 for none, 1 when only repetitions go
 */
public record RowPlace(
    @Nullable String source,
    @Nullable Integer epoch,
    @Nullable Integer partition,
    @Nullable Long offset,
    int keep) {}
