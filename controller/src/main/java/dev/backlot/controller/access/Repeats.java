package dev.backlot.controller.access;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tells what is new from what a page that is left open asks again and again, each second: of that
 * one entry in five minutes is enough. Thread-safe.
 */
final class Repeats {
  private static final Duration LATELY = Duration.ofMinutes(5);
  private static final int MOST_REMEMBERED = 10_000;

  private final Clock clock;
  private final Map<String, Instant> last =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
          return size() > MOST_REMEMBERED;
        }
      };

  Repeats(Clock clock) {
    this.clock = clock;
  }

  /** Returns whether the same was not told of lately, and remembers that it is now. */
  synchronized boolean isNews(Caller caller, String action, AccessLog.Subject subject) {
    String key =
        String.join("\n", caller.name(), caller.token(), action, subject.kind(), subject.name());
    Instant now = clock.instant();
    Instant before = last.get(key);
    if (before != null && now.isBefore(before.plus(LATELY))) {
      return false;
    }
    last.put(key, now);
    return true;
  }
}
