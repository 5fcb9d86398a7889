package dev.backlot.model.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.model.plan.ColumnOrigin.Copied;
import dev.backlot.model.plan.ColumnOrigin.Made;
import dev.backlot.model.plan.ColumnOrigin.Unfilled;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ColumnOriginTest {
  @Test
  void a_column_is_traced_through_every_step_that_copies() {
    PipelinePlan plan =
        plan(
            "joined",
            List.of(source("films", "id", "title", "cost"), source("shows", "id", "title")),
            step(
                "active",
                "filter",
                List.of("films"),
                Map.of("where", "id > 1"),
                "id",
                "title",
                "cost"),
            step(
                "named",
                "rename",
                List.of("active"),
                Map.of("fields", Map.of("cost", "title", "title", "cost")),
                "id",
                "cost",
                "title"),
            step("slim", "projection", List.of("named"), Map.of(), "id", "title"),
            step("joined", "union", List.of("slim", "shows"), Map.of(), "id", "title"));

    assertThat(origin(plan, "title"))
        .isEqualTo(new Copied(Map.of("films", "cost", "shows", "title")));
    assertThat(origin(plan, "cost")).as("dropped on the way").isEqualTo(new Unfilled());
    assertThat(origin(plan, "nothing")).isEqualTo(new Unfilled());
  }

  @Test
  void a_source_that_has_not_got_a_column_leaves_it_null() {
    PipelinePlan plan =
        plan(
            "joined",
            List.of(source("films", "id", "cost"), source("shows", "id")),
            step("joined", "union", List.of("films", "shows"), Map.of(), "id", "cost"));

    assertThat(origin(plan, "cost")).isEqualTo(new Copied(Map.of("films", "cost")));
  }

  @Test
  void what_a_step_makes_is_no_copy_and_what_passes_it_is() {
    PipelinePlan plan =
        plan(
            "rich",
            List.of(source("films", "id", "title")),
            step("rich", "graphql_enrichment", List.of("films"), Map.of(), "id", "title", "stars"));
    PipelinePlan unknown =
        plan(
            "odd",
            List.of(source("films", "id", "title")),
            step("odd", "somebody_s", List.of("films"), Map.of(), "id", "title"));

    assertThat(origin(plan, "title")).isEqualTo(new Copied(Map.of("films", "title")));
    assertThat(origin(plan, "stars")).isEqualTo(new Made("rich"));
    assertThat(origin(unknown, "title")).isEqualTo(new Made("odd"));
  }

  @Test
  void what_is_made_for_one_source_is_made() {
    PipelinePlan plan =
        plan(
            "joined",
            List.of(source("films", "id", "stars"), source("shows", "id")),
            step("rich", "graphql_enrichment", List.of("shows"), Map.of(), "id", "stars"),
            step("joined", "union", List.of("films", "rich"), Map.of(), "id", "stars"));

    assertThat(origin(plan, "stars")).isEqualTo(new Made("rich"));
  }

  private static ColumnOrigin origin(PipelinePlan plan, String column) {
    return ColumnOrigin.of(plan, plan.sinks().get(0), column);
  }

  private static PlanSource source(String id, String... columns) {
    return new PlanSource(
        id,
        "studio.public." + id,
        "backlot." + id + ".1",
        1,
        1,
        List.of("id"),
        columns(columns),
        List.of(),
        List.of(),
        "earliest");
  }

  private static PlanStep step(
      String id, String type, List<String> from, Map<String, Object> config, String... columns) {
    return new PlanStep(
        id, type, from, config, columns(columns), List.of("id"), List.of(), List.of());
  }

  private static List<PlanColumn> columns(String... names) {
    return Arrays.stream(names).map(name -> new PlanColumn(name, "text", true)).toList();
  }

  /** A plan whose table has columns of every name, filled from the last step's of that name. */
  private static PipelinePlan plan(String last, List<PlanSource> sources, PlanStep... steps) {
    List<PlanSink.Target> shape =
        List.of("id", "title", "cost", "stars").stream()
            .map(name -> new PlanSink.Target(name, "text", name))
            .toList();
    PlanSink sink =
        new PlanSink(
            "lake",
            "iceberg",
            last,
            "studio.films",
            List.of(),
            shape,
            List.of("id"),
            "",
            "append",
            1000,
            List.of(),
            List.of(),
            List.of());
    return new PipelinePlan(
        1, "films", false, 1, "stop", sources, List.of(steps), List.of(sink), "");
  }
}
