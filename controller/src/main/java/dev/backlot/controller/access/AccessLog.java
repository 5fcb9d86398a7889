package dev.backlot.controller.access;

import dev.backlot.metadata.AccessLogStore;
import dev.backlot.metadata.AccessLogStore.Entry;
import dev.backlot.metadata.AccessLogStore.Outcome;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of who changed what and who saw which data. An entry is written before the answer is
 * given: when it can't be, the call fails. Never pass a secret, a token or a row's values.
 * Thread-safe.
 */
public final class AccessLog {
  private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
  private static final int LONGEST_TEXT = 10_000;

  private final AccessLogStore store;
  private final Ownership ownership;

  /** Writes to a store, with the teams that things belong to. */
  public AccessLog(AccessLogStore store, Ownership ownership) {
    this.store = store;
    this.ownership = ownership;
  }

  /**
   * What an action is about.
   *
   * @param kind as in documents, lower case: {@code pipeline}, {@code source}, {@code table}, …
   * @param owner the team that it belongs to; empty when that is none, or is to be looked up
   */
  public record Subject(String kind, String name, String owner) {
    /** Names what belongs to no team. */
    public static Subject of(String kind, String name) {
      return new Subject(kind, name, "");
    }
  }

  /**
   * Notes something that was done or seen.
   *
   * @param action one verb: {@code sample}, {@code query}, {@code apply}, {@code pause}, …
   * @param detail what else one would ask: {@code fields}, {@code masked}, {@code sql}, {@code
   *     revision}, …
   */
  public void record(Caller caller, String action, Subject subject, Map<String, ?> detail) {
    store.add(entry(caller, action, subject, Outcome.DONE, detail));
  }

  /** Notes what was asked and not allowed. */
  public void recordRefusal(Caller caller, String action, Subject subject, Map<String, ?> detail) {
    store.add(entry(caller, action, subject, Outcome.REFUSED, detail));
  }

  /** Notes what is about to be done; {@link #finish} says what became of it. */
  long begin(Caller caller, String action, Subject subject, Map<String, ?> detail) {
    return store.add(entry(caller, action, subject, Outcome.BEGUN, detail));
  }

  void finish(long id, Outcome outcome, Map<String, ?> detail) {
    store.finish(id, outcome, trimmed(detail));
  }

  private Entry entry(
      Caller caller, String action, Subject subject, Outcome outcome, Map<String, ?> detail) {
    Map<String, Object> all = trimmed(detail);
    if (!caller.token().isEmpty()) {
      all.put("token", caller.token());
    }
    return new Entry(
        caller.name(),
        caller.address(),
        action,
        subject.kind(),
        shortened(subject.name()),
        owner(subject),
        outcome,
        all);
  }

  /** What can't be looked up now is written down all the same. */
  private String owner(Subject subject) {
    if (!subject.owner().isEmpty()) {
      return subject.owner();
    }
    try {
      return ownership.owner(subject.kind(), subject.name()).orElse("");
    } catch (RuntimeException e) {
      LOG.warn("Cannot tell the owner of {} '{}': {}", subject.kind(), subject.name(), e);
      return "";
    }
  }

  private static Map<String, Object> trimmed(Map<String, ?> detail) {
    Map<String, Object> all = new LinkedHashMap<>();
    detail.forEach(
        (key, value) -> all.put(key, value instanceof String text ? shortened(text) : value));
    return all;
  }

  /** PostgreSQL's text can't hold the character 0, and jsonb not its escape. */
  private static String shortened(String text) {
    String clean = text.replace('\0', '\uFFFD');
    return clean.length() <= LONGEST_TEXT ? clean : clean.substring(0, LONGEST_TEXT) + " …";
  }
}
