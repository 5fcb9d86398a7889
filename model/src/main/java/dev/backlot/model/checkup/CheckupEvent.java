package dev.backlot.model.checkup;

import java.util.List;
import java.util.Optional;

/**
 * One of the things that a checkup tells while it runs; exactly one component is there.
 *
 * @param step a check that has ended
 * @param tables some of the database's tables, by name; several events may follow one another
 * @param end the last event
 */
public record CheckupEvent(
    Optional<CheckStep> step, Optional<List<TableFacts>> tables, Optional<End> end) {

  /**
   * How the whole checkup ended.
   *
   * @param capturable whether no check failed
   * @param millis how long it took
   */
  public record End(boolean capturable, long millis) {}

  /** Tells how a check went. */
  public static CheckupEvent of(CheckStep step) {
    return new CheckupEvent(Optional.of(step), Optional.empty(), Optional.empty());
  }

  /** Tells of tables. */
  public static CheckupEvent of(List<TableFacts> tables) {
    return new CheckupEvent(Optional.empty(), Optional.of(List.copyOf(tables)), Optional.empty());
  }

  /** Tells that the checkup has ended. */
  public static CheckupEvent of(End end) {
    return new CheckupEvent(Optional.empty(), Optional.empty(), Optional.of(end));
  }
}
