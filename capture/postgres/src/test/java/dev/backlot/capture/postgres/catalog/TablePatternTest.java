package dev.backlot.capture.postgres.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TablePatternTest {
  private static boolean matches(String pattern, String schema, String table) {
    return TablePattern.parse(pattern).matches(new TableId(schema, table));
  }

  @Test
  void a_star_stands_for_anything_outside_quotes_only() {
    assertThat(matches("public.*", "public", "any thing.at\nall")).isTrue();
    assertThat(matches("public.mov*", "public", "movie")).isTrue();
    assertThat(matches("public.mov*", "public", "talent")).isFalse();
    assertThat(matches("public.\"a*\"", "public", "a*")).isTrue();
    assertThat(matches("public.\"a*\"", "public", "ab")).isFalse();
    assertThat(matches("*.*", "Any", "x")).isTrue();
  }

  @Test
  void names_are_taken_as_written() {
    assertThat(matches("\"My.Schema\".\"Ta\"\"ble\"", "My.Schema", "Ta\"ble")).isTrue();
    assertThat(matches("movie", "public", "movie")).isTrue();
    assertThat(matches("public.a+", "public", "aa")).isFalse();
  }

  @Test
  void what_is_no_pattern_is_refused() {
    for (String text : new String[] {"a.b.c", "public.\"open", "public.", ""}) {
      assertThatThrownBy(() -> TablePattern.parse(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
