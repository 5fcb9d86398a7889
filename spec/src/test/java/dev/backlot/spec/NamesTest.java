package dev.backlot.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlot.model.source.SourceName;
import dev.backlot.model.source.TablePattern;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class NamesTest {
  @Test
  void a_source_name_keeps_hostile_identifiers() {
    SourceName name = new SourceName("studio", "My \"Schema\"", "a.b c'd\uD83C\uDFAC");

    assertThat(name.toString()).isEqualTo("studio.\"My \"\"Schema\"\"\".\"a.b c'd\uD83C\uDFAC\"");
    assertThat(SourceName.parse(name.toString())).isEqualTo(name);
  }

  @Test
  void case_is_kept_as_written_and_needless_quotes_go() {
    assertThat(SourceName.parse("studio.public.Movie").table()).isEqualTo("Movie");
    assertThat(SourceName.parse("studio.\"public\".\"movie\"").toString())
        .isEqualTo("studio.public.movie");
  }

  @Test
  void a_wrong_source_name_says_what_to_write() {
    assertThatThrownBy(() -> SourceName.parse("studio.public.bad-name"))
        .hasMessageContaining("Write it in double quotes: \"bad-name\"");
    assertThatThrownBy(() -> SourceName.parse("movie")).hasMessageContaining("1 of 3 parts");
    assertThatThrownBy(() -> SourceName.parse("a.b.\"c")).hasMessageContaining("not closed");
    assertThatThrownBy(() -> SourceName.parse("a.b.\"c\"d")).hasMessageContaining("closing quote");
  }

  @Test
  void a_star_is_a_wildcard_only_outside_quotes() {
    assertThat(TablePattern.parse("public.mov*").matches("public", "movie")).isTrue();
    assertThat(TablePattern.parse("public.mov*").matches("public", "talent")).isFalse();
    assertThat(TablePattern.parse("public.\"mov*\"").matches("public", "movie")).isFalse();
    assertThat(TablePattern.parse("public.\"mov*\"").matches("public", "mov*")).isTrue();
    assertThat(TablePattern.parse("public.Movie").matches("public", "movie")).isFalse();
    assertThat(TablePattern.parse("*.*").isExact()).isFalse();
    assertThat(TablePattern.parse("public.movie").isExact()).isTrue();
  }

  @Test
  void sizes_and_durations_have_units() {
    assertThat(Quantities.parseSize("10GB")).contains(10_000_000_000L);
    assertThat(Quantities.parseSize("1.5 KiB")).contains(1536L);
    assertThat(Quantities.parseSize("10")).isEmpty();
    assertThat(Quantities.parseDuration("500ms")).contains(Duration.ofMillis(500));
    assertThat(Quantities.parseDuration("1h")).contains(Duration.ofHours(1));
    assertThat(Quantities.parseDuration("1 fortnight")).isEmpty();
    assertThat(Quantities.formatSize(10_000_000_000L)).isEqualTo("10GB");
    assertThat(Quantities.formatSize(1536)).isEqualTo("1536B");
  }
}
