package dev.backlot.capture.postgres.stream;

import dev.backlot.capture.dump.Touches;
import dev.backlot.capture.dump.Visibility;
import dev.backlot.capture.postgres.CapturedTable;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * The noting of which keys of a table the log touches, while somebody reads that table beside the
 * log. What was read counts only if it sees every transaction that the log had told before: those
 * {@link #unseenBy} counts. For the thread that reads the table, but for {@link #touches}.
 */
public final class Noting implements AutoCloseable {
  private final LogReader log;
  private final CapturedTable table;
  private final Touches touches;
  private final long[] before;

  private Noting(LogReader log, CapturedTable table, Touches touches, long[] before) {
    this.log = log;
    this.table = table;
    this.touches = touches;
    this.before = before;
  }

  /**
   * Begins to note between two transactions of the log.
   *
   * @return empty when asked to stop meanwhile
   */
  public static Optional<Noting> begin(
      LogReader log,
      EmittedTransactions emitted,
      CapturedTable table,
      Touches touches,
      BooleanSupplier stop)
      throws InterruptedException {
    CompletableFuture<Noting> noting = ask(log, emitted, table, touches);
    while (true) {
      try {
        return Optional.of(noting.get(50, TimeUnit.MILLISECONDS));
      } catch (TimeoutException e) {
        if (stop.getAsBoolean()) {
          forget(log, table, touches);
          return Optional.empty();
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      }
    }
  }

  /**
   * Asks to begin between two transactions of the log, which may be long. Complete once it has
   * begun; {@link #forget} takes the question back.
   */
  public static CompletableFuture<Noting> ask(
      LogReader log, EmittedTransactions emitted, CapturedTable table, Touches touches) {
    CompletableFuture<Noting> begun = new CompletableFuture<>();
    log.execute(
        () -> {
          table.touches().add(touches);
          begun.complete(new Noting(log, table, touches, emitted.invisible()));
        });
    return begun;
  }

  /** Ends the noting that was asked for, begun or not. */
  public static void forget(LogReader log, CapturedTable table, Touches touches) {
    log.execute(() -> table.touches().remove(touches));
  }

  /** Returns how many transactions that the log told before are not visible yet. */
  public long unseenBy(Visibility snapshot) {
    return Arrays.stream(before).filter(transaction -> !snapshot.sees(transaction)).count();
  }

  /** Returns what was noted; for the thread that reads the log. */
  public Touches touches() {
    return touches;
  }

  /** Returns whether it still goes on; for the thread that reads the log. */
  public boolean goesOn() {
    return table.touches().contains(touches);
  }

  /** Keeps only what this snapshot does not see, from the next transaction on. */
  public void onlyUnseenBy(Visibility snapshot) {
    log.execute(() -> touches.onlyUnseenBy(snapshot));
  }

  @Override
  public void close() {
    forget(log, table, touches);
  }
}
