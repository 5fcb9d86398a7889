package dev.backlot.engine.batch;

import dev.backlot.sdk.BatchFunction.Answer;
import dev.backlot.sdk.BatchFunction.Question;
import dev.backlot.sdk.Batching;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Answers that may serve again, negative ones too. One serves a row only if it was asked for, by a
 * margin for clocks that differ, after the row's change: so no row is enriched with what was true
 * before it. The least recently used ones go first. For one thread.
 */
final class AnswerCache {
  private final long ttlMicros;
  private final long marginMicros;
  private final Map<Question, Entry> entries;

  private record Entry(Answer answer, long askedMicros) {}

  AnswerCache(Batching.Cache settings) {
    this.ttlMicros = settings.ttl().toNanos() / 1000;
    this.marginMicros = settings.margin().toNanos() / 1000;
    int most = settings.entries();
    this.entries =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Question, Entry> eldest) {
            return size() > most;
          }
        };
  }

  /** Keeps an answer, unless one is there that was asked for later: replies overtake each other. */
  void put(Question question, Answer answer, long askedMicros) {
    if (ttlMicros > 0 && (answer instanceof Answer.Found || answer instanceof Answer.Missing)) {
      entries.merge(
          question,
          new Entry(answer, askedMicros),
          (known, added) -> known.askedMicros() > added.askedMicros() ? known : added);
    }
  }

  /**
   * Lets go of an answer when the question has failed since: a later row with the answer from
   * before would hide the failed one for good, also once that is replayed.
   */
  void forget(Question question) {
    entries.remove(question);
  }

  /** Returns an answer that is not older than a change and not too old by now. */
  Optional<Answer> find(Question question, long changedMicros, long nowMicros) {
    Entry entry = entries.get(question);
    if (entry == null) {
      return Optional.empty();
    }
    if (nowMicros - entry.askedMicros() > ttlMicros) {
      entries.remove(question);
      return Optional.empty();
    }
    return entry.askedMicros() - marginMicros > changedMicros
        ? Optional.of(entry.answer())
        : Optional.empty();
  }

  int size() {
    return entries.size();
  }
}
