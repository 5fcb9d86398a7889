package dev.backlot.quality.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlot.model.ProblemException;
import dev.backlot.model.audit.AuditAnswer;
import dev.backlot.model.audit.QueryAnswer;
import dev.backlot.quality.blackbox.Contrast.Kind;
import dev.backlot.schema.canonical.BucketedRows;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BlackBoxTest {
  private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
  private final List<List<String>> source = rows();
  private final List<List<String>> target = rows();

  private static List<List<String>> rows() {
    return new ArrayList<>(
        IntStream.range(0, 2_000).mapToObj(id -> List.of("" + id, "film " + id)).toList());
  }

  private static Side side(List<List<String>> rows, String... columns) {
    return read -> {
      BucketedRows bucketed =
          new BucketedRows(List.of(0), read.buckets(), read.wanted(), read.mostRows());
      rows.forEach(bucketed::add);
      return new QueryAnswer(
          List.of(columns),
          bucketed.sums().stream()
              .map(sum -> new AuditAnswer.Sum(sum.rows(), sum.high(), sum.low()))
              .toList(),
          bucketed.rows());
    };
  }

  private Comparison.Look look() {
    return new Comparison(List.of("id"), 5)
        .look(side(source, "id", "title"), "", side(target, "id", "title"), "");
  }

  @Test
  void equal_sides_have_no_contrasts_whatever_their_order() {
    java.util.Collections.reverse(target);
    assertThat(look().contrasts()).isEmpty();
    assertThat(look().sourceRows()).isEqualTo(2_000);
  }

  @Test
  void what_is_missing_extra_different_or_doubled_is_told_by_key() {
    target.remove(7);
    target.set(20, List.of("21", "another"));
    target.set(40, List.of("9000", "41"));
    target.add(List.of("77", "film 77"));

    assertThat(look().contrasts())
        .extracting(c -> c.key().get(0), Contrast::kind)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("7", Kind.MISSING),
            org.assertj.core.groups.Tuple.tuple("21", Kind.DIFFERENT),
            org.assertj.core.groups.Tuple.tuple("41", Kind.MISSING),
            org.assertj.core.groups.Tuple.tuple("9000", Kind.EXTRA),
            org.assertj.core.groups.Tuple.tuple("77", Kind.DOUBLED));
  }

  @Test
  void queries_with_other_columns_are_refused() {
    assertThatThrownBy(
            () ->
                new Comparison(List.of("id"), 5)
                    .look(side(source, "id", "title"), "", side(target, "title", "id"), ""))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("same order");
  }

  @Test
  void only_what_persists_beyond_the_sla_counts() {
    target.remove(7);
    target.set(20, List.of("21", "on its way"));
    List<Suspect> suspects = Suspects.after(List.of(), look().contrasts(), Set.of(), NOON);
    assertThat(suspects).hasSize(2).noneMatch(s -> s.counts(3, Duration.ofMinutes(5)));

    target.set(20, List.of("21", "still another value"));
    suspects = Suspects.after(suspects, look().contrasts(), Set.of(), NOON.plusSeconds(200));
    target.set(20, List.of("21", "film 21"));
    suspects = Suspects.after(suspects, look().contrasts(), Set.of(), NOON.plusSeconds(400));

    assertThat(suspects)
        .singleElement()
        .matches(s -> s.contrast().key().equals(List.of("7")))
        .matches(s -> s.counts(3, Duration.ofMinutes(5)))
        .matches(s -> !s.counts(4, Duration.ofMinutes(5)))
        .matches(s -> !s.counts(3, Duration.ofMinutes(7)));

    assertThat(Suspects.after(suspects, List.of(), Set.of(), NOON.plusSeconds(600))).isEmpty();
    assertThat(Suspects.after(suspects, List.of(), Set.of(List.of("7")), NOON.plusSeconds(600)))
        .isEqualTo(suspects);
  }
}
