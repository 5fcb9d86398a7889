package dev.backlot.testing.graph;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What goes wrong in one server, from the moment it is set; an immutable value that methods extend:
 * {@code Faults.none().delay(Duration.ofMillis(50)).status(503, 0.2)}.
 *
 * <p>Faults of single items happen in the resolvers of subgraphs, so that what a user of the
 * gateway sees is what a gateway makes of them.
 */
public final class Faults {
  private final Map<String, Object> settings;

  private Faults(Map<String, Object> settings) {
    this.settings = Collections.unmodifiableMap(settings);
  }

  /** Nothing goes wrong. */
  public static Faults none() {
    return new Faults(Map.of());
  }

  /** Every request waits before it is looked at. */
  public Faults delay(Duration delay) {
    return with("delay", delay.toMillis());
  }

  /** Every request waits for a random time up to a limit before it is looked at. */
  public Faults jitter(Duration most) {
    return with("jitter", most.toMillis());
  }

  /** Every answer is made at once, and sent late: it tells how things were. */
  public Faults answerDelay(Duration delay) {
    return with("answerDelay", delay.toMillis());
  }

  /** Requests are received and not answered until this server's faults are set anew. */
  public Faults hang() {
    return with("hang", true);
  }

  /** A share of the requests, 0 to 1, is answered with an HTTP status. */
  public Faults status(int status, double rate) {
    return with("status", status).with("rate", rate);
  }

  /** Answers 429 to a share of the requests, and says when to come back, in whole seconds. */
  public Faults tooManyRequests(double rate, Duration retryAfter) {
    return status(429, rate).with("retryAfter", retryAfter.toSeconds());
  }

  /** Answers with a page of HTML and status 200. */
  public Faults notJson() {
    return with("notJson", true);
  }

  /** Every answer grows by a number of bytes, and stays valid. */
  public Faults hugeAnswer(int bytes) {
    return with("hugeAnswer", bytes);
  }

  /** Entities with these ids give an error in the answer's {@code errors}, with its path. */
  public Faults errorsFor(String... ids) {
    return with("errorsFor", List.of(ids));
  }

  /** Entities with these ids are null, as if they did not exist. */
  public Faults nullsFor(String... ids) {
    return with("nullsFor", List.of(ids));
  }

  /** Lists are answered from their end to their beginning. */
  public Faults reversed() {
    return with("reversed", true);
  }

  /** Lists lack a number of items at their end. */
  public Faults missingItems(int items) {
    return with("missing", items);
  }

  /** All of this happens to the next requests only, and then nothing does. */
  public Faults times(int requests) {
    return with("times", requests);
  }

  Map<String, Object> settings() {
    return settings;
  }

  private Faults with(String name, Object value) {
    Map<String, Object> extended = new LinkedHashMap<>(settings);
    extended.put(name, value);
    return new Faults(extended);
  }

  @Override
  public String toString() {
    return new ArrayList<>(settings.entrySet()).toString();
  }
}
