package dev.backlot.event;

/**
 * Which partition a key belongs to: murmur2 (Austin Appleby), as Kafka's default partitioner
 * applies it, over the key's Avro body without the frame, so that a new key schema id moves
 * nothing.
 */
public final class Partitioning {
  private static final int M = 0x5bd1e995;
  private static final int SEED = 0x9747b28c;

  private Partitioning() {}

  /** Returns the partition of a framed key. */
  public static int partition(byte[] framedKey, int partitions) {
    int hash = murmur2(framedKey, Confluent.FRAME, framedKey.length - Confluent.FRAME);
    return (hash & 0x7fffffff) % partitions;
  }

  /**
   * Returns the partition of a record without a key: chosen by its place in the source's log, so
   * that a change which is decoded again meets the record that is there already.
   *
   * @param change number of the change in its transaction
   */
  public static int partition(long lsn, int change, int partitions) {
    long mixed = (lsn ^ (change * 0x9E3779B97F4A7C15L)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return (int) ((mixed >>> 33) % partitions);
  }

  static int murmur2(byte[] data, int offset, int length) {
    int h = SEED ^ length;
    int at = offset;
    int words = length >> 2;
    for (int i = 0; i < words; i++, at += 4) {
      int k =
          (data[at] & 0xFF)
              | (data[at + 1] & 0xFF) << 8
              | (data[at + 2] & 0xFF) << 16
              | (data[at + 3] & 0xFF) << 24;
      k *= M;
      k ^= k >>> 24;
      k *= M;
      h *= M;
      h ^= k;
    }
    int rest = length & 3;
    for (int i = rest - 1; i >= 0; i--) {
      h ^= (data[at + i] & 0xFF) << (8 * i);
    }
    if (rest > 0) {
      h *= M;
    }
    h ^= h >>> 13;
    h *= M;
    return h ^ (h >>> 15);
  }
}
