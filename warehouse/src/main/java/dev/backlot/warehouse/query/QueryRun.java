package dev.backlot.warehouse.query;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.warehouse.query.Frames.Frame;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One query in one process, from its call to its end. A query that does not stop soon after it was
 * told to takes its process with it.
 */
final class QueryRun implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final ChildPool pool;
  private final ChildProcess child;
  private final ScheduledExecutorService timer;
  private final QueryLimits limits;
  private final String sql;
  private final ScheduledFuture<?> timeout;
  private @Nullable ScheduledFuture<?> kill;
  private volatile boolean timedOut;
  private volatile boolean cancelled;
  private boolean running;
  private boolean ended;

  QueryRun(
      ChildPool pool,
      ChildProcess child,
      ScheduledExecutorService timer,
      QueryLimits limits,
      String sql) {
    this.pool = pool;
    this.child = child;
    this.timer = timer;
    this.limits = limits;
    this.sql = sql;
    this.timeout = timer.schedule(this::timeOut, limits.time().toMillis(), TimeUnit.MILLISECONDS);
  }

  JsonNode parse() throws IOException {
    return child.parse(sql);
  }

  /** Starts the statement and waits until it has a result. */
  QueryResult start(RunRequest request, Masked masked) {
    try {
      running = true;
      child.run(request);
      Frame first = child.read();
      if (first.type() == Frames.COLUMNS) {
        List<QueryColumn> columns = JSON.readValue(first.body(), new TypeReference<>() {});
        return new QueryResult(this, columns, masked);
      }
      throw failed(first);
    } catch (IOException e) {
      throw lost(e);
    }
  }

  /** Returns the next batch of rows, or null after the last. */
  byte @Nullable [] nextRows() {
    if (ended) {
      return null;
    }
    try {
      Frame frame = child.read();
      if (frame.type() == Frames.ROWS) {
        return frame.body();
      }
      if (frame.type() == Frames.DONE) {
        end(true);
        return null;
      }
      throw failed(frame);
    } catch (IOException e) {
      throw lost(e);
    }
  }

  private RuntimeException failed(Frame frame) throws IOException {
    end(true);
    if (timedOut) {
      return timedOut();
    }
    if (cancelled) {
      return new CancellationException("The query was cancelled");
    }
    String message = JSON.readTree(frame.body()).path("message").asText();
    return new ProblemException(List.of(DuckError.problem(message, sql)));
  }

  private RuntimeException lost(IOException e) {
    end(false);
    if (timedOut) {
      return timedOut();
    }
    if (cancelled) {
      return new CancellationException("The query was cancelled");
    }
    return new ProblemException(
        ProblemCode.INTERNAL,
        "Cannot run query: its process ended, perhaps for lack of memory. Run it again, or ask for"
            + " less.",
        e);
  }

  private ProblemException timedOut() {
    return new ProblemException(
        ProblemCode.TIMED_OUT,
        "Cannot run query: it was not done after "
            + limits.time().toMillis() / 1000.0
            + " s. Ask for less, or give it more time.");
  }

  private void timeOut() {
    timedOut = true;
    stop();
  }

  void cancel() {
    cancelled = true;
    stop();
  }

  private synchronized void stop() {
    if (ended || kill != null) {
      return;
    }
    kill = timer.schedule(child::kill, GRACE.toMillis(), TimeUnit.MILLISECONDS);
    try {
      child.cancel();
    } catch (IOException e) {
      // The process is gone; the reader notices by itself.
      child.kill();
    }
  }

  private synchronized void end(boolean healthy) {
    if (ended) {
      return;
    }
    ended = true;
    timeout.cancel(false);
    boolean killed = kill != null && !kill.cancel(false);
    if (healthy && !killed) {
      pool.give(child);
    } else {
      pool.discard(child);
    }
  }

  /** Gives the process back; a query that still runs is told to end first. */
  @Override
  public void close() {
    if (ended) {
      return;
    }
    if (!running) {
      end(true);
      return;
    }
    cancel();
    try {
      byte type = Frames.ROWS;
      while (type == Frames.ROWS || type == Frames.COLUMNS) {
        type = child.read().type();
      }
      end(true);
    } catch (IOException e) {
      end(false);
    }
  }

  /** Ends the process: it does not answer as it should. */
  void discard() {
    end(false);
  }
}
