package dev.backlot.controller.signin;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Bounds how often somebody may try to sign in: per account and address few times, per account from
 * anywhere and per address for any account more often, so that nobody can guess and nobody can lock
 * others out easily. Names of accounts that don't exist count the same. Thread-safe.
 */
final class Attempts {
  private static final Duration WINDOW = Duration.ofMinutes(5);
  private static final int MOST_REMEMBERED = 10_000;
  private static final int PER_ACCOUNT_AND_ADDRESS = 5;
  private static final int PER_ACCOUNT = 50;
  private static final int PER_ADDRESS = 100;

  private final Clock clock;
  private final Map<String, Deque<Instant>> failures =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Deque<Instant>> eldest) {
          return size() > MOST_REMEMBERED;
        }
      };

  Attempts(Clock clock) {
    this.clock = clock;
  }

  /**
   * Counts an attempt, as if it failed, unless there were too many already.
   *
   * @return how long to wait, when there were
   */
  synchronized Optional<Duration> begin(String account, String address) {
    Instant now = clock.instant();
    Optional<Duration> wait =
        max(
            wait(both(account, address), PER_ACCOUNT_AND_ADDRESS, now),
            max(
                wait("account " + account, PER_ACCOUNT, now),
                wait("address " + address, PER_ADDRESS, now)));
    if (wait.isEmpty()) {
      add(both(account, address), now);
      add("account " + account, now);
      add("address " + address, now);
    }
    return wait;
  }

  /** Forgets the failures of somebody who got in. */
  synchronized void succeeded(String account, String address) {
    failures.remove(both(account, address));
    removeLast("account " + account);
    removeLast("address " + address);
  }

  private static String both(String account, String address) {
    return "both " + address + " " + account;
  }

  private void add(String key, Instant now) {
    failures.computeIfAbsent(key, unused -> new ArrayDeque<>()).addLast(now);
  }

  private void removeLast(String key) {
    Deque<Instant> times = failures.get(key);
    if (times != null) {
      times.pollLast();
    }
  }

  private Optional<Duration> wait(String key, int most, Instant now) {
    Deque<Instant> times = failures.get(key);
    if (times == null) {
      return Optional.empty();
    }
    while (!times.isEmpty() && !times.getFirst().plus(WINDOW).isAfter(now)) {
      times.removeFirst();
    }
    return times.size() < most
        ? Optional.empty()
        : Optional.of(Duration.between(now, times.getFirst().plus(WINDOW)));
  }

  private static Optional<Duration> max(Optional<Duration> one, Optional<Duration> other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.or(() -> other);
    }
    return one.get().compareTo(other.get()) > 0 ? one : other;
  }
}
