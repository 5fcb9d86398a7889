package dev.backlot.model.audit;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a Source's database held of some rows at a moment, but for those that were moving.
 *
 * <p>Keys stand as canonical texts in key order, as {@code dev.backlot.schema.canonical.Canonical}
 * defines them; so do values.
 *
 * @param topic that the offsets belong to
 * @param epoch of the Source
 * @param offsets per partition: every change that the rows show stands below, and no later one
 * @param position the same moment in the source's log
 * @param at when the source committed it
 * @param scope which keys this answers for
 * @param next the cursor of what follows; empty when this was the last
 * @param sums one per bucket; empty unless asked for
 * @param rows the rows in no particular order; empty when only sums were asked for
 * @param moving keys that a change touched while they were read: neither in sums nor rows, and not
 *     to be compared. They may lie outside of the scope
 * @param allMoving whether a truncation touched every key
 * @param rowsRead how many rows the database gave
 */
public record AuditAnswer(
    String topic,
    int epoch,
    List<Long> offsets,
    String position,
    Instant at,
    Scope scope,
    Optional<String> next,
    List<Sum> sums,
    List<Row> rows,
    List<List<String>> moving,
    boolean allMoving,
    long rowsRead) {
  /** Copies what is mutable. */
  public AuditAnswer {
    offsets = List.copyOf(offsets);
    sums = List.copyOf(sums);
    rows = List.copyOf(rows);
    moving = List.copyOf(moving);
  }

  /**
   * Which keys were read: those of a list, else those behind {@code after} up to and including
   * {@code through}, in an order that every engine gives these types; or, where there is no such
   * order, those whose hash begins with a prefix: MD5 in hex over the key's canonical texts with
   * U+0001 between.
   *
   * @param after empty for the first range
   * @param through empty for the last range
   * @param hashPrefix hexadecimal digits; empty with empty bounds for all keys
   */
  public record Scope(boolean keys, List<String> after, List<String> through, String hashPrefix) {}

  /** A sum of digests, as {@code RowDigest.Sum}. */
  public record Sum(long rows, long high, long low) {}

  /**
   * A row.
   *
   * @param digest of all its fields
   * @param values canonical texts, null for NULL; empty unless they were asked for
   */
  public record Row(List<String> key, Sum digest, List<@Nullable String> values) {}
}
