package dev.backlot.engine.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.sdk.BatchFunction.Answer;
import dev.backlot.sdk.BatchFunction.Question;
import dev.backlot.sdk.Batching;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerCacheTest {
  private static final Question QUESTION = new Question(List.of(7));
  private static final Answer EARLIER = new Answer.Found(List.of("earlier"));
  private static final Answer LATER = new Answer.Found(List.of("later"));

  private final AnswerCache cache =
      new AnswerCache(new Batching.Cache(Duration.ofMinutes(1), 10, Duration.ZERO));

  @Test
  void a_reply_that_was_overtaken_does_not_replace_a_later_one() {
    cache.put(QUESTION, LATER, 200);

    cache.put(QUESTION, EARLIER, 100);

    assertThat(cache.find(QUESTION, 0, 300)).contains(LATER);
  }

  @Test
  void what_has_failed_since_is_asked_again() {
    cache.put(QUESTION, EARLIER, 100);

    cache.forget(QUESTION);

    assertThat(cache.find(QUESTION, 0, 300)).isEmpty();
  }
}
