package dev.backlot.engine.batch;

import dev.backlot.sdk.BatchFunction.Answer;
import dev.backlot.sdk.BatchFunction.Question;
import dev.backlot.sdk.BatchFunction.Reply;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.function.Function;

/** A task whose clock moves only when it has nothing else to do, beside a graph of a test's own. */
final class FakeHost implements Conversation.Host {
  private static final long LATENCY = 10;

  /** What the graph says; changes at any time. */
  Function<List<Question>, Reply> graph;

  /** What the graph says to a probe. */
  Function<Long, Reply> probe = now -> new Reply.Answers(List.of());

  /** Each request's questions, in the order in which they were asked. */
  final List<List<Object>> asked = new ArrayList<>();

  /** When each request was asked. */
  final List<Long> askedAt = new ArrayList<>();

  final Map<Object, Answer> settled = new LinkedHashMap<>();
  int mostInFlight;
  private int inFlight;
  private long now = 1_000_000;
  private long sequence;
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(Comparator.comparing(Timer::at).thenComparing(Timer::sequence));

  private record Timer(long at, long sequence, Runnable action) {}

  FakeHost(Function<List<Question>, Reply> graph) {
    this.graph = graph;
  }

  @Override
  public long millis() {
    return now;
  }

  @Override
  public void later(long millis, Runnable action) {
    timers.add(new Timer(now + millis, sequence++, action));
  }

  @Override
  public void ask(List<Question> questions, Consumer<Reply> reply) {
    asked.add(questions.stream().map(question -> question.values().get(0)).toList());
    askedAt.add(now);
    mostInFlight = Math.max(mostInFlight, ++inFlight);
    later(
        LATENCY,
        () -> {
          inFlight--;
          reply.accept(graph.apply(questions));
        });
  }

  @Override
  public void probe(Consumer<Reply> reply) {
    later(LATENCY, () -> reply.accept(probe.apply(now)));
  }

  @Override
  public void asked(WaitingRow row) {
    row.asked();
  }

  @Override
  public void settled(WaitingRow row, Answer answer) {
    row.done(answer);
    settled.put(row.question.values().get(0), answer);
  }

  @Override
  public RuntimeException refused(String reason) {
    return new IllegalStateException("refused: " + reason);
  }

  /** Lets everything happen that happens within a time. */
  void run(long millis) {
    long end = now + millis;
    while (!timers.isEmpty() && timers.element().at() <= end) {
      Timer next = timers.remove();
      now = next.at();
      next.action().run();
    }
    now = end;
  }
}
