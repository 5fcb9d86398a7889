package dev.backlot.schema.canonical;

import dev.backlot.schema.canonical.RowDigest.Sum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Adds up rows by buckets of their keys, and keeps those of some buckets: two sides with equal sums
 * have equal rows, and where sums differ the rows tell how. For one thread.
 */
public final class BucketedRows {
  private final RowDigest digest = new RowDigest();
  private final int[] key;
  private final Sum[] sums;
  private final Set<Integer> wanted;
  private final int most;
  private final List<List<@Nullable String>> kept = new ArrayList<>();

  /**
   * Begins without rows.
   *
   * @param key indexes of the key's columns
   * @param buckets at least 1
   * @param wanted buckets whose rows are kept
   * @param most how many rows may be kept
   */
  public BucketedRows(List<Integer> key, int buckets, Collection<Integer> wanted, int most) {
    this.key = key.stream().mapToInt(Integer::intValue).toArray();
    this.sums = new Sum[buckets];
    Arrays.fill(sums, Sum.NONE);
    this.wanted = Set.copyOf(wanted);
    this.most = most;
  }

  /** Thrown when more rows would have to be kept than may be. */
  public static final class TooManyRowsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManyRowsException(int most) {
      super("more than " + most + " rows differ in their buckets", null, false, false);
    }
  }

  /**
   * Adds a row of canonical texts.
   *
   * @throws IllegalArgumentException when a column of its key is null
   * @throws TooManyRowsException when it is one too many to keep
   */
  public void add(List<? extends @Nullable String> row) {
    List<String> texts = new ArrayList<>(key.length);
    for (int index : key) {
      String text = row.get(index);
      if (text == null) {
        throw new IllegalArgumentException("a row's key is NULL");
      }
      texts.add(text);
    }
    int bucket = digest.bucket(texts, sums.length);
    row.forEach(digest::add);
    sums[bucket] = sums[bucket].plus(digest.row());
    if (wanted.contains(bucket)) {
      if (kept.size() == most) {
        throw new TooManyRowsException(most);
      }
      kept.add(new ArrayList<>(row));
    }
  }

  /** Returns the sum of each bucket. */
  public List<Sum> sums() {
    return List.of(sums);
  }

  /** Returns the rows of wanted buckets, in the order in which they came. */
  public List<List<@Nullable String>> rows() {
    return kept;
  }
}
