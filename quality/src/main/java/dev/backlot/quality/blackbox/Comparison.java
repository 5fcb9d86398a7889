package dev.backlot.quality.blackbox;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.audit.AuditAnswer.Sum;
import dev.backlot.model.audit.QueryAnswer;
import dev.backlot.model.audit.QueryRead;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One look at both sides: sums by buckets of keys first, then the rows of the buckets that differ.
 * Constant memory, whatever the sides hold.
 */
public final class Comparison {
  private static final int BUCKETS = 16_384;
  private static final int MOST_ROWS = 100_000;

  private final List<String> key;
  private final int seconds;

  /**
   * Prepares.
   *
   * @param key names of columns that both queries give
   * @param seconds how long one query may take
   */
  public Comparison(List<String> key, int seconds) {
    this.key = List.copyOf(key);
    this.seconds = seconds;
  }

  /**
   * What a look found.
   *
   * @param columns of both results, in the source's order
   * @param sourceRows how many rows the source of truth gave
   * @param contrasts keys that differ
   * @param unseen buckets that differ as well, but would have been too many rows to read
   */
  public record Look(
      List<String> columns,
      long sourceRows,
      long targetRows,
      List<Contrast> contrasts,
      int unseen) {
    /** Copies what is mutable. */
    public Look {
      columns = List.copyOf(columns);
      contrasts = List.copyOf(contrasts);
    }
  }

  /**
   * Looks at both sides.
   *
   * @throws ProblemException when a query can't be run, or the results have other columns
   */
  public Look look(Side source, String sourceQuery, Side target, String targetQuery) {
    QueryAnswer truth = source.read(read(sourceQuery, List.of()));
    QueryAnswer found = target.read(read(targetQuery, List.of()));
    checkColumns(truth.columns(), found.columns());
    List<Integer> wanted = new ArrayList<>();
    int unseen = 0;
    long rows = 0;
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      Sum a = truth.sums().get(bucket);
      Sum b = found.sums().get(bucket);
      if (a.equals(b)) {
        continue;
      }
      rows += Math.max(a.rows(), b.rows());
      // The same ones each time, so that what persists is seen to persist.
      if (rows > MOST_ROWS / 2) {
        unseen++;
      } else {
        wanted.add(bucket);
      }
    }
    List<Contrast> contrasts =
        wanted.isEmpty()
            ? List.of()
            : contrasts(
                source.read(read(sourceQuery, wanted)), target.read(read(targetQuery, wanted)));
    return new Look(truth.columns(), rows(truth), rows(found), contrasts, unseen);
  }

  private QueryRead read(String query, List<Integer> wanted) {
    return new QueryRead(query, key, BUCKETS, wanted, MOST_ROWS, seconds);
  }

  private static long rows(QueryAnswer answer) {
    return answer.sums().stream().mapToLong(Sum::rows).sum();
  }

  /** Digests follow the order of columns, so the order must be the same. */
  private static void checkColumns(List<String> source, List<String> target) {
    if (!source.equals(target)) {
      throw new ProblemException(
          ProblemCode.QUERY_INVALID,
          "Cannot compare the two queries: the source's columns are "
              + String.join(", ", source)
              + ", the target's are "
              + String.join(", ", target)
              + ". Select the same columns in the same order, under the same names.");
    }
  }

  private List<Contrast> contrasts(QueryAnswer source, QueryAnswer target) {
    Map<List<String>, List<List<@Nullable String>>> truth = byKey(source);
    Map<List<String>, List<List<@Nullable String>>> found = byKey(target);
    List<Contrast> contrasts = new ArrayList<>();
    truth.forEach(
        (id, rows) ->
            contrast(id, rows, found.getOrDefault(id, List.of())).ifPresent(contrasts::add));
    found.forEach(
        (id, rows) -> {
          if (!truth.containsKey(id)) {
            contrast(id, List.of(), rows).ifPresent(contrasts::add);
          }
        });
    return contrasts;
  }

  private static Optional<Contrast> contrast(
      List<String> id, List<List<@Nullable String>> source, List<List<@Nullable String>> target) {
    boolean doubled = source.size() > 1 || target.size() > 1;
    return !doubled && source.equals(target)
        ? Optional.empty()
        : Optional.of(
            new Contrast(id, source.stream().findFirst(), target.stream().findFirst(), doubled));
  }

  private Map<List<String>, List<List<@Nullable String>>> byKey(QueryAnswer answer) {
    List<Integer> indexes = key.stream().map(answer.columns()::indexOf).toList();
    Map<List<String>, List<List<@Nullable String>>> rows = new LinkedHashMap<>();
    for (List<@Nullable String> row : answer.rows()) {
      List<String> id = indexes.stream().map(row::get).map(String::valueOf).toList();
      rows.computeIfAbsent(id, none -> new ArrayList<>()).add(row);
    }
    return rows;
  }
}
