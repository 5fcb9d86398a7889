package dev.backlot.processors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.SystemColumn;
import dev.backlot.sdk.Processor;
import dev.backlot.sdk.ProcessorPlan;
import dev.backlot.sdk.RowFunction;
import dev.backlot.sdk.Shape;
import dev.backlot.sdk.StepInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessorsTest {
  private static final Shape MOVIES =
      shape(
          "movies",
          Field.required("id", FieldType.Simple.INT),
          Field.nullable("title", FieldType.Text.PLAIN),
          Field.nullable("phase", FieldType.Text.PLAIN));
  private static final Shape SHOWS =
      shape(
          "shows",
          Field.required("id", FieldType.Simple.LONG),
          Field.nullable("season", FieldType.Simple.INT),
          Field.nullable("title", FieldType.Text.enumOf(List.of("A"))));

  private static Shape shape(String source, Field... fields) {
    return new Shape(List.of(fields), List.of("id"), List.of(source), Shape.Order.OFFSET);
  }

  private static ProcessorPlan plan(String type, Map<String, Object> config, Shape... inputs) {
    Processor processor = Processors.load().find(type).orElseThrow();
    List<StepInput> steps = new ArrayList<>();
    for (Shape input : inputs) {
      steps.add(new StepInput(input.sources().get(0), input));
    }
    return processor.plan(config, steps);
  }

  private static ProcessorPlan.Runnable runnable(
      String type, Map<String, Object> config, Shape... inputs) {
    return (ProcessorPlan.Runnable) plan(type, config, inputs);
  }

  private static List<String> findings(String type, Map<String, Object> config, Shape... inputs) {
    return ((ProcessorPlan.Refused) plan(type, config, inputs))
        .findings().stream()
            .map(f -> f.code() + " " + f.path() + ": " + f.fact() + ". " + f.fix())
            .toList();
  }

  private static GenericRowData row(String op, @Nullable Object... own) {
    GenericRowData row = new GenericRowData(own.length + SystemColumn.values().length);
    for (int i = 0; i < own.length; i++) {
      row.setField(i, own[i] instanceof String text ? StringData.fromString(text) : own[i]);
    }
    row.setField(own.length + SystemColumn.OP.ordinal(), StringData.fromString(op));
    row.setField(own.length + SystemColumn.TS.ordinal(), TimestampData.fromEpochMillis(5));
    row.setField(own.length + SystemColumn.SOURCE.ordinal(), StringData.fromString("s"));
    row.setField(own.length + SystemColumn.OFFSET.ordinal(), 77L);
    return row;
  }

  private static List<@Nullable Object> own(Shape shape, RowData row) {
    assertThat(row.getArity()).isEqualTo(shape.width());
    assertThat(row.getLong(shape.index(SystemColumn.OFFSET))).isEqualTo(77L);
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < shape.fields().size(); i++) {
      Object value = ((GenericRowData) row).getField(i);
      values.add(value instanceof StringData text ? text.toString() : value);
    }
    return values;
  }

  @ParameterizedTest
  @CsvSource({
    "c, OPEN, c", "u, OPEN, u", "r, OPEN, r", "d, OPEN, d", "t, OPEN, t",
    "c, DONE, -", "u, DONE, d", "r, DONE, d", "d, DONE, d", "t, DONE, t",
    "c, , -", "u, , d", "r, , d", "d, , d", "t, , t"
  })
  void a_filter_turns_rows_that_fail_it_into_deletes(String op, String phase, String expected) {
    ProcessorPlan.Runnable plan = runnable("filter", Map.of("where", "phase = 'OPEN'"), MOVIES);

    RowData made = plan.functions().apply(0).apply(row(op, 1, "Alien", phase));

    String letter = made == null ? "-" : made.getString(MOVIES.index(SystemColumn.OP)).toString();
    assertThat(letter).isEqualTo(expected);
    if (made != null && !op.equals(expected)) {
      List<@Nullable Object> keyOnly = new ArrayList<>(List.of(1));
      keyOnly.add(null);
      keyOnly.add(null);
      assertThat(own(MOVIES, made)).isEqualTo(keyOnly);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "c, OPEN, c", "r, OPEN, r", "d, OPEN, d", "t, OPEN, t",
    "c, DONE, -", "r, DONE, -", "d, DONE, -", "t, DONE, t"
  })
  void a_filter_of_rows_without_a_key_keeps_deletes_of_rows_that_it_kept(
      String op, String phase, String expected) {
    Shape keyless = new Shape(MOVIES.fields(), List.of(), List.of("movies"), Shape.Order.OFFSET);
    ProcessorPlan.Runnable plan = runnable("filter", Map.of("where", "phase = 'OPEN'"), keyless);

    RowData made = plan.functions().apply(0).apply(row(op, 1, "Alien", phase));

    assertThat(made == null ? "-" : made.getString(keyless.index(SystemColumn.OP)).toString())
        .isEqualTo(expected);
  }

  @Test
  void a_projection_keeps_the_key_and_says_so() {
    ProcessorPlan.Runnable plan =
        runnable("projection", Map.of("fields", List.of("phase")), MOVIES);

    assertThat(plan.output().names()).containsExactly("id", "phase");
    assertThat(plan.notes()).containsExactly("Kept id too, which identifies its rows.");
    assertThat(own(plan.output(), plan.functions().apply(0).apply(row("c", 1, "Alien", "OPEN"))))
        .containsExactly(1, "OPEN");
  }

  @Test
  void renaming_can_swap_names_and_exact_texts_follow() {
    ProcessorPlan.Runnable plan =
        runnable(
            "rename",
            Map.of(
                "fields", new TreeMap<>(Map.of("title", "phase", "phase", "title", "id", "key"))),
            MOVIES);
    GenericRowData row = row("c", 1, "Alien", "OPEN");
    row.setField(
        3 + SystemColumn.EXACT.ordinal(),
        new GenericMapData(Map.of(StringData.fromString("title"), StringData.fromString("exact"))));

    RowFunction function = plan.functions().apply(0);
    RowData made = function.apply(row);

    assertThat(plan.output().names()).containsExactly("key", "phase", "title");
    assertThat(plan.output().key()).containsExactly("key");
    assertThat(own(plan.output(), made)).containsExactly(1, "Alien", "OPEN");
    MapData exact = made.getMap(3 + SystemColumn.EXACT.ordinal());
    assertThat(exact.keyArray().getString(0).toString()).isEqualTo("phase");
    assertThat(own(MOVIES, row)).containsExactly(1, "Alien", "OPEN");
  }

  @Test
  void a_union_has_all_fields_in_types_that_hold_every_input() {
    ProcessorPlan.Runnable plan = runnable("union", Map.of(), MOVIES, SHOWS);

    assertThat(plan.output().names()).containsExactly("id", "title", "phase", "season");
    assertThat(plan.output().types().subList(0, 2))
        .containsExactly(FieldType.Simple.LONG, FieldType.Text.PLAIN);
    assertThat(plan.output().key()).containsExactly("_source", "id");
    assertThat(own(plan.output(), plan.functions().apply(0).apply(row("c", 1, "Alien", "OPEN"))))
        .containsExactly(1L, "Alien", "OPEN", null);
    assertThat(own(plan.output(), plan.functions().apply(1).apply(row("c", 2L, 3, "A"))))
        .containsExactly(2L, "A", null, 3);
  }

  @Test
  void a_shared_key_orders_by_time() {
    ProcessorPlan.Runnable plan = runnable("union", Map.of("key", List.of("id")), MOVIES, SHOWS);

    assertThat(plan.output().key()).containsExactly("id");
    assertThat(plan.output().order()).isEqualTo(Shape.Order.TIME);
  }

  @Test
  void everything_wrong_with_a_step_is_found_at_once() {
    assertThat(findings("projection", Map.of("fields", List.of("titel", "x")), MOVIES))
        .containsExactly(
            "PIPELINE_UNKNOWN_FIELD config.fields[0]: its input has no field 'titel'."
                + " Did you mean 'title'?",
            "PIPELINE_UNKNOWN_FIELD config.fields[1]: its input has no field 'x'."
                + " There are id, title, phase.");
    assertThat(
            findings(
                "rename",
                Map.of("fields", new TreeMap<>(Map.of("id", "title", "phase", "_op"))),
                MOVIES))
        .containsExactly(
            "PIPELINE_FIELD_CONFLICT config.fields.id: two fields would be named 'title'."
                + " Choose another name.",
            "PIPELINE_FIELD_CONFLICT config.fields.phase: '_op' is the name of a system column."
                + " Choose another name.");
    Shape other = shape("other", Field.required("id", FieldType.Text.PLAIN));
    assertThat(findings("union", Map.of("key", List.of("title")), MOVIES, other))
        .containsExactly(
            "PIPELINE_KEY_LOST config.key[0]: 'title' is no key of input 'movies', so its deletes"
                + " would not carry it. Name fields that are keys of every input.",
            "PIPELINE_UNKNOWN_FIELD config.key[0]: input 'other' has no field 'title'."
                + " There are id.",
            "PIPELINE_FIELD_CONFLICT from: field 'id' is int in 'movies' and text in 'other'."
                + " Rename one of them before the union.");
    assertThat(findings("union", Map.of(), MOVIES, MOVIES))
        .containsExactly(
            "PIPELINE_FIELD_CONFLICT from: 'movies' and 'movies' both come from 'movies'."
                + " Use one filter with OR, or write two tables.");
  }

  @Test
  void processors_describe_themselves() {
    for (Processor processor : Processors.load().all()) {
      assertThat(processor.descriptor().description()).endsWith(".");
      assertThat(processor.descriptor().examples()).isNotEmpty();
      assertThat(processor.descriptor().examples())
          .allSatisfy(e -> assertThat(e.step()).contains(processor.descriptor().type()));
      assertThat(processor.descriptor().config()).containsKeys("properties", "required");
    }
  }
}
