package dev.backlot.warehouse.query;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.warehouse.child.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Query processes: started when needed, kept warm for a while. Safe for use by several threads. */
final class ChildPool implements AutoCloseable {
  private final QuerySettings settings;
  private final Path warehouse;
  private final Semaphore free;
  private final Deque<Idle> idle = new ArrayDeque<>();
  private final Set<ChildProcess> busy = new HashSet<>();
  private boolean closed;

  private record Idle(ChildProcess child, long since) {}

  ChildPool(QuerySettings settings, Path warehouse, ScheduledExecutorService timer) {
    this.settings = settings;
    this.warehouse = warehouse;
    this.free = new Semaphore(settings.processes(), true);
    ChildJvm.delete(settings.scratch());
    timer.scheduleWithFixedDelay(this::endIdle, 15, 15, TimeUnit.SECONDS);
  }

  /**
   * Returns a process for one query, to be given back.
   *
   * @throws ProblemException with TIMED_OUT when all are busy for so long
   */
  ChildProcess take(Duration patience) {
    try {
      if (!free.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new ProblemException(
            ProblemCode.TIMED_OUT,
            "Cannot run query: "
                + settings.processes()
                + " other queries are running. Try again when one has ended.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProblemException(ProblemCode.TIMED_OUT, "Cannot run query: interrupted.", e);
    }
    try {
      return idleOrNew();
    } catch (IOException e) {
      free.release();
      throw new ProblemException(
          ProblemCode.INTERNAL,
          "Cannot run query: its process does not start (" + e.getMessage() + ").",
          e);
    }
  }

  private ChildProcess idleOrNew() throws IOException {
    while (true) {
      ChildProcess child;
      synchronized (this) {
        if (closed) {
          throw new IOException("the query service is closed");
        }
        Idle next = idle.pollFirst();
        child = next == null ? null : next.child();
        if (child != null && child.isAlive()) {
          busy.add(child);
          return child;
        }
      }
      if (child == null) {
        ChildProcess started = ChildProcess.start(settings, warehouse);
        synchronized (this) {
          busy.add(started);
        }
        return started;
      }
      child.kill();
    }
  }

  /** Gives a process back that waits for the next query. */
  void give(ChildProcess child) {
    synchronized (this) {
      busy.remove(child);
      if (!closed) {
        idle.addFirst(new Idle(child, System.nanoTime()));
        free.release();
        return;
      }
    }
    free.release();
    child.kill();
  }

  /** Ends a process that can't be used any more. */
  void discard(ChildProcess child) {
    synchronized (this) {
      busy.remove(child);
    }
    child.kill();
    free.release();
  }

  private void endIdle() {
    List<ChildProcess> old = new ArrayList<>();
    synchronized (this) {
      long now = System.nanoTime();
      idle.removeIf(
          waiting -> {
            boolean end =
                now - waiting.since() > settings.idle().toNanos() || !waiting.child().isAlive();
            if (end) {
              old.add(waiting.child());
            }
            return end;
          });
    }
    old.forEach(ChildProcess::kill);
  }

  @Override
  public void close() {
    List<ChildProcess> all = new ArrayList<>();
    synchronized (this) {
      closed = true;
      idle.forEach(waiting -> all.add(waiting.child()));
      idle.clear();
      all.addAll(busy);
    }
    all.forEach(ChildProcess::kill);
  }
}
