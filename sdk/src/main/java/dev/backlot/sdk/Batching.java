package dev.backlot.sdk;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * How a batched step asks.
 *
 * @param size most questions in one request
 * @param patience longest time that a question waits for others to fill a batch
 * @param inFlight most requests at a time, per parallel instance
 * @param requestsPerSecond most requests per second, over all instances
 * @param entitiesPerSecond most questions per second, over all instances
 * @param cache which answers serve again
 * @param retry what happens to requests that fail for a passing reason
 * @param missing what becomes of a row to which there is no answer
 */
public record Batching(
    int size,
    Duration patience,
    int inFlight,
    OptionalInt requestsPerSecond,
    OptionalInt entitiesPerSecond,
    Cache cache,
    Retry retry,
    Missing missing) {

  /**
   * A cached answer serves a row only if it was asked for more than {@code margin} after the row's
   * change was committed and captured.
   *
   * @param ttl how long an answer serves at most; zero for no cache
   * @param entries most answers kept, per parallel instance; zero for no cache
   * @param margin how far the clocks of the machines may be apart
   */
  public record Cache(Duration ttl, int entries, Duration margin) {}

  /**
   * Waits between attempts are random up to {@code backoff}, doubled with each attempt up to {@code
   * longestBackoff}.
   *
   * @param attempts how often a request is tried before the graph is asked whether it is to blame
   */
  public record Retry(int attempts, Duration backoff, Duration longestBackoff) {}

  /** What becomes of a row to which there is no answer. */
  public enum Missing {
    /** It passes with the answer's fields null. */
    KEEP,
    /** It becomes a delete of its key. */
    DELETE
  }
}
