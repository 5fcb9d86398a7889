package dev.backlot.controller.blocked;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.controller.blocked.Resolver.Resolved;
import dev.backlot.model.Problem;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.RowSchema;
import dev.backlot.schema.evolution.ChangeKind;
import dev.backlot.schema.evolution.ConsumedField;
import dev.backlot.schema.evolution.FieldVerdict;
import dev.backlot.schema.evolution.Fill;
import dev.backlot.schema.evolution.Outcome;
import dev.backlot.schema.evolution.Use;
import dev.backlot.spec.SpecReader;
import dev.backlot.spec.SpecWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResolverTest {
  private static final String MOVIE = "studio.public.movie";
  private static final PlannedFields NOTHING_KNOWN = new PlannedFields(Map.of(), Map.of());

  private static final PipelineSpec MOVIES =
      pipeline(
          "id: movies, source: studio.public.movie",
          "id: out, sink: iceberg, from: movies, config: {table: a.b}");

  private static PipelineSpec pipeline(String... steps) {
    String document =
        """
        apiVersion: backlot/v1
        kind: Pipeline
        name: report
        steps:
        """
            + String.join("", Arrays.stream(steps).map(step -> "  - {" + step + "}\n").toList());
    return (PipelineSpec) SpecReader.read("report.yaml", document).orThrow().get(0);
  }

  /** Returns a field that is gone, or there with another type. */
  private static BrokenField broken(String name, String type, String... newest) {
    List<Field> fields =
        Arrays.stream(newest)
            .map(field -> field.split(" ", 2))
            .map(field -> Field.nullable(field[0], FieldType.parse(field[1])))
            .toList();
    RowSchema schema = new RowSchema(MOVIE, fields, List.of("id"));
    ChangeKind kind = schema.field(name).isPresent() ? ChangeKind.NARROWED : ChangeKind.DROPPED;
    return new BrokenField(
        MOVIE,
        new FieldVerdict(name, kind, Optional.of(Use.CONSUMED), Outcome.BREAKS, "", "consumed"),
        new ConsumedField(name, FieldType.parse(type), Use.CONSUMED, new Fill.Nothing()),
        List.of("out"),
        schema);
  }

  private static List<Object> steps(Resolved resolved) {
    assertThat(resolved.problems()).isEmpty();
    return List.copyOf((List<?>) SpecWriter.toMap(resolved.spec()).get("steps"));
  }

  private static List<Object> steps(PipelineSpec spec) {
    return List.copyOf((List<?>) SpecWriter.toMap(spec).get("steps"));
  }

  private static String problem(Resolved resolved) {
    assertThat(resolved.problems()).hasSize(1);
    Problem problem = resolved.problems().get(0);
    return problem.message() + " [" + problem.code() + "]";
  }

  @Test
  void what_stands_for_a_lost_field_is_said_on_every_step_of_its_source() {
    PipelineSpec before =
        pipeline(
            "id: movies, source: studio.public.movie, config: {missing: {year: {value: 1}}}",
            "id: again, source: studio.public.movie",
            "id: talents, source: studio.public.talent",
            "id: out, sink: iceberg, from: movies, config: {table: a.b}",
            "id: out2, sink: iceberg, from: again, config: {table: a.c}",
            "id: out3, sink: iceberg, from: talents, config: {table: a.d}");
    BrokenField region = broken("region", "text", "id int", "territory text");

    assertThat(
            steps(
                Resolver.resolve(
                    before, region, new Resolution.FromField("territory"), NOTHING_KNOWN)))
        .isEqualTo(
            steps(
                pipeline(
                    "id: movies, source: studio.public.movie, config: {missing: {year: {value: 1},"
                        + " region: {from: territory}}}",
                    "id: again, source: studio.public.movie, config: {missing: {region: {from:"
                        + " territory}}}",
                    "id: talents, source: studio.public.talent",
                    "id: out, sink: iceberg, from: movies, config: {table: a.b}",
                    "id: out2, sink: iceberg, from: again, config: {table: a.c}",
                    "id: out3, sink: iceberg, from: talents, config: {table: a.d}")));
    assertThat(
            steps(Resolver.resolve(before, region, new Resolution.Constant("none"), NOTHING_KNOWN)))
        .contains(
            Map.of(
                "id",
                "again",
                "source",
                MOVIE,
                "config",
                Map.of("missing", Map.of("region", Map.of("value", "none")))));
  }

  @Test
  void a_field_of_another_type_or_of_no_schema_can_t_stand_for_one() {
    PipelineSpec before = MOVIES;
    BrokenField region = broken("region", "text", "id int", "territory text", "year int");

    assertThat(
            problem(
                Resolver.resolve(before, region, new Resolution.FromField("year"), NOTHING_KNOWN)))
        .isEqualTo(
            "Cannot resolve field 'region' of pipeline 'report': 'year' is int and can't stand for"
                + " what is text. Choose one of territory. [PIPELINE_FIELD_CONFLICT]");
    assertThat(
            problem(
                Resolver.resolve(
                    before, region, new Resolution.FromField("teritory"), NOTHING_KNOWN)))
        .contains("Did you mean 'territory'?", "[PIPELINE_UNKNOWN_FIELD]");
  }

  @Test
  void a_narrowed_field_is_accepted_as_it_is_and_nothing_stands_for_it() {
    PipelineSpec before = MOVIES;
    BrokenField year = broken("year", "long", "id int", "year int");

    assertThat(Resolver.resolve(before, year, new Resolution.Accept(), NOTHING_KNOWN))
        .isEqualTo(new Resolved(before, List.of()));
    assertThat(problem(Resolver.resolve(before, year, new Resolution.Constant("1"), NOTHING_KNOWN)))
        .contains("its Source still has a field of this name", "accept it");
    assertThat(
            problem(
                Resolver.resolve(
                    before,
                    broken("year", "int", "id int", "year text"),
                    new Resolution.Accept(),
                    NOTHING_KNOWN)))
        .contains("it was int and is text now, and no type holds both");
    assertThat(
            problem(
                Resolver.resolve(
                    before,
                    broken("year", "int", "id int"),
                    new Resolution.Accept(),
                    NOTHING_KNOWN)))
        .contains("there is nothing to accept");
  }

  @Test
  void a_field_is_taken_out_of_every_list_down_the_graph_and_through_renames() {
    BrokenField region = broken("region", "text", "id int");

    Resolved resolved =
        Resolver.resolve(
            pipeline(
                "id: movies, source: studio.public.movie, config: {missing: {region: {from: x}}}",
                "id: slim, processor: projection, from: movies, config: {fields: [title, region]}",
                "id: named, processor: rename, from: slim, config: {fields: {region: place, title:"
                    + " name}}",
                "id: out, sink: iceberg, from: named, consumes: [name, place], config: {table:"
                    + " a.b}",
                "id: other, sink: iceberg, from: movies, consumes: [region, year], config: {table:"
                    + " a.c}"),
            region,
            new Resolution.StopConsuming(),
            NOTHING_KNOWN);

    assertThat(steps(resolved))
        .isEqualTo(
            steps(
                pipeline(
                    "id: movies, source: studio.public.movie",
                    "id: slim, processor: projection, from: movies, config: {fields: [title]}",
                    "id: named, processor: rename, from: slim, config: {fields: {title: name}}",
                    "id: out, sink: iceberg, from: named, consumes: [name], config: {table: a.b}",
                    "id: other, sink: iceberg, from: movies, consumes: [year], config: {table:"
                        + " a.c}")));
  }

  @Test
  void what_names_a_field_elsewhere_than_in_a_list_is_for_its_owner_to_edit() {
    BrokenField region = broken("region", "text", "id int");
    PlannedFields planned =
        new PlannedFields(Map.of("big", List.of("place"), "only", List.of("region")), Map.of());

    Resolved resolved =
        Resolver.resolve(
            pipeline(
                "id: movies, source: studio.public.movie",
                "id: named, processor: rename, from: movies, config: {fields: {region: place}}",
                "id: big, processor: filter, from: named, config: {where: \"place = 'EMEA'\"}",
                "id: only, processor: projection, from: movies, config: {fields: [region]}",
                "id: out, sink: iceberg, from: big, config: {table: a.b}",
                "id: out2, sink: iceberg, from: only, config: {table: a.c}"),
            region,
            new Resolution.StopConsuming(),
            planned);

    assertThat(resolved.problems().stream().map(Problem::message))
        .containsExactlyInAnyOrder(
            "Cannot resolve field 'region' of pipeline 'report': step 'big' (filter) names it as"
                + " 'place'. Edit 'config.where' and apply the pipeline, or let something stand for"
                + " the field.",
            "Cannot resolve field 'region' of pipeline 'report': step 'only' (projection) names it."
                + " Edit 'config.fields' (it names nothing else) and apply the pipeline, or let"
                + " something stand for the field.");
  }

  @Test
  void a_field_that_another_input_of_a_union_still_has_stays_behind_it() {
    PipelineSpec before =
        pipeline(
            "id: movies, source: studio.public.movie",
            "id: series, source: studio.public.series",
            "id: slim, processor: projection, from: movies, config: {fields: [title, region]}",
            "id: all, processor: union, from: [slim, series]",
            "id: out, sink: iceberg, from: all, consumes: [title, region], config: {table: a.b}");
    PlannedFields planned =
        new PlannedFields(
            Map.of(),
            Map.of(
                "series", List.of("id", "title", "region"),
                "slim", List.of("id", "title", "region")));

    Resolved resolved =
        Resolver.resolve(
            before, broken("region", "text", "id int"), new Resolution.StopConsuming(), planned);

    assertThat(((Map<?, ?>) steps(resolved).get(2)).get("config"))
        .isEqualTo(Map.of("fields", List.of("title")));
    assertThat(steps(resolved).get(4)).isEqualTo(steps(before).get(4));
  }

  @Test
  void a_field_that_comes_with_all_others_is_in_no_list_to_be_taken_out_of() {
    assertThat(
            problem(
                Resolver.resolve(
                    pipeline(
                        "id: movies, source: studio.public.movie",
                        "id: out, sink: iceberg, from: movies, config: {table: a.b}"),
                    broken("year", "int", "id int", "year text"),
                    new Resolution.StopConsuming(),
                    NOTHING_KNOWN)))
        .contains("no step names it", "List in 'consumes'");
  }

  @Test
  void choices_are_those_that_can_be_made() {
    PipelineSpec spec =
        pipeline(
            "id: movies, source: studio.public.movie",
            "id: out, sink: iceberg, from: movies, consumes: [region, year], config: {table: a.b}");

    assertThat(
            Choices.of(
                spec, broken("region", "text", "id int", "territory text"), NOTHING_KNOWN, false))
        .extracting(choice -> choice.get("command"))
        .containsExactly(
            "backlot resolve pipeline report --field region --map territory",
            "backlot resolve pipeline report --field region --default VALUE",
            "backlot resolve pipeline report --field region --stop-consuming",
            null);
    assertThat(Choices.of(spec, broken("year", "long", "id int", "year int"), NOTHING_KNOWN, true))
        .extracting(choice -> choice.get("command"))
        .containsExactly(
            "backlot resolve pipeline report --field year --source studio.public.movie --accept",
            "backlot resolve pipeline report --field year --source studio.public.movie"
                + " --stop-consuming",
            null);
    assertThat(Choices.of(spec, broken("year", "int", "id int", "year text"), NOTHING_KNOWN, false))
        .extracting(choice -> choice.get("choice"))
        .containsExactly("stop_consuming", "wait");
  }
}
