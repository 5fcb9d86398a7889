package dev.backlot.controller.query;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Queries that run now, so that whoever began one can end it. Thread-safe. */
final class RunningQueries {
  private final Map<Key, Query> running = new ConcurrentHashMap<>();

  private record Key(String account, String id) {}

  /** A query while it runs; closed when it has ended. */
  final class Query implements AutoCloseable {
    private final Key key;
    private Runnable end = () -> {};
    private boolean cancelled;

    private Query(Key key) {
      this.key = key;
    }

    /** Takes what ends it, which may be wanted already. */
    synchronized void started(Runnable cancel) {
      end = cancel;
      if (cancelled) {
        cancel.run();
      }
    }

    private synchronized void cancel() {
      cancelled = true;
      end.run();
    }

    @Override
    public void close() {
      running.remove(key);
    }
  }

  /**
   * Takes note of a query.
   *
   * @param id chosen by whoever runs it
   */
  Query begin(String account, String id) {
    Query query = new Query(new Key(account, id));
    if (running.putIfAbsent(query.key, query) != null) {
      throw new ProblemException(
          ProblemCode.USAGE,
          "Cannot run query '" + id + "': one with this id runs already. Choose another id.");
    }
    return query;
  }

  /** Ends an account's query, and returns whether it was running. */
  boolean cancel(String account, String id) {
    Query query = running.get(new Key(account, id));
    if (query == null) {
      return false;
    }
    query.cancel();
    return true;
  }
}
