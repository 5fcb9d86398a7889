package dev.backlot.controller.query;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Queries that run now, so that whoever began one can end it. Thread-safe. */
final class RunningQueries {
  private final Map<Key, Runnable> running = new ConcurrentHashMap<>();

  private record Key(String account, String id) {}

  /** A query while it runs. */
  interface Entry extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Takes note of a query; close what it returns when the query has ended.
   *
   * @param id chosen by whoever runs it
   */
  Entry begin(String account, String id, Runnable cancel) {
    Key key = new Key(account, id);
    if (running.putIfAbsent(key, cancel) != null) {
      throw new ProblemException(
          ProblemCode.USAGE,
          "Cannot run query '" + id + "': one with this id runs already. Choose another id.");
    }
    return () -> running.remove(key);
  }

  /** Ends an account's query, and returns whether it was running. */
  boolean cancel(String account, String id) {
    Runnable cancel = running.get(new Key(account, id));
    if (cancel == null) {
      return false;
    }
    cancel.run();
    return true;
  }
}
