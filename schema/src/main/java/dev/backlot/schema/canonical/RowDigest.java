package dev.backlot.schema.canonical;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Computes digests of rows from canonical texts: MD5 over each value's length and UTF-8 bytes, as
 * two longs. Sums of them, each long for itself and modulo 2^64, don't depend on the rows' order;
 * nobody chooses rows so that sums collide. For one thread.
 */
public final class RowDigest {
  private static final byte[] NULL = {-1, -1, -1, -1};

  private final MessageDigest md5;
  private final ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);

  /** Prepares. */
  public RowDigest() {
    try {
      md5 = MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has MD5", e);
    }
  }

  /**
   * A row's digest, or a sum of digests.
   *
   * @param rows how many rows
   */
  public record Sum(long rows, long high, long low) {
    /** The sum over no rows. */
    public static final Sum NONE = new Sum(0, 0, 0);

    /** Returns both together. */
    public Sum plus(Sum other) {
      return new Sum(rows + other.rows, high + other.high, low + other.low);
    }

    /** Returns these without others that are among them. */
    public Sum minus(Sum other) {
      return new Sum(rows - other.rows, high - other.high, low - other.low);
    }
  }

  /** Adds a value of the row; null for NULL. */
  public void add(@Nullable String canonical) {
    if (canonical == null) {
      md5.update(NULL);
    } else {
      byte[] bytes = canonical.getBytes(StandardCharsets.UTF_8);
      add(bytes, 0, bytes.length);
    }
  }

  /** Adds a value of the row that is UTF-8 already. */
  public void add(byte[] bytes, int from, int size) {
    length.clear().putInt(size);
    md5.update(length.array());
    md5.update(bytes, from, size);
  }

  /** Returns the digest of the values added since the last call. */
  public Sum row() {
    ByteBuffer digest = ByteBuffer.wrap(md5.digest());
    return new Sum(1, digest.getLong(), digest.getLong());
  }

  /**
   * Returns which of some buckets a row belongs to, by its key.
   *
   * @param key canonical texts
   * @param buckets at least 1
   */
  public int bucket(List<String> key, int buckets) {
    key.forEach(this::add);
    return (int) Long.remainderUnsigned(row().high(), buckets);
  }
}
