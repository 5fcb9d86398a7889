package dev.backlot.capture.postgres.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CopyTextTest {
  @Test
  void columns_are_found_and_unescaped_where_they_stand() {
    assertThat(split("a\\tb\\\\n\t\\N\t\t\\n\\r\\b\\f\\v\té\n", 5))
        .containsExactly("a\tb\\n", null, "", "\n\r\b\f\u000b", "é");
    assertThat(split("\\\\N\t1\n", 2)).containsExactly("\\N", "1");
  }

  private static String[] split(String line, int columns) {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    int[] offsets = new int[columns];
    int[] lengths = new int[columns];
    CopyText.split(bytes, offsets, lengths);
    String[] texts = new String[columns];
    Arrays.setAll(
        texts,
        i ->
            lengths[i] < 0
                ? null
                : new String(bytes, offsets[i], lengths[i], StandardCharsets.UTF_8));
    return texts;
  }
}
