package dev.backlot.capture.predicate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PredicateParserTest {
  private static final Set<String> COLUMNS = Set.of("id", "Mixed \"x\"", "name");

  @Test
  void and_binds_tighter_than_or_and_not_tightest() {
    Predicate predicate =
        PredicateParser.parse(
            "NOT id = 1 OR id > 2 and \"Mixed \"\"x\"\"\" LIKE 'it''s%'", COLUMNS);
    assertThat(predicate)
        .isEqualTo(
            new Predicate.Or(
                new Predicate.Not(compare("id", "=", "1")),
                new Predicate.And(
                    compare("id", ">", "2"),
                    new Predicate.Compare(
                        "Mixed \"x\"",
                        "LIKE",
                        new Predicate.Literal(Predicate.Literal.Kind.TEXT, "it's%")))));
  }

  private static Predicate compare(String column, String operator, String number) {
    return new Predicate.Compare(
        column, operator, new Predicate.Literal(Predicate.Literal.Kind.NUMBER, number));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "id",
        "id =",
        "id = 1; DROP TABLE x",
        "id = 1 --",
        "id = (SELECT 1)",
        "pg_sleep(1)",
        "id = 1)",
        "(id = 1",
        "id IN ()",
        "name = 'open",
        "id NOT = 1",
        "1 = 1",
        "id = name",
        "id = 1::int"
      })
  void anything_else_is_refused(String text) {
    assertThatThrownBy(() -> PredicateParser.parse(text, COLUMNS))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("Cannot read predicate");
  }

  @Test
  void an_unknown_column_is_named() {
    assertThatThrownBy(() -> PredicateParser.parse("id = 1 AND nme = 'x'", COLUMNS))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e ->
                assertThat(e.problems().get(0).code())
                    .isEqualTo(ProblemCode.PIPELINE_UNKNOWN_FIELD))
        .hasMessageContaining("'nme' (character 12)");
  }
}
