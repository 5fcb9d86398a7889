package dev.backlot.engine.batch;

import dev.backlot.sdk.BatchFunction.Question;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Questions that are asked together, and the rows that wait for them. For one thread. */
final class Batch {
  private final Map<Question, List<WaitingRow>> rows = new LinkedHashMap<>();

  /** How often it was asked in vain. */
  int attempts;

  /** When it was asked first, in the order of successes; see {@link Conversation}. */
  long firstAsked = -1;

  /** When its last request began; microseconds since the epoch. */
  long stamp;

  void add(WaitingRow row) {
    rows.computeIfAbsent(Objects.requireNonNull(row.question), any -> new ArrayList<>(1)).add(row);
  }

  List<Question> questions() {
    return List.copyOf(rows.keySet());
  }

  int size() {
    return rows.size();
  }

  List<WaitingRow> rows(Question question) {
    return Objects.requireNonNull(rows.get(question));
  }

  /** Returns a batch of some of the questions that is to be asked afresh. */
  Batch part(List<Question> questions) {
    Batch part = new Batch();
    questions.forEach(question -> part.rows.put(question, rows(question)));
    return part;
  }

  /** Returns a batch of some of the questions that was asked as often as this one. */
  Batch rest(List<Question> questions) {
    Batch rest = part(questions);
    rest.attempts = attempts;
    rest.firstAsked = firstAsked;
    rest.stamp = stamp;
    return rest;
  }
}
