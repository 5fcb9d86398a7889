package dev.backlot.engine.progress;

import java.util.Optional;

/**
 * The answer to whether a pipeline has caught up.
 *
 * @param caughtUp true only when it is proven
 * @param reason why it is not, or empty
 */
public record CaughtUp(
    boolean caughtUp, long lagRecords, Optional<Double> lagSeconds, String reason) {}
