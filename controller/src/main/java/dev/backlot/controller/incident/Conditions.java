package dev.backlot.controller.incident;

import dev.backlot.model.alert.AlertKind;
import dev.backlot.model.alert.Subject;
import java.util.List;
import java.util.Set;

/**
 * One judge of conditions; every bean of this type is asked. The leader asks every few seconds,
 * from one thread, so an answer should take milliseconds. A condition that holds for its kind's
 * patience becomes an incident; one that has been absent for a while is resolved.
 */
public interface Conditions {
  /** Returns the kinds that only this judge finds. */
  Set<AlertKind> kinds();

  /**
   * Returns everything that holds now, at most one condition for each kind and subject.
   *
   * @throws RuntimeException when it can't be told: then incidents of its kinds stay as they are
   */
  List<Condition> current();

  /**
   * Says whether the last answer can be trusted about something that it did not name. Where it
   * can't, such as the lag of a job that does not run, an incident stays as it is.
   */
  default boolean canTell(AlertKind kind, Subject subject) {
    return true;
  }
}
