package dev.backlot.capture.postgres.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.metadata.ShapeStore.KnownColumn;
import dev.backlot.metadata.ShapeStore.KnownShape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which changes of a table leave rows that the log does not tell. */
class ShapeChangeTest {
  private static final KnownColumn ID = column(1, "id", 23, -1, false, false);
  private static final KnownShape BEFORE =
      shape("one", 3, ID, column(2, "v", 1043, 44, false, false));

  @Test
  void names_order_and_empty_columns_change_no_row() {
    assertThat(untold("one", 3, ID, column(2, "w", 1043, 44, false, false))).isEmpty();
    assertThat(untold("one", 3, ID)).isEmpty();
    assertThat(untold("one", 4, ID, column(4, "n", 23, -1, false, false))).isEmpty();
    assertThat(untold("vacuumed", 3, ID, column(2, "v", 1043, 44, false, false))).isEmpty();
  }

  @Test
  void a_longer_text_changes_no_row() {
    assertThat(untold("one", 3, ID, column(2, "v", 1043, 84, false, false))).isEmpty();
    assertThat(untold("one", 3, ID, column(2, "v", 25, -1, false, false))).isEmpty();
  }

  @Test
  void another_type_changes_every_row() {
    assertThat(untold("two", 3, ID, column(2, "v", 23, -1, false, false))).contains("another type");
    assertThat(untold("two", 3, ID, column(2, "v", 1043, 9, false, false)))
        .contains("another type");
  }

  @Test
  void a_default_of_a_new_column_changes_every_row() {
    assertThat(untold("one", 4, ID, column(4, "d", 23, -1, true, true))).contains("column d was");
    assertThat(untold("two", 4, ID, column(4, "d", 25, -1, false, true))).contains("column d was");
    assertThat(untold("one", 4, ID, column(4, "d", 25, -1, false, true))).isEmpty();
  }

  @Test
  void a_column_that_is_no_longer_generated_has_values_already() {
    assertThat(untold("one", 3, ID, column(3, "g", 23, -1, false, false)))
        .contains("no longer generated");
  }

  @Test
  void a_name_that_another_column_had_stands_for_other_values() {
    KnownColumn again = column(4, "v", 1043, 44, false, false);
    assertThat(untold("one", 4, ID, again)).contains("column v has the name");
    assertThat(untold("one", 3, column(1, "v", 23, -1, false, false))).contains("column v has");
    KnownShape without = shape("one", 3, ID).after(BEFORE);
    assertThat(without.formerNames()).containsExactly("v");
    assertThat(ShapeChange.untold(without, shape("one", 4, ID, again)))
        .hasValueSatisfying(cause -> assertThat(cause).contains("column v has the name"));
    assertThat(shape("one", 4, ID, again).after(without).formerNames()).isEmpty();
  }

  private static String untold(String storage, int highest, KnownColumn... columns) {
    return ShapeChange.untold(BEFORE, shape(storage, highest, columns)).orElse("");
  }

  private static KnownShape shape(String storage, int highest, KnownColumn... columns) {
    return new KnownShape(
        "s.public.t", 1, 20_000, storage, highest, 0, List.of(columns), List.of());
  }

  private static KnownColumn column(
      int number, String name, long type, int modifier, boolean missing, boolean hasDefault) {
    return new KnownColumn(number, name, type, modifier, missing, hasDefault);
  }
}
