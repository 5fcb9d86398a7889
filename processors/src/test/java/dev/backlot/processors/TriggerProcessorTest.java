package dev.backlot.processors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.SystemColumn;
import dev.backlot.sdk.ProcessorPlan;
import dev.backlot.sdk.RowFailedException;
import dev.backlot.sdk.RowFunction;
import dev.backlot.sdk.Shape;
import dev.backlot.sdk.StepInput;
import dev.backlot.sdk.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TriggerProcessorTest {
  private static final Shape SCHEDULE =
      new Shape(
          List.of(
              Field.required("id", FieldType.Simple.LONG),
              Field.nullable("movie", FieldType.Text.PLAIN),
              Field.nullable("day", FieldType.Simple.INT)),
          List.of("id"),
          List.of("schedules"),
          Shape.Order.OFFSET,
          List.of("movie"));
  private static final Map<String, Object> KEY = Map.of("key", List.of("movie"));

  private static ProcessorPlan.Runnable plan(String type, Map<String, Object> config, Shape input) {
    return (ProcessorPlan.Runnable)
        Processors.load()
            .find(type)
            .orElseThrow()
            .plan(config, List.of(new StepInput("schedules", input)));
  }

  private static GenericRowData row(
      String op, @Nullable String movie, @Nullable String before, boolean known) {
    GenericRowData row = new GenericRowData(SCHEDULE.width());
    row.setField(0, 1L);
    row.setField(1, StringData.fromString(movie));
    row.setField(2, 3);
    row.setField(SCHEDULE.index(SystemColumn.OP), StringData.fromString(op));
    row.setField(SCHEDULE.index(SystemColumn.OFFSET), 77L);
    row.setField(SCHEDULE.indexBefore("movie"), StringData.fromString(before));
    row.setField(SCHEDULE.indexBeforeKnown(), known);
    return row;
  }

  private static List<String> refreshed(Shape input, RowData row) {
    ProcessorPlan.Runnable plan = plan("trigger", KEY, input);
    List<String> refreshed = new ArrayList<>();
    ((Work.Expanding) plan.work())
        .functions()
        .apply(0)
        .apply(
            row,
            made -> {
              assertThat(made.getArity()).isEqualTo(plan.output().width());
              assertThat(made.getString(plan.output().index(SystemColumn.OP)).toString())
                  .isEqualTo("r");
              assertThat(made.getLong(plan.output().index(SystemColumn.OFFSET))).isEqualTo(77);
              refreshed.add(made.getString(0).toString());
            });
    return refreshed;
  }

  @Test
  void each_change_refreshes_what_the_row_refers_to_and_referred_to() {
    assertThat(refreshed(SCHEDULE, row("c", "a", null, true))).containsExactly("a");
    assertThat(refreshed(SCHEDULE, row("r", "a", null, true))).containsExactly("a");
    assertThat(refreshed(SCHEDULE, row("u", "a", "a", true))).containsExactly("a");
    assertThat(refreshed(SCHEDULE, row("u", "b", "a", true))).containsExactly("a", "b");
    assertThat(refreshed(SCHEDULE, row("u", null, "a", true))).containsExactly("a");
    assertThat(refreshed(SCHEDULE, row("u", null, null, true))).isEmpty();
    assertThat(refreshed(SCHEDULE, row("d", "a", "a", true))).containsExactly("a");
  }

  @Test
  void what_is_not_told_fails() {
    assertThatThrownBy(() -> refreshed(SCHEDULE, row("u", "b", null, false)))
        .isInstanceOf(RowFailedException.class)
        .hasMessageContaining("REPLICA IDENTITY");
    assertThatThrownBy(() -> refreshed(SCHEDULE, row("t", null, null, false)))
        .isInstanceOf(RowFailedException.class)
        .hasMessageContaining("truncated");
  }

  @Test
  void a_row_that_leaves_a_filter_refreshes_what_it_referred_to() {
    ProcessorPlan.Runnable filter = plan("filter", Map.of("where", "day > 5"), SCHEDULE);
    RowFunction function = filter.functions().apply(0);

    RowData left = function.apply(row("u", "b", "a", true));

    assertThat(left).isNotNull();
    assertThat(left.isNullAt(1)).isTrue();
    assertThat(refreshed(filter.output(), left)).containsExactly("a");
  }

  @Test
  void a_projection_keeps_what_was_before_and_other_steps_drop_it() {
    ProcessorPlan.Runnable kept = plan("projection", Map.of("fields", List.of("movie")), SCHEDULE);
    ProcessorPlan.Runnable dropped = plan("projection", Map.of("fields", List.of("day")), SCHEDULE);
    ProcessorPlan.Runnable renamed =
        plan("rename", Map.of("fields", Map.of("day", "at")), SCHEDULE);

    RowData row = kept.functions().apply(0).apply(row("u", "b", "a", true));

    assertThat(kept.output().before()).containsExactly("movie");
    assertThat(refreshed(kept.output(), java.util.Objects.requireNonNull(row)))
        .containsExactly("a", "b");
    assertThat(dropped.output().before()).isEmpty();
    assertThat(renamed.output().before()).isEmpty();
    assertThat(
            java.util.Objects.requireNonNull(
                    renamed.functions().apply(0).apply(row("u", "b", "a", true)))
                .getArity())
        .isEqualTo(renamed.output().width());
  }
}
