package dev.backlot.controller.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.controller.access.AccessLog.Subject;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class RepeatsTest {
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final InstantSource source = now::get;
  private final Repeats repeats = new Repeats(clock());

  private Clock clock() {
    return source.withZone(ZoneOffset.UTC);
  }

  @Test
  void what_is_asked_again_is_news_after_five_minutes() {
    Subject movie = Subject.of("source", "movie");
    assertThat(repeats.isNews(Caller.platform(), "sample", movie)).isTrue();
    now.set(now.get().plusSeconds(299));
    assertThat(repeats.isNews(Caller.platform(), "sample", movie)).isFalse();
    now.set(now.get().plusSeconds(2));
    assertThat(repeats.isNews(Caller.platform(), "sample", movie)).isTrue();
  }

  @Test
  void another_caller_or_thing_is_news() {
    Subject movie = Subject.of("source", "movie");
    repeats.isNews(Caller.platform(), "sample", movie);

    assertThat(repeats.isNews(Caller.anonymous(""), "sample", movie)).isTrue();
    assertThat(repeats.isNews(Caller.platform(), "sample", Subject.of("source", "b"))).isTrue();
    assertThat(repeats.isNews(Caller.platform(), "look", movie)).isTrue();
  }
}
