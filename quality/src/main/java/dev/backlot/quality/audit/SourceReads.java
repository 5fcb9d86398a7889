package dev.backlot.quality.audit;

import dev.backlot.metadata.AuditReadStore;
import dev.backlot.metadata.AuditReadStore.Read;
import dev.backlot.metadata.AuditReadStore.State;
import dev.backlot.model.audit.AuditAnswer;
import dev.backlot.model.audit.AuditRead;
import java.time.Duration;
import java.util.Optional;

/** Asks capture and waits for its answers. Thread-safe. */
final class SourceReads {
  private static final Duration LONGEST = Duration.ofMinutes(3);
  private static final Duration POLL = Duration.ofMillis(100);

  private final AuditReadStore store;

  SourceReads(AuditReadStore store) {
    this.store = store;
  }

  /**
   * Asks.
   *
   * @param surroundings looked at while waiting
   * @throws NotNowException when there is no answer
   */
  AuditAnswer ask(Subject subject, AuditRead read, Runnable surroundings) {
    String source = subject.mapping().source();
    long id = store.request(source, subject.mapping().epoch(), subject.connection(), read);
    try {
      long deadline = System.nanoTime() + LONGEST.toNanos();
      for (int look = 0; System.nanoTime() < deadline; look++) {
        Optional<Read> asked = store.find(id);
        State state = asked.map(Read::state).orElse(State.FAILED);
        if (state == State.DONE) {
          return asked.flatMap(Read::answer).orElseThrow();
        }
        if (state == State.FAILED) {
          throw new NotNowException(asked.map(Read::reason).orElse("The read was forgotten."));
        }
        if (look % 20 == 19) {
          surroundings.run();
        }
        NotNowException.pause(POLL);
      }
      throw new NotNowException(
          "Source '" + source + "' gave no answer in " + LONGEST.toMinutes() + " minutes.");
    } finally {
      store.forget(id);
    }
  }
}
