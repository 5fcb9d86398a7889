package dev.backlot.engine.letter;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter as it is shown.
 *
 * @param key the record's key as JSON text, or empty
 * @param originalKept whether the letter has the record; without it, it can't be replayed
 * @param original the record's row, empty when it is not asked for or can't be decoded
 */
public record LetterView(
    String id,
    String pipeline,
    String state,
    String step,
    String source,
    int epoch,
    int partition,
    long offset,
    String key,
    String code,
    String reason,
    int attempt,
    String sink,
    Instant time,
    Instant since,
    boolean originalKept,
    Map<String, @Nullable Object> original) {

  static LetterView of(
      String pipeline,
      StoredLetter letter,
      LetterState state,
      Map<String, @Nullable Object> original) {
    var failure = letter.failure();
    return new LetterView(
        letter.id(),
        pipeline,
        state.label(),
        failure.step(),
        failure.source(),
        failure.epoch(),
        failure.partition(),
        failure.offset(),
        letter.key(),
        failure.code().name(),
        failure.reason(),
        letter.attempt(),
        letter.sink(),
        failure.time(),
        letter.since(),
        letter.original(),
        original);
  }
}
