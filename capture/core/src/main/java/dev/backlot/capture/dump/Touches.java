package dev.backlot.capture.dump;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * Which keys of one table the log has touched while the table is being dumped, by transaction: what
 * decides which rows of a chunk may still be written.
 *
 * <p>A chunk's row is written when the log has passed a watermark that was written after the chunk
 * was read. A row whose key was touched by a transaction that the log has emitted, but that the
 * chunk's snapshot does not see, is older than what was emitted, and is dropped. Comparing log
 * positions would not do: a database may make a commit readable in its log before queries see it.
 *
 * <p>This extends the watermark algorithm of DBLog (Andreakis and Papapanagiotou, "DBLog: A
 * Watermark Based Change-Data-Capture Framework", 2020) by the visibility check. For one thread.
 */
public final class Touches {
  private final Deque<Transaction> transactions = new ArrayDeque<>();

  /** Notes that the log emitted a change of this key. */
  public void touch(long transaction, KeyBytes key) {
    current(transaction).keys.add(key);
  }

  /** Notes that the log emitted a change of every key. */
  public void touchAll(long transaction) {
    current(transaction).all = true;
  }

  /**
   * Decides over a chunk, and forgets transactions that its snapshot sees: later chunks' snapshots
   * see them too.
   *
   * @param snapshot of the chunk's read, not older than that of the chunk before
   */
  public Verdict judge(Visibility snapshot) {
    transactions.removeIf(transaction -> snapshot.sees(transaction.id));
    boolean all = false;
    Set<KeyBytes> newer = new HashSet<>();
    for (Transaction transaction : transactions) {
      all |= transaction.all;
      newer.addAll(transaction.keys);
    }
    return new Verdict(all, newer);
  }

  /** Returns how many transactions are kept, since no chunk has seen them. */
  public int size() {
    return transactions.size();
  }

  private Transaction current(long id) {
    Transaction last = transactions.peekLast();
    if (last == null || last.id != id) {
      last = new Transaction(id);
      transactions.addLast(last);
    }
    return last;
  }

  private static final class Transaction {
    final long id;
    final Set<KeyBytes> keys = new HashSet<>();
    boolean all;

    Transaction(long id) {
      this.id = id;
    }
  }

  /** Which rows of a chunk are older than what the log has emitted. */
  public static final class Verdict {
    private final boolean all;
    private final Set<KeyBytes> newer;

    private Verdict(boolean all, Set<KeyBytes> newer) {
      this.all = all;
      this.newer = newer;
    }

    /** Returns whether every row may be written, so that none needs to be asked for. */
    public boolean allFresh() {
      return !all && newer.isEmpty();
    }

    /** Returns whether the row with this key must not be written. */
    public boolean isStale(KeyBytes key) {
      return all || newer.contains(key);
    }
  }
}
