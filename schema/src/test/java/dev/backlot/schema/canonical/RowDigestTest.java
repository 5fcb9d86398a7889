package dev.backlot.schema.canonical;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.schema.canonical.RowDigest.Sum;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowDigestTest {
  private final RowDigest digest = new RowDigest();

  private Sum row(String... values) {
    Arrays.asList(values).forEach(digest::add);
    return digest.row();
  }

  @Test
  void a_digest_tells_apart_null_empty_and_shifted_values() {
    assertThat(
            List.of(row("a", "b"), row("ab", ""), row("", "ab"), row("ab", null), row(null, "ab")))
        .doesNotHaveDuplicates();
    assertThat(row("a", "b")).isEqualTo(row("a", "b"));
  }

  @Test
  void a_sum_does_not_depend_on_the_order_and_gives_rows_back() {
    Sum one = row("1");
    Sum two = row("2");
    assertThat(one.plus(two)).isEqualTo(two.plus(one));
    assertThat(one.plus(two).minus(one)).isEqualTo(two);
  }

  @Test
  void numbers_have_one_text() {
    assertThat(Canonical.number("1.50")).isEqualTo("1.5");
    assertThat(Canonical.number("0.000")).isEqualTo("0");
    assertThat(Canonical.number("1E+3")).isEqualTo("1000");
    assertThat(Canonical.number("NaN")).isEqualTo("NaN");
    assertThat(Canonical.doubled("-0")).isEqualTo("0.0");
    assertThat(Canonical.floating("1e10")).isEqualTo("1.0E10");
  }

  @Test
  void lists_of_different_elements_have_different_texts() {
    assertThat(Canonical.list(Arrays.asList("a,1:b", null)))
        .isNotEqualTo(Canonical.list(Arrays.asList("a", "b", null)));
    assertThat(Canonical.list(List.of())).isEqualTo("[]");
  }
}
