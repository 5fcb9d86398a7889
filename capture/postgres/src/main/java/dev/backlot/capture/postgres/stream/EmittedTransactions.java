package dev.backlot.capture.postgres.stream;

import dev.backlot.capture.dump.Visibility;
import java.util.Arrays;
import java.util.Collection;

/**
 * The transactions that the log has emitted and that are not known to be visible yet: a dump that
 * begins notes touched keys from then on only, so it must wait until it sees those from before.
 * Thread-safe.
 */
public final class EmittedTransactions {
  private long[] transactions = new long[256];
  private int count;

  /** Notes an emitted transaction. */
  public synchronized void add(long transaction) {
    if (count == transactions.length) {
      transactions = Arrays.copyOf(transactions, count * 2);
    }
    transactions[count++] = transaction;
  }

  /** Notes transactions of which is not known whether an earlier owner emitted them. */
  public synchronized void addAll(Collection<Long> unknown) {
    unknown.forEach(this::add);
  }

  /** Returns those not known to be visible. */
  public synchronized long[] invisible() {
    return Arrays.copyOf(transactions, count);
  }

  /** Forgets what a snapshot sees; later ones see it too. */
  public synchronized void forget(Visibility snapshot) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (!snapshot.sees(transactions[i])) {
        transactions[kept++] = transactions[i];
      }
    }
    count = kept;
  }
}
