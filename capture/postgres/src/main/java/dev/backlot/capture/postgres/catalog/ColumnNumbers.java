package dev.backlot.capture.postgres.catalog;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Finds out which columns of a table the log tells of. The log gives names and types in the order
 * of the columns' numbers, but not the numbers; the catalog has both, but as they are now, which
 * may be several changes ahead of the log. A number is given only where it is beyond doubt.
 */
public final class ColumnNumbers {
  private static final int SAME_NAME = 4;
  private static final int SAME_TYPE = 1;
  private static final int LASTING_LEFT_OUT = -2;

  private final List<Catalog.Column> told;
  private final int[] candidates;
  private final Map<Integer, Catalog.Column> earlier;
  private final Map<Integer, Catalog.Column> now;

  private ColumnNumbers(
      List<Catalog.Column> told,
      int[] candidates,
      Map<Integer, Catalog.Column> earlier,
      Map<Integer, Catalog.Column> now) {
    this.told = told;
    this.candidates = candidates;
    this.earlier = earlier;
    this.now = now;
  }

  /**
   * Returns the columns that the log told, with their numbers, or 0 for those that could be several
   * of the table's.
   *
   * @param told by the log
   * @param earlier as they were last known, numbered
   * @param now as the catalog has them, numbered
   * @param others numbers that the catalog has given to columns that are not among {@code now}: of
   *     dropped columns, but not of those that the log never tells
   */
  public static List<Catalog.Column> number(
      List<Catalog.Column> told,
      List<Catalog.Column> earlier,
      List<Catalog.Column> now,
      Collection<Integer> others) {
    if (lookAlike(told, now) && earlier.equals(now)) {
      return now;
    }
    TreeSet<Integer> candidates = new TreeSet<>(others);
    earlier.forEach(column -> candidates.add(column.number()));
    now.forEach(column -> candidates.add(column.number()));
    candidates.remove(0);
    return new ColumnNumbers(
            told,
            candidates.stream().mapToInt(Integer::intValue).toArray(),
            byNumber(earlier),
            byNumber(now))
        .align();
  }

  /** Returns whether both have the same names and types in the same order. */
  public static boolean lookAlike(List<Catalog.Column> one, List<Catalog.Column> other) {
    if (one.size() != other.size()) {
      return false;
    }
    for (int i = 0; i < one.size(); i++) {
      if (!one.get(i).looksLike(other.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static Map<Integer, Catalog.Column> byNumber(List<Catalog.Column> columns) {
    Map<Integer, Catalog.Column> byNumber = new HashMap<>();
    columns.forEach(column -> byNumber.put(column.number(), column));
    return byNumber;
  }

  /** Numbers grow from column to column; of all such assignments the likeliest are compared. */
  private List<Catalog.Column> align() {
    int columns = told.size();
    int numbers = candidates.length;
    if (columns > numbers) {
      return told;
    }
    int[][] best = new int[columns + 1][numbers + 1];
    for (int i = columns; i >= 0; i--) {
      for (int n = numbers; n >= 0; n--) {
        if (columns - i > numbers - n) {
          best[i][n] = Integer.MIN_VALUE / 2;
        } else if (n < numbers) {
          int leftOut = best[i][n + 1] + leftOut(n);
          int taken = i < columns ? best[i + 1][n + 1] + score(i, n) : Integer.MIN_VALUE / 2;
          best[i][n] = Math.max(leftOut, taken);
        }
      }
    }
    int[] low = walk(best, true);
    int[] high = walk(best, false);
    List<Catalog.Column> numbered = new ArrayList<>(columns);
    for (int i = 0; i < columns; i++) {
      numbered.add(told.get(i).numbered(low[i] == high[i] ? low[i] : 0));
    }
    return numbered;
  }

  private int[] walk(int[][] best, boolean lowest) {
    int[] numbers = new int[told.size()];
    int i = 0;
    for (int n = 0; i < numbers.length; n++) {
      boolean take = best[i + 1][n + 1] + score(i, n) == best[i][n];
      boolean leave = best[i][n + 1] + leftOut(n) == best[i][n];
      if (take && (lowest || !leave)) {
        numbers[i++] = candidates[n];
      }
    }
    return numbers;
  }

  private int score(int i, int n) {
    return Math.max(
        score(told.get(i), earlier.get(candidates[n])), score(told.get(i), now.get(candidates[n])));
  }

  private static int score(
      Catalog.Column column, Catalog.@org.jspecify.annotations.Nullable Column known) {
    if (known == null) {
      return 0;
    }
    return (column.name().equals(known.name()) ? SAME_NAME : 0)
        + (column.typeOid() == known.typeOid() ? SAME_TYPE : 0);
  }

  /** A column that was there before and is there still was most likely there in between. */
  private int leftOut(int n) {
    return earlier.containsKey(candidates[n]) && now.containsKey(candidates[n])
        ? LASTING_LEFT_OUT
        : 0;
  }
}
