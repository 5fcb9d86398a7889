package dev.backlot.engine.batch;

import dev.backlot.sdk.BatchFunction.Answer;
import dev.backlot.sdk.BatchFunction.Question;
import dev.backlot.sdk.BatchFunction.Reply;
import dev.backlot.sdk.Batching;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Asks about rows: in batches, a bounded number at a time, within limits, again where that may
 * help. Everything happens on the host's one thread.
 *
 * <p>A failure is held against a question only where the other side has answered another one
 * meanwhile: a request of its own, or else a control question, which is one that was answered
 * before. So an outage holds everything up, and a question that can't be answered holds up nothing.
 * A batch that is to blame is halved until what is to blame stands alone.
 */
final class Conversation {
  private static final Duration LONGEST_RETRY_AFTER = Duration.ofMinutes(5);

  private final Batching batching;
  private final Host host;
  private final StampClock clock;
  private final AnswerCache cache;
  private final RandomGenerator random;
  private final BatchMetrics metrics;
  private final Breaker breaker = new Breaker();
  private final Optional<TokenBucket> requests;
  private final Optional<TokenBucket> entities;

  /** Rows that nothing was asked about, oldest first; superseded ones are passed over. */
  private final ArrayDeque<WaitingRow> waiting = new ArrayDeque<>();

  /** Batches that are asked before new ones are formed. */
  private final ArrayDeque<Batch> ready = new ArrayDeque<>();

  /** Batches whose blame depends on the control question that is on its way. */
  private final List<Suspect> suspects = new ArrayList<>();

  private int live;
  private int inFlight;
  private boolean hurried;
  private long notBeforeMillis;
  private long timerMillis = Long.MAX_VALUE;
  private long successes;
  private @Nullable Question lastAnswered;

  private record Suspect(Batch batch, String reason) {}

  /** Where a conversation takes place. */
  interface Host {
    long millis();

    /** Runs something on the host's thread after a while. */
    void later(long millis, Runnable action);

    /** Asks; the reply comes on the host's thread. */
    void ask(List<Question> questions, Consumer<Reply> reply);

    /** Learns whether anyone answers; the reply comes on the host's thread. */
    void probe(Consumer<Reply> reply);

    /** A row is about to be asked about. */
    void asked(WaitingRow row);

    /** A row's wait has ended. */
    void settled(WaitingRow row, Answer answer);

    /** Nothing can be asked until a person has mended something. */
    RuntimeException refused(String reason);
  }

  /**
   * Begins.
   *
   * @param share the part of the limits that is this instance's
   */
  Conversation(
      Batching batching,
      double share,
      Host host,
      StampClock clock,
      RandomGenerator random,
      BatchMetrics metrics) {
    this.batching = batching;
    this.host = host;
    this.clock = clock;
    this.random = random;
    this.metrics = metrics;
    this.cache = new AnswerCache(batching.cache());
    this.requests = bucket(batching.requestsPerSecond(), share, host.millis());
    this.entities = bucket(batching.entitiesPerSecond(), share, host.millis());
  }

  private static Optional<TokenBucket> bucket(
      java.util.OptionalInt perSecond, double share, long now) {
    return perSecond.isPresent()
        ? Optional.of(new TokenBucket(perSecond.getAsInt() * share, now))
        : Optional.empty();
  }

  int inFlight() {
    return inFlight;
  }

  int breakerState() {
    return breaker.state();
  }

  /** Returns an answer that serves a row as it is now, without asking. */
  Optional<Answer> known(Question question, long changedMicros) {
    Optional<Answer> known = cache.find(question, changedMicros, clock.next());
    known.ifPresent(any -> metrics.cacheHits.inc());
    return known;
  }

  /** Adds a row to be asked about. */
  void add(WaitingRow row) {
    waiting.add(row);
    row.isQueued = true;
    live++;
    advance();
  }

  /** A newer row takes the place of one that was perhaps added. */
  void withdrawn(WaitingRow row) {
    if (row.isQueued) {
      live--;
    }
  }

  /** From now on nothing waits to fill a batch, until {@link #unhurried}. */
  void hurry() {
    hurried = true;
    advance();
  }

  void unhurried() {
    hurried = false;
  }

  /** Asks what can be asked now. */
  void advance() {
    while (inFlight < batching.inFlight() && !breaker.isOpen()) {
      long wait = limitMillis();
      if (wait > 0) {
        if (live > 0 || !ready.isEmpty()) {
          wake(wait);
        }
        return;
      }
      Batch batch = ready.isEmpty() ? form() : ready.poll();
      if (batch == null) {
        return;
      }
      ask(batch);
    }
  }

  private long limitMillis() {
    long now = host.millis();
    long wait = notBeforeMillis - now;
    wait = Math.max(wait, requests.map(bucket -> bucket.waitMillis(now)).orElse(0L));
    return Math.max(wait, entities.map(bucket -> bucket.waitMillis(now)).orElse(0L));
  }

  private void wake(long millis) {
    long at = host.millis() + millis;
    if (at < timerMillis) {
      timerMillis = at;
      host.later(
          millis,
          () -> {
            timerMillis = Long.MAX_VALUE;
            advance();
          });
    }
  }

  /** Returns a batch of the oldest rows if it is full or has waited long enough. */
  private @Nullable Batch form() {
    while (!waiting.isEmpty() && !waiting.element().isWaiting()) {
      waiting.remove();
    }
    if (waiting.isEmpty()) {
      return null;
    }
    long waited = host.millis() - waiting.element().arrivedMillis;
    long patience = batching.patience().toMillis();
    if (!hurried && live < batching.size() && waited < patience) {
      wake(patience - waited);
      return null;
    }
    Batch batch = new Batch();
    while (!waiting.isEmpty() && batch.size() < batching.size()) {
      WaitingRow row = waiting.remove();
      if (row.isWaiting()) {
        live--;
        host.asked(row);
        batch.add(row);
      }
    }
    return batch.size() == 0 ? null : batch;
  }

  private void ask(Batch batch) {
    long now = host.millis();
    requests.ifPresent(bucket -> bucket.take(1, now));
    entities.ifPresent(bucket -> bucket.take(batch.size(), now));
    metrics.requests.inc();
    metrics.entities.inc(batch.size());
    inFlight++;
    batch.stamp = clock.next();
    if (batch.firstAsked < 0) {
      batch.firstAsked = successes;
    }
    List<Question> questions = batch.questions();
    host.ask(
        questions,
        reply -> {
          inFlight--;
          metrics.latency.update(host.millis() - now);
          if (reply instanceof Reply.Answers answers) {
            answered(batch, questions, answers.answers());
          } else {
            failed(batch, (Reply.Failed) reply);
          }
          advance();
        });
  }

  private void answered(Batch batch, List<Question> questions, List<Answer> answers) {
    List<Question> alone = new ArrayList<>();
    List<Question> again = new ArrayList<>();
    List<Question> guilty = new ArrayList<>();
    String reason = "";
    boolean any = false;
    for (int i = 0; i < questions.size(); i++) {
      Answer answer = answers.get(i);
      if (answer instanceof Answer.Unclear) {
        alone.add(questions.get(i));
      } else if (answer instanceof Answer.Failed failure) {
        reason = failure.reason();
        (failure.passing() ? again : guilty).add(questions.get(i));
      } else {
        any = true;
        lastAnswered = questions.get(i);
        cache.put(questions.get(i), answer, batch.stamp);
        settle(batch, questions.get(i), answer);
      }
    }
    if (any) {
      successes++;
      breaker.succeeded();
      for (int i = 0; i < questions.size(); i++) {
        if (answers.get(i) instanceof Answer.Failed failure && !failure.passing()) {
          metrics.failures.inc();
          settle(batch, questions.get(i), failure);
        }
      }
    } else if (!guilty.isEmpty()) {
      // All of them at once: more likely something that passes than each by itself.
      passing(batch.rest(guilty), reason, Optional.empty());
    }
    alone.forEach(question -> ready.add(batch.part(List.of(question))));
    if (!again.isEmpty()) {
      passing(batch.rest(again), reason, Optional.empty());
    }
  }

  private void settle(Batch batch, Question question, Answer answer) {
    if (answer instanceof Answer.Failed) {
      cache.forget(question);
    }
    for (WaitingRow row : batch.rows(question)) {
      row.stamp = batch.stamp;
      host.settled(row, answer);
    }
  }

  private void failed(Batch batch, Reply.Failed failure) {
    switch (failure.fault()) {
      case REQUEST -> throw host.refused(failure.reason());
      case QUESTION -> {
        if (batch.size() > 1) {
          suspect(batch, failure.reason());
        } else {
          passing(batch, failure.reason(), Optional.empty());
        }
      }
      case PASSING -> passing(batch, failure.reason(), failure.retryAfter());
    }
  }

  /** Tries again after a while, or looks for whom to blame when that was done often enough. */
  private void passing(Batch batch, String reason, Optional<Duration> retryAfter) {
    retryAfter.ifPresent(this::pause);
    if (breaker.isOpen()) {
      holdUp(batch);
      return;
    }
    batch.attempts++;
    boolean suspicious = breaker.failed();
    if (batch.attempts >= batching.retry().attempts()) {
      suspect(batch, reason);
      return;
    }
    metrics.retries.inc();
    host.later(
        backOff(batch.attempts),
        () -> {
          ready.add(batch);
          advance();
        });
    if (suspicious) {
      control();
    }
  }

  private void pause(Duration asked) {
    Duration pause = asked.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : asked;
    notBeforeMillis = Math.max(notBeforeMillis, host.millis() + pause.toMillis());
  }

  /** Full jitter: see Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015. */
  private long backOff(int attempts) {
    long longest = batching.retry().longestBackoff().toMillis();
    long most = batching.retry().backoff().toMillis();
    for (int i = 1; i < attempts && most < longest; i++) {
      most *= 2;
    }
    return random.nextLong(Math.min(most, longest) + 1);
  }

  /**
   * Something else was answered since this was asked first: then it is to blame. Else it may be.
   */
  private void suspect(Batch batch, String reason) {
    if (breaker.isOpen()) {
      holdUp(batch);
    } else if (successes > batch.firstAsked) {
      blame(batch, reason);
    } else {
      suspects.add(new Suspect(batch, reason));
      control();
    }
  }

  /** The outage is to blame: asked again once it is over, as if for the first time. */
  private void holdUp(Batch batch) {
    batch.attempts = 0;
    ready.add(batch);
  }

  private void blame(Batch batch, String reason) {
    List<Question> questions = batch.questions();
    if (questions.size() == 1) {
      metrics.failures.inc();
      settle(batch, questions.get(0), new Answer.Failed(false, reason));
      return;
    }
    int half = questions.size() / 2;
    ready.add(batch.part(questions.subList(0, half)));
    ready.add(batch.part(questions.subList(half, questions.size())));
  }

  /** Asks what was answered before, to learn whether anything is answered now. */
  private void control() {
    if (breaker.isControlling()) {
      return;
    }
    breaker.controlling();
    Question before = lastAnswered;
    boolean suspected =
        before != null && suspects.stream().anyMatch(s -> s.batch().questions().contains(before));
    if (before == null || suspected) {
      host.probe(this::controlled);
    } else {
      host.ask(List.of(before), this::controlled);
    }
  }

  private void controlled(Reply reply) {
    boolean answered =
        reply instanceof Reply.Answers answers
            && answers.answers().stream().noneMatch(Answer.Failed.class::isInstance);
    if (reply instanceof Reply.Failed failed
        && failed.fault() == dev.backlot.sdk.BatchFunction.Fault.REQUEST) {
      throw host.refused(failed.reason());
    }
    List<Suspect> judged = List.copyOf(suspects);
    suspects.clear();
    if (answered) {
      breaker.close();
      judged.forEach(suspect -> blame(suspect.batch(), suspect.reason()));
    } else {
      judged.forEach(suspect -> holdUp(suspect.batch()));
      if (!breaker.isOpen()) {
        metrics.outages.inc();
      }
      host.later(breaker.open(), this::control);
    }
    advance();
  }
}
