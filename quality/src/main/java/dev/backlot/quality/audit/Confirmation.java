package dev.backlot.quality.audit;

import dev.backlot.model.audit.AuditAnswer;
import dev.backlot.model.audit.AuditAnswer.Row;
import dev.backlot.model.audit.AuditRead.Detail;
import dev.backlot.quality.audit.Finding.Kind;
import dev.backlot.quality.audit.Finding.Value;
import dev.backlot.quality.mapping.TableMapping.Column;
import dev.backlot.quality.table.TableReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks again at keys that differed or moved: each look is at a position of its own, and only a key
 * that differs at two of them, and was at rest at both, is a finding. For one thread.
 */
final class Confirmation {
  private static final int LOOKS = 8;
  private static final int DIFFERENT_LOOKS = 2;
  private static final Duration BETWEEN = Duration.ofSeconds(1);

  private final Subject subject;
  private final SourceReads source;
  private final TableReader reader;
  private final TableSide table;
  private final Runnable surroundings;

  Confirmation(
      Subject subject,
      SourceReads source,
      TableReader reader,
      TableSide table,
      Runnable surroundings) {
    this.subject = subject;
    this.source = source;
    this.reader = reader;
    this.table = table;
    this.surroundings = surroundings;
  }

  /**
   * What became of the keys.
   *
   * @param equal how many are equal after all
   * @param moving those that never were at rest
   */
  record Result(List<Finding> findings, long equal, Set<List<String>> moving) {}

  /** Looks until every key is settled, or has not been at rest for {@value #LOOKS} looks. */
  Result of(Collection<List<String>> keys) {
    Set<List<String>> open = new LinkedHashSet<>(keys);
    Map<List<String>, Integer> differed = new HashMap<>();
    List<Finding> findings = new ArrayList<>();
    for (int look = 1; look <= LOOKS && !open.isEmpty(); look++) {
      if (look > 1) {
        NotNowException.pause(BETWEEN);
      }
      for (Map.Entry<List<String>, Optional<Finding>> judged : look(List.copyOf(open)).entrySet()) {
        List<String> key = judged.getKey();
        if (judged.getValue().isEmpty()) {
          open.remove(key);
        } else if (differed.merge(key, 1, Integer::sum) >= DIFFERENT_LOOKS) {
          open.remove(key);
          findings.add(judged.getValue().get());
        }
      }
    }
    return new Result(findings, keys.size() - findings.size() - open.size(), open);
  }

  /** Returns, for each key that was at rest, how it differs, if it does. */
  private Map<List<String>, Optional<Finding>> look(List<List<String>> keys) {
    surroundings.run();
    AuditAnswer answer = source.ask(subject, subject.read(Detail.ROWS, keys), surroundings);
    if (answer.allMoving()) {
      return Map.of();
    }
    table.await(answer.offsets());
    Map<List<String>, List<@Nullable String>> there = table.rows(keys, answer.offsets());
    Set<List<String>> moving = new HashSet<>(answer.moving());
    moving.addAll(reader.newer(subject.mapping(), keys, answer.offsets()));
    if (reader.isUnsettled(subject.mapping(), answer.offsets())) {
      return Map.of();
    }
    Map<List<String>, List<@Nullable String>> wanted = new HashMap<>();
    for (Row row : answer.rows()) {
      wanted.put(row.key(), row.values());
    }
    Map<List<String>, Optional<Finding>> judged = new HashMap<>();
    for (List<String> key : keys) {
      if (!moving.contains(key)) {
        judged.put(key, difference(key, wanted.get(key), there.get(key)));
      }
    }
    return judged;
  }

  private Optional<Finding> difference(
      List<String> key,
      @Nullable List<@Nullable String> wanted,
      @Nullable List<@Nullable String> there) {
    if (wanted == null || there == null) {
      return wanted == there
          ? Optional.empty()
          : Optional.of(
              new Finding(
                  wanted == null ? Kind.EXTRA : Kind.MISSING, key, List.of(), Optional.empty()));
    }
    List<Value> columns = new ArrayList<>();
    List<Column> compared = subject.mapping().compared();
    for (int i = 0; i < compared.size(); i++) {
      if (!Objects.equals(wanted.get(i), there.get(i))) {
        columns.add(new Value(compared.get(i).table(), wanted.get(i), there.get(i)));
      }
    }
    return columns.isEmpty()
        ? Optional.empty()
        : Optional.of(new Finding(Kind.DIFFERENT, key, columns, Optional.empty()));
  }
}
