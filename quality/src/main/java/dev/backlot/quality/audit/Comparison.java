package dev.backlot.quality.audit;

import java.time.Instant;
import java.util.List;

/**
 * What came of comparing a table's rows of one Source.
 *
 * @param asOf when the oldest of its readings was true in the database
 * @param rows compared, but for those that kept changing
 * @param moving how many keys kept changing
 * @param findings confirmed ones, at most some hundred
 * @param suspected keys that differed at the first look; more than {@code findings} when there were
 *     too many to confirm
 */
public record Comparison(
    Instant asOf, long rows, long moving, List<Finding> findings, long suspected) {}
