package dev.backlot.schema.evolution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.RowSchema;
import dev.backlot.schema.evolution.SchemaProposal.Clause;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SchemaProposalTest {
  private static final RowSchema MOVIE =
      new RowSchema(
          "studio.public.movie",
          List.of(
              column("movie_id", FieldType.Simple.INT, 1),
              column("title", FieldType.Text.PLAIN, 2),
              column("region", FieldType.Text.PLAIN, 3)),
          List.of("movie_id"));

  private static Field column(String name, FieldType type, int number) {
    return new Field(name, type, true, "", Map.of(SchemaChanges.NUMBER, Integer.toString(number)));
  }

  @Test
  void a_source_and_what_happens_to_it_are_read() {
    assertThat(
            SchemaProposal.parse(
                "studio.public.\"Mixed Case\" drop region, ADD COLUMN rating numeric(4, 2) NOT NULL"
                    + " DEFAULT coalesce(1, 2), rename title to \"Title\", alter year type bigint"
                    + " using (year::bigint), alter phase drop not null, alter phase set default"
                    + " 'x', key (movie_id, region)"))
        .containsExactly(
            new SchemaProposal(
                List.of("studio", "public", "Mixed Case"),
                List.of(
                    new Clause.Drop("region"),
                    new Clause.Add("rating", "numeric(4,2)", true),
                    new Clause.Rename("title", "Title"),
                    new Clause.Retype("year", "bigint"),
                    new Clause.Nullability("phase", true),
                    new Clause.Unseen("default, storage or statistics of phase"),
                    new Clause.Key(List.of("movie_id", "region")))));
  }

  @Test
  void a_migration_is_read_statement_by_statement() {
    assertThat(
            SchemaProposal.parse(
                """
                -- regions move to a table of their own; they
                ALTER TABLE IF EXISTS ONLY public.Movie
                  DROP COLUMN IF EXISTS region CASCADE, /* and, */
                  ADD COLUMN made timestamp(3) with time zone;
                alter table Cast_Member rename to castings;
                DROP TABLE "Old";
                """))
        .containsExactly(
            new SchemaProposal(
                List.of("public", "movie"),
                List.of(
                    new Clause.Drop("region"),
                    new Clause.Add("made", "timestamp(3) with time zone", false))),
            new SchemaProposal(
                List.of("cast_member"), List.of(new Clause.Gone("renamed to castings"))),
            new SchemaProposal(List.of("Old"), List.of(new Clause.Gone("dropped"))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          studio.public.movie explode region  | it has 'explode' where add, drop, rename, alter or key is expected
          studio.public.movie                 | it has its end where add, drop, rename, alter or key is expected
          studio.public.movie drop            | it has its end where a column's name is expected
          studio.public.movie add rating      | it has its end where a type is expected
          studio.public.movie rename a b      | it has 'b' where 'to' is expected
          studio.public.movie key movie_id    | it has 'movie_id' where '(' is expected
          CREATE INDEX i ON movie (region)    | it has 'INDEX' where add, drop, rename, alter or key is expected
          ;                                   | it is empty. Write such as 'studio.public.movie drop region'
          """)
  void what_can_t_be_read_is_said(String text, String cause) {
    assertThatThrownBy(() -> SchemaProposal.parse(text)).hasMessage(cause);
  }

  @Test
  void clauses_see_what_those_before_them_have_done() {
    RowSchema changed = apply("rename region to territory, drop title, add title int, key (title)");

    assertThat(changed.fieldNames()).containsExactly("movie_id", "territory", "title");
    assertThat(changed.keyColumns()).containsExactly("title");
    assertThat(SchemaChanges.between(MOVIE, changed))
        .extracting(FieldChange::kind)
        .contains(ChangeKind.RENAMED, ChangeKind.REPLACED, ChangeKind.KEY_CHANGED);
    assertThatThrownBy(() -> apply("drop ending"))
        .hasMessage("there is no column 'ending', but movie_id, title, region");
    assertThatThrownBy(() -> apply("add title int")).hasMessage("column 'title' is there already");
  }

  @Test
  void the_key_follows_its_columns() {
    assertThat(apply("rename movie_id to id").keyColumns()).containsExactly("id");
    assertThat(apply("drop movie_id").keyColumns()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          int                         | int
          BIGINT                      | long
          numeric(12, 2)              | decimal(12,2)
          numeric(40)                 | numeric
          numeric                     | numeric
          double  precision           | double
          float(24)                   | float
          varchar(20)                 | text
          timestamp(3) with time zone | timestamptz
          timestamp                   | timestamp
          time with time zone         | text
          jsonb                       | json
          integer[]                   | array<int>
          public.phase                | text
          """)
  void types_are_what_events_have(String sql, String type) {
    Field added = apply("add x " + sql).field("x").orElseThrow();
    assertThat(added.type()).isEqualTo(FieldType.parse(type));
  }

  private static RowSchema apply(String clauses) {
    return SchemaProposal.parse("studio.public.movie " + clauses).get(0).apply(MOVIE);
  }
}
