package dev.backlot.capture.postgres.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Columns keep their numbers over renames, and doubt is admitted. Types are single letters. */
class ColumnNumbersTest {
  private static final List<Integer> NONE = List.of();

  @Test
  void what_the_catalog_or_memory_says_holds_when_it_looks_the_same() {
    assertThat(numbers("id:i v:t", "1 id:i 2 v:t", "1 id:i 3 w:t", List.of(2)))
        .containsExactly(1, 2);
    assertThat(numbers("id:i w:t", "1 id:i 2 v:t", "1 id:i 3 w:t", List.of(2)))
        .containsExactly(1, 3);
  }

  @Test
  void a_rename_that_another_followed_is_told_by_its_place() {
    assertThat(numbers("id:i b:t", "1 id:i 2 a:t", "1 id:i 2 c:t", NONE)).containsExactly(1, 2);
    assertThat(numbers("id:i b:t x:i", "1 id:i 2 a:t 3 x:i", "1 id:i 2 c:n 3 y:i", NONE))
        .containsExactly(1, 2, 3);
  }

  @Test
  void names_that_changed_places_are_told_by_their_places() {
    assertThat(numbers("id:i tmp:t b:t", "1 id:i 2 a:t 3 b:t", "1 id:i 2 b:t 3 a:t", NONE))
        .containsExactly(1, 2, 3);
  }

  @Test
  void a_log_that_is_behind_memory_is_understood_too() {
    assertThat(numbers("id:i old:t", "1 id:i 2 v:t", "1 id:i 2 w:t", NONE)).containsExactly(1, 2);
    assertThat(numbers("id:i gone:t w:t", "1 id:i 3 w:t", "1 id:i 3 w:t 4 x:t", List.of(2)))
        .containsExactly(1, 2, 3);
  }

  @Test
  void a_name_that_was_given_to_another_column_is_in_doubt() {
    assertThat(numbers("id:i v:t", "1 id:i 2 v:t", "1 id:i 3 v:t", List.of(2)))
        .containsExactly(1, 0);
    assertThat(numbers("id:i v:i", "1 id:i 2 v:t", "1 id:i 3 v:i", List.of(2)))
        .containsExactly(1, 3);
  }

  @Test
  void a_column_that_could_be_two_of_the_table_has_no_number() {
    assertThat(numbers("id:i b:t", "1 id:i 2 a:t", "1 id:i 3 c:t", NONE)).containsExactly(1, 0);
    assertThat(numbers("id:i b:i", "1 id:i 2 a:t", "1 id:i 3 c:i", NONE)).containsExactly(1, 3);
  }

  @Test
  void columns_without_any_trace_have_no_numbers() {
    assertThat(numbers("p:i q:i r:i", "1 id:i", "1 id:i", NONE)).containsExactly(0, 0, 0);
  }

  private static List<Integer> numbers(
      String told, String earlier, String now, List<Integer> others) {
    List<Catalog.Column> columns =
        Arrays.stream(told.split(" ")).map(text -> column(text, 0)).toList();
    return ColumnNumbers.number(columns, numbered(earlier), numbered(now), others).stream()
        .map(Catalog.Column::number)
        .toList();
  }

  private static List<Catalog.Column> numbered(String text) {
    String[] words = text.split(" ");
    List<Catalog.Column> columns = new ArrayList<>();
    for (int i = 0; i < words.length; i += 2) {
      columns.add(column(words[i + 1], Integer.parseInt(words[i])));
    }
    return columns;
  }

  private static Catalog.Column column(String text, int number) {
    String[] parts = text.split(":");
    return new Catalog.Column(parts[0], parts[1].charAt(0), -1, number);
  }
}
