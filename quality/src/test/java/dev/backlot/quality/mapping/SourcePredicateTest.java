package dev.backlot.quality.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.quality.mapping.Branch.OfSource;
import dev.backlot.quality.mapping.Branch.Origin;
import dev.backlot.quality.mapping.Branch.SetBy;
import dev.backlot.schema.FieldType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourcePredicateTest {
  private static final Map<String, Origin> COLUMNS = new LinkedHashMap<>();

  static {
    COLUMNS.put("id", new OfSource("movie_id", FieldType.parse("long")));
    COLUMNS.put("Title", new OfSource("title", FieldType.parse("text")));
    COLUMNS.put("phase", new OfSource("phase", FieldType.parse("enum('OPEN','DONE')")));
    COLUMNS.put("budget", new OfSource("budget", FieldType.parse("decimal(12,2)")));
    COLUMNS.put("score", new OfSource("score", FieldType.parse("double")));
    COLUMNS.put("active", new OfSource("active", FieldType.parse("boolean")));
    COLUMNS.put("day", new OfSource("day", FieldType.parse("date")));
    COLUMNS.put("director", new SetBy("a graph"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          phase <> 'DONE'                      | "phase" <> 'DONE'
          ID >= 7 and not title = 'It''s'      | ("movie_id" >= 7 AND "title" <> 'It''s')
          NOT (id = 1 OR "Title" LIKE 'a%')    | ("movie_id" <> 1 AND "title" NOT LIKE 'a%')
          5 < id                               | "movie_id" > 5
          id IN (1, -2, +3)                    | "movie_id" IN (1, -2, 3)
          phase not in ('OPEN')                | "phase" NOT IN ('OPEN')
          budget > 10.5                        | ("budget" > 10.5 AND "budget" NOT IN ('NaN'))
          NOT budget > 10.5                    | ("budget" <= 10.5 AND "budget" NOT IN ('NaN'))
          budget IS NULL                       | ("budget" IS NULL OR "budget" IN ('NaN'))
          title IS NOT NULL                    | "title" IS NOT NULL
          active AND NOT active                | ("active" = TRUE AND "active" = FALSE)
          day BETWEEN DATE '2026-01-01' AND '2026-02-01' | "day" BETWEEN '2026-01-01' AND '2026-02-01'
          """)
  void what_compares_columns_with_constants_is_asked_of_the_database(
      String where, String expected) {
    SourcePredicate predicate = ((SourcePredicate.Known) translate(where)).predicate();

    assertThat(SourcePredicate.all(List.of(predicate))).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          lower(title) = 'a'       | calls function 'lower'
          score > 1                | 'score' is double
          phase > 'A'              | another order
          director = 'x'           | no column of the Source
          id = 1 + 1               | goes on with
          id + 1 = 2               | computes with values
          title = phase            | 'phase' stands where a constant would
          title LIKE 'a\\%'        | escapes
          title IS DISTINCT FROM 'a' | no counterpart
          id * 2 = 4               | computes with values
          day = 'tomorrow'         | 'day' is date
          id                       | is no condition
          id =                     | not complete
          """)
  void what_databases_may_answer_differently_is_not_asked(String where, String fact) {
    assertThat(((SourcePredicate.Unknown) translate(where)).fact()).contains(fact);
  }

  private static SourcePredicate.Outcome translate(String where) {
    return SourcePredicate.of(where, new Branch(COLUMNS, List.of(), Optional.empty()));
  }
}
