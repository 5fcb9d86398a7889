package dev.backlot.controller.access;

import dev.backlot.metadata.AccessLogStore;
import dev.backlot.metadata.AccessLogStore.Entry;
import java.util.Map;

/**
 * The log of who changed what and who saw which data. An entry is written before the answer is
 * given: when it can't be, the call fails. Never pass a secret, a token or a row's values.
 * Thread-safe.
 */
public final class AccessLog {
  private final AccessLogStore store;

  /** Writes to a store. */
  public AccessLog(AccessLogStore store) {
    this.store = store;
  }

  /**
   * What an action is about.
   *
   * @param kind as in documents, lower case: {@code pipeline}, {@code source}, {@code table}, …
   * @param owner the team that it belongs to; empty when that is none
   */
  public record Subject(String kind, String name, String owner) {}

  /**
   * Notes something that was done or seen.
   *
   * @param action one verb: {@code sample}, {@code query}, {@code apply}, {@code pause}, …
   * @param detail what else one would ask: {@code fields}, {@code masked}, {@code sql}, {@code
   *     revision}, …
   */
  public void record(Caller caller, String action, Subject subject, Map<String, ?> detail) {
    write(caller, action, subject, "done", detail);
  }

  /** Notes what was asked and not allowed. */
  public void recordRefusal(Caller caller, String action, Subject subject, Map<String, ?> detail) {
    write(caller, action, subject, "refused", detail);
  }

  private void write(
      Caller caller, String action, Subject subject, String outcome, Map<String, ?> detail) {
    store.add(
        new Entry(
            caller.name(),
            caller.address(),
            action,
            subject.kind(),
            subject.name(),
            subject.owner(),
            outcome,
            Map.copyOf(detail)));
  }
}
