package dev.backlot.model.spec;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Two queries whose results must be the same: an audit of what has no position in common with its
 * source of truth, such as another engine's tables.
 *
 * @param key names of result columns that tell rows apart, in both results
 * @param every the pause between the end of a look and the next one
 * @param looks at how many looks in a row a row must differ to count as different
 * @param sla how long a change may take from source to target
 * @param repair what is done about rows that count as different
 */
public record AuditSpec(
    SpecHeader header,
    Side source,
    Side target,
    List<String> key,
    Duration every,
    int looks,
    Duration sla,
    Optional<Repair> repair)
    implements Spec {
  /** An hour between looks, unless said. */
  public static final Duration EVERY = Duration.ofHours(1);

  /** Three looks in a row, unless said. */
  public static final int LOOKS = 3;

  /** Five minutes, unless said. */
  public static final Duration SLA = Duration.ofMinutes(5);

  /** Copies what is mutable. */
  public AuditSpec {
    key = List.copyOf(key);
  }

  /**
   * Where a query runs.
   *
   * @param connection the connection in whose database it runs; empty for the warehouse
   * @param query one SELECT, in that database's language
   */
  public record Side(Optional<String> connection, String query) {}

  /**
   * The Source whose rows repair the target.
   *
   * @param source its name; the audit's key is its key, in the same order
   * @param policy whether rows are dumped again without a person
   */
  public record Repair(String source, AuditPolicy.Repair policy) {}
}
