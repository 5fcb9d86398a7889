package dev.backlot.quality.audit;

import dev.backlot.model.audit.AuditAnswer;
import dev.backlot.model.audit.AuditAnswer.Scope;
import dev.backlot.quality.table.TableReader;
import dev.backlot.schema.canonical.RowDigest;
import dev.backlot.schema.canonical.RowDigest.Sum;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The table's side of a comparison. For one thread. */
final class TableSide {
  private static final Duration LONGEST = Duration.ofMinutes(3);
  private static final Duration POLL = Duration.ofMillis(200);

  private final TableReader reader;
  private final Subject subject;
  private final Runnable surroundings;
  private final RowDigest digest = new RowDigest();

  TableSide(TableReader reader, Subject subject, Runnable surroundings) {
    this.reader = reader;
    this.subject = subject;
    this.surroundings = surroundings;
  }

  /**
   * Waits until the table has all that stands below some offsets.
   *
   * @throws NotNowException when it stays behind
   */
  void await(List<Long> offsets) {
    long deadline = System.nanoTime() + LONGEST.toNanos();
    while (true) {
      Optional<List<Long>> marks = reader.marks(subject.mapping());
      if (marks.isPresent() && reaches(marks.get(), offsets)) {
        return;
      }
      surroundings.run();
      if (System.nanoTime() > deadline) {
        throw new NotNowException(
            "Table '"
                + subject.mapping().table()
                + "' is more than "
                + LONGEST.toMinutes()
                + " minutes behind its Source.");
      }
      NotNowException.pause(POLL);
    }
  }

  private static boolean reaches(List<Long> marks, List<Long> offsets) {
    for (int partition = 0; partition < offsets.size(); partition++) {
      if (partition >= marks.size() || marks.get(partition) < offsets.get(partition)) {
        return false;
      }
    }
    return true;
  }

  /** Returns the sum over an answer's scope, without keys that were moving. */
  Sum sum(AuditAnswer answer, Set<List<String>> moving) {
    Sum[] sum = {Sum.NONE};
    int width = subject.mapping().key().size();
    visit(
        answer.scope(),
        List.of(),
        answer.offsets(),
        texts -> {
          if (moving.isEmpty() || !moving.contains(key(texts, width))) {
            sum[0] = sum[0].plus(digest(texts));
          }
        });
    return sum[0];
  }

  /** Returns the digest of each key in an answer's scope, without keys that were moving. */
  Map<List<String>, Sum> digests(AuditAnswer answer, Set<List<String>> moving) {
    Map<List<String>, Sum> digests = new HashMap<>();
    int width = subject.mapping().key().size();
    visit(
        answer.scope(),
        List.of(),
        answer.offsets(),
        texts -> {
          List<String> key = key(texts, width);
          if (!moving.contains(key)) {
            digests.put(key, digest(texts));
          }
        });
    return digests;
  }

  /** Returns what some keys have below some offsets. */
  Map<List<String>, List<@Nullable String>> rows(List<List<String>> keys, List<Long> offsets) {
    Map<List<String>, List<@Nullable String>> rows = new HashMap<>();
    int width = subject.mapping().key().size();
    visit(KEYS, keys, offsets, texts -> rows.put(key(texts, width), texts));
    return rows;
  }

  static final Scope KEYS = new Scope(true, List.of(), List.of(), "");

  private void visit(
      Scope scope, List<List<String>> keys, List<Long> offsets, TableReader.RowVisitor visitor) {
    reader.latest(subject.mapping(), scope, keys, offsets, subject.rowsPerSecond(), visitor);
  }

  private Sum digest(List<@Nullable String> texts) {
    texts.forEach(digest::add);
    return digest.row();
  }

  private static List<String> key(List<@Nullable String> texts, int width) {
    List<String> key = new ArrayList<>(width);
    for (int i = 0; i < width; i++) {
      String text = texts.get(i);
      key.add(text == null ? "" : text);
    }
    return key;
  }
}
