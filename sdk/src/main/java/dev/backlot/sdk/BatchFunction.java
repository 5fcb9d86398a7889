package dev.backlot.sdk;

import dev.backlot.model.spec.SecretReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.table.data.RowData;
import org.jspecify.annotations.Nullable;

/**
 * Asks something outside about rows, many at a time. Made where it runs; {@link #question} is
 * called by one thread, the futures may complete on any.
 */
public interface BatchFunction extends AutoCloseable {
  /** Returns what to ask about a row; empty when a field that is needed for it is null. */
  Optional<Question> question(RowData row);

  /**
   * Asks. Several requests may be on their way at a time.
   *
   * @param questions one or more, each different from the others
   * @return completes normally, within a bounded time, whatever happens
   */
  CompletableFuture<Reply> ask(List<Question> questions);

  /** Asks nothing, to learn whether anyone answers; like {@link #ask}, with no answers. */
  CompletableFuture<Reply> probe();

  @Override
  void close();

  /** Opens a function. */
  @FunctionalInterface
  interface Factory {
    /** Returns a function that reads its secrets from here. */
    BatchFunction open(SecretSource secrets);
  }

  /** Reads secrets by reference, as they are now. */
  @FunctionalInterface
  interface SecretSource {
    /**
     * Returns the secret.
     *
     * @throws dev.backlot.model.ProblemException when it is not there
     */
    String resolve(SecretReference reference);
  }

  /** What is asked about a row; equal questions have equal answers at any one time. */
  record Question(List<Object> values) {
    /** Copies what is mutable. */
    public Question {
      values = List.copyOf(values);
    }
  }

  /** What came of a request. */
  sealed interface Reply {
    /** Answers in the order of the questions. */
    record Answers(List<Answer> answers) implements Reply {
      /** Copies what is mutable. */
      public Answers {
        answers = List.copyOf(answers);
      }
    }

    /**
     * No answer to anything.
     *
     * @param reason a clause without a final stop, which shows no secret
     * @param retryAfter when the other side asked not to be called again before
     */
    record Failed(Fault fault, String reason, Optional<Duration> retryAfter) implements Reply {}
  }

  /** Whose fault it is that a request failed. */
  enum Fault {
    /** It may pass: the other side is away, slow or busy. */
    PASSING,
    /** One of the questions: asked by themselves, the others have answers. */
    QUESTION,
    /** The request as such, whatever it asks about; only a person can mend it. */
    REQUEST
  }

  /** The answer to one question. */
  sealed interface Answer {
    /** Values of the added fields, in order, as they stand in Flink rows. */
    record Found(List<@Nullable Object> values) implements Answer {
      /** Copies what is mutable. */
      public Found {
        values = Collections.unmodifiableList(new ArrayList<>(values));
      }
    }

    /** There is nothing of this kind. */
    record Missing() implements Answer {}

    /**
     * The other side failed on this one.
     *
     * @param passing whether asking again may help
     * @param reason a clause without a final stop
     */
    record Failed(boolean passing, String reason) implements Answer {}

    /** Can't be told from this reply; asked by itself, it can. */
    record Unclear() implements Answer {}
  }
}
