package dev.backlot.model.spec;

import dev.backlot.model.spec.Setting.Unsaid;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a pipeline's tables are compared with their Sources, as far as the document says. The methods
 * say what holds.
 *
 * @param every the pause between the end of a round and the next one; 5 minutes unless said
 * @param rowsPerSecond the most rows that are read, on either side; 20,000 unless said
 * @param hours when rounds may run; at any time unless said
 * @param repair what happens to differences; nothing unless said
 */
public record AuditPolicy(
    Setting<Duration> every,
    OptionalInt rowsPerSecond,
    Optional<Hours> hours,
    Optional<Repair> repair) {
  /** The document says nothing. */
  public static final AuditPolicy UNSAID =
      new AuditPolicy(new Unsaid<>(), OptionalInt.empty(), Optional.empty(), Optional.empty());

  private static final Duration EVERY = Duration.ofMinutes(5);
  private static final int ROWS_PER_SECOND = 20_000;

  /** What happens to differences. */
  public enum Repair {
    /** They are said, and a person repairs them. */
    NEVER,
    /** They are repaired and audited again without a person. */
    AUTOMATIC
  }

  /**
   * A span of the day in UTC, past midnight when it ends before it begins.
   *
   * @param from the first minute of it
   * @param to the first minute behind it
   */
  public record Hours(LocalTime from, LocalTime to) {
    /** Returns whether a time lies in the span. */
    public boolean contain(Instant time) {
      LocalTime at = time.atOffset(ZoneOffset.UTC).toLocalTime();
      boolean behindBegin = !at.isBefore(from);
      boolean beforeEnd = at.isBefore(to);
      return from.isBefore(to) ? behindBegin && beforeEnd : behindBegin || beforeEnd;
    }

    /** Returns {@code 22:00-06:00}. */
    @Override
    public String toString() {
      return from + "-" + to;
    }
  }

  /** Returns the pause between two rounds; empty when nothing is audited by itself. */
  public Optional<Duration> pause() {
    return every.or(EVERY);
  }

  /** Returns the most rows that are read in a second, on either side. */
  public int budget() {
    return rowsPerSecond.orElse(ROWS_PER_SECOND);
  }

  /** Returns whether rounds may run at a time. */
  public boolean runsAt(Instant time) {
    return hours.map(span -> span.contain(time)).orElse(true);
  }

  /** Returns whether differences are repaired without a person. */
  public boolean repairsItself() {
    return repair.orElse(Repair.NEVER) == Repair.AUTOMATIC;
  }
}
