package dev.backlot.capture.dump;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which keys of one table the log has touched while the table is being read, by transaction: what
 * decides which rows of a dump's chunk may still be written, and which an audit may compare.
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
  private final int most;
  private final Deque<Transaction> transactions = new ArrayDeque<>();
  private final List<Present> present = new ArrayList<>();
  private @Nullable Visibility seen;
  private int noted;

  /** Notes touched keys, however many there are. */
  public Touches() {
    this(Integer.MAX_VALUE);
  }

  /**
   * Notes touched keys, and stops noting when there are too many.
   *
   * @param most about how many keys are kept
   */
  public Touches(int most) {
    this.most = most;
  }

  /** Notes that the log emitted a change of this key. */
  public void touch(long transaction, KeyBytes key) {
    if (isSeen(transaction) || overflowed()) {
      return;
    }
    if (current(transaction).keys.add(key)) {
      count();
    }
  }

  /** Notes that the log emitted a change of every key. */
  public void touchAll(long transaction) {
    if (!isSeen(transaction)) {
      current(transaction).all = true;
    }
  }

  /**
   * Notes that what was emitted of this key, or left out, is not its state at this place of the
   * log: the row was read from the table.
   *
   * @param read sees all that the row showed
   */
  public void touchPresent(Visibility read, KeyBytes key) {
    if (!overflowed()) {
      present.add(new Present(read, key));
      count();
    }
  }

  /**
   * Says that only these touches are asked for from now on: those of transactions that this
   * snapshot does not see.
   */
  public void onlyUnseenBy(Visibility snapshot) {
    seen = snapshot;
    transactions.removeIf(transaction -> snapshot.sees(transaction.id));
  }

  /** Returns whether there were too many keys: then they are not known. */
  public boolean overflowed() {
    return noted > most;
  }

  private boolean isSeen(long transaction) {
    Visibility snapshot = seen;
    return snapshot != null && snapshot.sees(transaction);
  }

  private void count() {
    noted++;
    if (overflowed()) {
      transactions.forEach(transaction -> transaction.keys.clear());
      present.clear();
    }
  }

  /**
   * Decides over a chunk, and forgets transactions that its snapshot sees: later chunks' snapshots
   * see them too.
   *
   * @param snapshot of the chunk's read, not older than that of the chunk before
   */
  public Verdict judge(Visibility snapshot) {
    return judge(snapshot, List.of(snapshot));
  }

  /**
   * Decides over a chunk, or a part of one, while others are not decided over yet.
   *
   * @param undecided snapshots of every chunk that may still be asked about, this one's included,
   *     or older ones: what all of them see is forgotten
   */
  public Verdict judge(Visibility snapshot, Collection<? extends Visibility> undecided) {
    forget(undecided);
    boolean all = false;
    Set<KeyBytes> newer = new HashSet<>();
    for (Transaction transaction : transactions) {
      if (!snapshot.sees(transaction.id)) {
        all |= transaction.all;
        newer.addAll(transaction.keys);
      }
    }
    return new Verdict(all, newer);
  }

  /**
   * Forgets what no chunk will ask for: transactions that all of these snapshots see.
   *
   * @param undecided snapshots of every chunk that may still be asked about, or older ones
   */
  public void forget(Collection<? extends Visibility> undecided) {
    transactions.removeIf(
        transaction -> undecided.stream().allMatch(other -> other.sees(transaction.id)));
  }

  /**
   * Decides over rows that an audit read: besides {@link #judge}, a key's state in the topic is not
   * comparable when it was read from the table later than the audit read it.
   */
  public Verdict judgeComparable(Visibility snapshot) {
    Verdict verdict = judge(snapshot);
    for (Present row : present) {
      if (row.read.mayExceed(snapshot)) {
        verdict.newer.add(row.key);
      }
    }
    return verdict;
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

  private record Present(Visibility read, KeyBytes key) {}

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

    /** Returns whether every row is older. */
    public boolean allStale() {
      return all;
    }

    /** Returns the keys whose rows are older, whether or not they were read. */
    public Set<KeyBytes> staleKeys() {
      return Set.copyOf(newer);
    }

    /** Returns whether the row with this key must not be written. */
    public boolean isStale(KeyBytes key) {
      return all || newer.contains(key);
    }
  }
}
