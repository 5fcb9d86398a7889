package dev.backlot.processors.expression;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;

class PredicateTest {
  private static final List<Field> FIELDS =
      List.of(
          Field.required("id", FieldType.Simple.LONG),
          Field.nullable("title", FieldType.Text.PLAIN),
          Field.nullable("budget", new FieldType.Decimal(12, 2)),
          Field.nullable("score", FieldType.Simple.DOUBLE),
          Field.nullable("released", FieldType.Simple.DATE),
          Field.nullable("shot_at", FieldType.Simple.TIMESTAMP),
          Field.nullable("seen_at", FieldType.Simple.TIMESTAMPTZ),
          Field.nullable("starts", FieldType.Simple.TIME),
          Field.nullable("active", FieldType.Simple.BOOLEAN),
          Field.nullable("phase", FieldType.Text.enumOf(List.of("OPEN", "DONE"))),
          Field.nullable("ref", FieldType.Simple.UUID),
          Field.nullable("exact", FieldType.Text.NUMERIC),
          Field.nullable("tags", new FieldType.ArrayOf(FieldType.Text.PLAIN)),
          Field.nullable("Mixed Case", FieldType.Text.PLAIN),
          Field.nullable("missing", FieldType.Simple.INT));

  private static final GenericRowData ROW =
      GenericRowData.of(
          7L,
          StringData.fromString("Émilie's 100% 🎬"),
          DecimalData.fromBigDecimal(new BigDecimal("1234.50"), 12, 2),
          0.5,
          (int) LocalDate.parse("2026-03-14").toEpochDay(),
          TimestampData.fromEpochMillis(1_773_480_600_123L, 456_000),
          TimestampData.fromEpochMillis(1_773_480_600_000L),
          34_200_000_000L,
          true,
          StringData.fromString("OPEN"),
          StringData.fromString("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
          StringData.fromString("12345678901234567890.5"),
          null,
          StringData.fromString("x"),
          null);

  private static String evaluate(String text) {
    Predicate.Outcome outcome = Predicate.compile(text, FIELDS);
    if (outcome instanceof Predicate.Outcome.Valid valid) {
      return String.valueOf(valid.predicate().holds(ROW));
    }
    return ((Predicate.Outcome.Invalid) outcome)
        .problems().stream()
            .map(p -> p.where(text) + " " + p.fact() + ". " + p.fix())
            .collect(Collectors.joining(" | "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id = 7",
        "ID = 7",
        "id <> 8 AND id != 8",
        "id between 7 and 9 and not id between 8 and 9",
        "id in (1, 7)",
        "id NOT IN (1, 2)",
        "id + 1 * 2 = 9 and (id + 1) * 2 = 16",
        "id / 2 = 3 and id % 4 = 3 and -id < -6",
        "9223372036854775807 + id > 9223372036854775807",
        "id / 0 IS NULL",
        "title like '%100\\%%' and title like 'Émilie''s %' and title like '%_'",
        "title LIKE 'É%' AND title NOT LIKE 'X%' AND title ILIKE 'émilie%'",
        "length(title) = 15",
        "lower(title) = 'émilie''s 100% 🎬'",
        "upper('a') || 'b' = 'Ab'",
        "substring('abcdef', 2, 3) = 'bcd' and substring('abc', -1, 3) = 'a'",
        "budget = 1234.5 and budget > 1234 and budget < 1e4",
        "score = 0.5 and score < 1",
        "exact > 12345678901234567890 and exact < 12345678901234567891",
        "released = '2026-03-14' and released >= DATE '2026-01-01' and year(released) = 2026",
        "released < 'infinity'",
        "shot_at > TIMESTAMP '2026-03-14 09:30:00' and shot_at < '2026-03-14T09:30:01'",
        "released <= shot_at",
        "seen_at = TIMESTAMPTZ '2026-03-14T10:30:00+01:00'",
        "seen_at = TIMESTAMP WITH TIME ZONE '2026-03-14 09:30:00+00'",
        "starts = TIME '09:30:00'",
        "active and active = true and active is true and not active is false",
        "phase = 'OPEN' and phase in ('OPEN', 'LATER')",
        "ref = 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'",
        "\"Mixed Case\" = 'x' and \"title\" is not null",
        "missing is null and (missing = 1) is unknown and tags is null",
        "coalesce(missing, 3) = 3 and nullif(id, 7) is null",
        "missing is distinct from 1 and id is not distinct from 7",
        "not (missing = 1) or true",
        "case when id = 7 then active else false end",
        "case phase when 'OPEN' then 1 else 2 end = 1",
        "abs(-3) = 3 and floor(1.5) = 1 and ceil(1.5) = 2 and round(2.5) = 3",
        "/* a comment */ id = 7 -- and another",
      })
  void a_predicate_that_is_true_holds(String text) {
    assertThat(evaluate(text)).isEqualTo("true");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id = 8",
        "missing = 1",
        "not (missing = 1)",
        "missing <> 1",
        "missing = 1 and true",
        "missing = 1 or false",
        "id in (1, missing)",
        "id not in (1, missing)",
        "missing between 1 and 2",
        "title like 'émilie%'",
        "title like ''",
        "\"Mixed Case\" = 'X'",
        "released > 'infinity'",
        "id / 0 = 1",
      })
  void neither_false_nor_unknown_holds(String text) {
    assertThat(evaluate(text)).isEqualTo("false");
  }

  @ParameterizedTest
  @CsvFileSource(resources = "/refused-predicates.csv", delimiter = '\t', quoteCharacter = '`')
  void what_is_wrong_is_told_with_its_place_and_a_fix(String text, String expected) {
    assertThat(evaluate(text)).isEqualTo(expected);
  }

  @Test
  void all_problems_are_told_at_once() {
    assertThat(evaluate("titel = 1\n  AND phase = 5 AND nope > 1").split(" \\| ")).hasSize(3);
    assertThat(evaluate("id = 1\n  AND phase = 5")).startsWith("2:13 ");
  }

  @Test
  void deep_and_long_expressions_are_refused_not_overflowed() {
    assertThat(evaluate("(".repeat(5000) + "1" + ")".repeat(5000))).contains("nests deeper");
    assertThat(evaluate("NOT ".repeat(4000) + "active")).contains("nests deeper");
    assertThat(evaluate("-".repeat(1) + "(".repeat(90) + "1" + ")".repeat(90) + " = -1"))
        .isEqualTo("true");
    assertThat(evaluate("x".repeat(30_000))).contains("longer than");
    assertThat(evaluate("1" + " + 1".repeat(4000) + " > 0")).contains("more than");
    assertThat(evaluate("1" + " + 1".repeat(400) + " > 0")).isEqualTo("true");
  }

  @Test
  void nesting_costs_no_more_than_its_length() {
    assertThat(evaluate("nullif(".repeat(90) + "1" + ", 2)".repeat(90) + " = 1")).isEqualTo("true");
    assertThat(evaluate("(".repeat(90) + "id" + " between 1 and 9)".repeat(90)))
        .contains("can't compare");
    assertThat(evaluate("case ".repeat(90) + "1" + " when 1 then 1 end".repeat(90) + " = 1"))
        .isEqualTo("true");
  }

  @Test
  void consumed_fields_are_those_that_are_named() {
    Predicate predicate =
        ((Predicate.Outcome.Valid) Predicate.compile("ID = 1 or \"title\" is null", FIELDS))
            .predicate();

    assertThat(predicate.consumed()).containsExactlyInAnyOrder("id", "title");
  }
}
