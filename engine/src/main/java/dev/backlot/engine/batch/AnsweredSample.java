package dev.backlot.engine.batch;

import dev.backlot.sdk.BatchFunction;
import dev.backlot.sdk.BatchFunction.Answer;
import dev.backlot.sdk.BatchFunction.Fault;
import dev.backlot.sdk.BatchFunction.Question;
import dev.backlot.sdk.BatchFunction.Reply;
import dev.backlot.sdk.Shape;
import dev.backlot.sdk.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.table.data.RowData;

/**
 * Asks about a few rows at once, as a batched step does, without its cache and its patience: one
 * attempt, few requests, a bounded time. For one thread.
 */
public final class AnsweredSample {
  private static final int MOST_REQUESTS = 25;

  private final Work.Batched work;
  private final AnsweredRows rows;
  private final BatchFunction function;
  private final long deadline;
  private final Map<Question, Answer> answers = new LinkedHashMap<>();
  private int requests;

  private AnsweredSample(
      Shape input, Shape output, Work.Batched work, BatchFunction function, Duration patience) {
    this.work = work;
    this.rows = new AnsweredRows(input, output, work.batching().missing());
    this.function = function;
    this.deadline = System.nanoTime() + patience.toNanos();
  }

  /** What came of one row: another row, or why there is none. */
  public sealed interface Result {
    /**
     * A row leaves the step.
     *
     * @param answered whether the other side knew something about it
     */
    record Made(RowData row, boolean answered) implements Result {}

    /** Nothing can be made of the row; a clause without a final stop. */
    record Failed(String reason) implements Result {}
  }

  /**
   * What came of asking.
   *
   * @param results one per row, in order
   * @param requests how many were sent
   * @param questions how many different ones were asked
   * @param millis how long it took
   */
  public record Asked(List<Result> results, int requests, int questions, long millis) {
    /** Copies what is mutable. */
    public Asked {
      results = List.copyOf(results);
    }
  }

  /**
   * Asks about rows.
   *
   * @param secrets reads what endpoints' headers refer to
   * @param patience after which rows without an answer have failed
   */
  public static Asked ask(
      Shape input,
      Shape output,
      Work.Batched work,
      List<RowData> rows,
      BatchFunction.SecretSource secrets,
      Duration patience) {
    try (BatchFunction function = work.functions().open(secrets)) {
      return new AnsweredSample(input, output, work, function, patience).ask(rows);
    }
  }

  private Asked ask(List<RowData> given) {
    long begin = System.nanoTime();
    List<Optional<Question>> questions = new ArrayList<>();
    List<Question> different = new ArrayList<>();
    for (RowData row : given) {
      Optional<Question> question = passes(row) ? Optional.empty() : function.question(row);
      questions.add(question);
      question.filter(q -> !different.contains(q)).ifPresent(different::add);
    }
    int size = Math.max(1, work.batching().size());
    for (int i = 0; i < different.size(); i += size) {
      ask(different.subList(i, Math.min(different.size(), i + size)), false);
    }
    List<Result> results = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      results.add(result(given.get(i), questions.get(i)));
    }
    return new Asked(results, requests, different.size(), (System.nanoTime() - begin) / 1_000_000);
  }

  private boolean passes(RowData row) {
    char op = rows.op(row);
    return op == 'd' || op == 't';
  }

  private Result result(RowData row, Optional<Question> question) {
    Instant now = Instant.now();
    long stamp = now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
    if (passes(row)) {
      return new Result.Made(rows.row(row, null, stamp), true);
    }
    Answer answer =
        question.map(q -> Objects.requireNonNull(answers.get(q))).orElse(new Answer.Missing());
    if (answer instanceof Answer.Failed failed) {
      return new Result.Failed(failed.reason());
    }
    return new Result.Made(rows.row(row, answer, stamp), answer instanceof Answer.Found);
  }

  private void ask(List<Question> batch, boolean again) {
    Reply reply = reply(batch);
    if (reply instanceof Reply.Answers answered) {
      for (int i = 0; i < batch.size(); i++) {
        Answer answer = answered.answers().get(i);
        if (answer instanceof Answer.Unclear && !again) {
          ask(List.of(batch.get(i)), true);
        } else {
          answers.put(
              batch.get(i),
              answer instanceof Answer.Unclear
                  ? new Answer.Failed(false, "the answer can't be told from others")
                  : answer);
        }
      }
    } else if (reply instanceof Reply.Failed failed) {
      if (failed.fault() == Fault.QUESTION && batch.size() > 1 && !again) {
        batch.forEach(question -> ask(List.of(question), true));
      } else {
        batch.forEach(q -> answers.put(q, new Answer.Failed(false, failed.reason())));
      }
    }
  }

  private Reply reply(List<Question> batch) {
    long left = deadline - System.nanoTime();
    if (left <= 0) {
      return failed("the preview's time was over before it was asked");
    }
    if (requests >= MOST_REQUESTS) {
      return failed("a preview sends at most " + MOST_REQUESTS + " requests");
    }
    requests++;
    try {
      return function.ask(List.copyOf(batch)).get(left, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return failed("the endpoint did not answer within the preview's time");
    } catch (ExecutionException e) {
      return failed(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed("the preview was ended");
    }
  }

  private static Reply failed(String reason) {
    return new Reply.Failed(Fault.PASSING, reason, Optional.empty());
  }
}
