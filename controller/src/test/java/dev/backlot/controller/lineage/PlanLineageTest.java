package dev.backlot.controller.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.controller.lineage.LineageGraph.Count;
import dev.backlot.metadata.OriginStore.Origin;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanColumn;
import dev.backlot.model.plan.PlanPublication;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.plan.PlanStep;
import dev.backlot.model.plan.PlanUse;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlanLineageTest {
  private static final PlanSource TALENT = source("talent", "studio.public.talent", "id", "email");

  @Test
  void fieldsPassFiltersRenamesAndProjectionsUnderTheirNames() {
    LineageGraph graph =
        graph(
            plan(
                "people",
                List.of(TALENT),
                List.of(
                    step("known", "filter", List.of("talent"), Map.of(), "email", "id", "email"),
                    step(
                        "named",
                        "rename",
                        List.of("known"),
                        Map.of("fields", Map.of("email", "contact")),
                        "email",
                        "id",
                        "contact"),
                    step("few", "projection", List.of("named"), Map.of(), "contact", "contact")),
                List.of(sink("few", "studio.people", "contact"))));

    assertThat(edges(graph))
        .contains(
            "source:studio.public.talent.email -copied-> step:people/known.email",
            "source:studio.public.talent.email -condition-> step:people/known",
            "step:people/known.email -renamed-> step:people/named.contact",
            "step:people/named.contact -copied-> step:people/few.contact",
            "step:people/few.contact -copied-> table:studio.people.contact",
            "source:studio.public.talent -feeds-> pipeline:people",
            "pipeline:people -feeds-> table:studio.people")
        .doesNotContain("source:studio.public.talent.id -condition-> step:people/known");
    assertThat(graph.origins(LineageNode.table("studio.people", "contact")))
        .containsExactly(
            Map.entry(
                LineageNode.source("studio.public.talent", "email"), LineageEdge.How.RENAMED));
  }

  @Test
  void whatAnEnrichmentTakesDerivesFromWhatItAsksWith() {
    LineageGraph graph =
        graph(
            plan(
                "people",
                List.of(TALENT),
                List.of(
                    step(
                        "asked",
                        "graphql_enrichment",
                        List.of("talent"),
                        Map.of("take", Map.of("agent", "agent.name")),
                        "email",
                        "id",
                        "email",
                        "agent")),
                List.of(sink("asked", "studio.people", "id", "agent"))));

    assertThat(graph.origins(LineageNode.table("studio.people", "agent")))
        .containsExactly(
            Map.entry(
                LineageNode.source("studio.public.talent", "email"), LineageEdge.How.DERIVED));
    assertThat(graph.origins(LineageNode.table("studio.people", "id")))
        .containsOnlyKeys(LineageNode.source("studio.public.talent", "id"));
  }

  @Test
  void aUnionHasItsFieldsFromEveryInput() {
    LineageGraph graph =
        graph(
            plan(
                "all",
                List.of(TALENT, source("crew", "studio.public.crew", "id", "email")),
                List.of(
                    step("both", "union", List.of("talent", "crew"), Map.of(), "", "id", "email")),
                List.of(sink("both", "studio.everyone", "email"))));

    assertThat(graph.origins(LineageNode.table("studio.everyone", "email")))
        .containsOnlyKeys(
            LineageNode.source("studio.public.talent", "email"),
            LineageNode.source("studio.public.crew", "email"));
  }

  @Test
  void ofAnUnknownProcessorEverythingThatItConsumesMayBeInEveryOutput() {
    LineageGraph graph =
        graph(
            plan(
                "sum",
                List.of(TALENT),
                List.of(
                    step("some", "sql", List.of("talent"), Map.of(), "email", "total"),
                    step("more", "mystery", List.of("some"), Map.of(), "", "answer")),
                List.of(sink("more", "studio.sums", "answer"))));

    assertThat(graph.origins(LineageNode.table("studio.sums", "answer")))
        .containsOnlyKeys(LineageNode.source("studio.public.talent", "email"));
  }

  @Test
  void insertedStepsArePassedOverAndTriggersCarryTheKey() {
    LineageGraph graph =
        graph(
            plan(
                "refresh",
                List.of(TALENT),
                List.of(
                    step("t.consumes", "projection", List.of("talent"), Map.of(), "", "id"),
                    step("t", "trigger", List.of("t.consumes"), Map.of(), "id", "id")),
                List.of(sink("t", "studio.refreshed", "id"))));

    assertThat(edges(graph))
        .contains("source:studio.public.talent.id -copied-> step:refresh/t.id")
        .noneMatch(edge -> edge.contains("consumes"));
  }

  @Test
  void aFieldThatIsFilledFromAnotherComesFromBoth() {
    PlanSource filled =
        new PlanSource(
            "talent",
            "studio.public.talent",
            "topic",
            1,
            1,
            List.of("id"),
            List.of(new PlanColumn("contact", "string", true)),
            List.of(new PlanUse("contact", "consumed", List.of(), List.of(), "field:email")),
            true,
            List.of(),
            List.of(),
            "earliest",
            List.of(),
            "",
            false);

    assertThat(
            graph(
                    plan(
                        "p",
                        List.of(filled),
                        List.of(),
                        List.of(sink("talent", "studio.people", "contact"))))
                .origins(LineageNode.table("studio.people", "contact")))
        .containsOnlyKeys(
            LineageNode.source("studio.public.talent", "contact"),
            LineageNode.source("studio.public.talent", "email"));
  }

  @Test
  void publishedSourcesLeadToTheNextPipelines() {
    PipelinePlan first =
        new PipelinePlan(
            2,
            "first",
            false,
            1,
            "stop",
            List.of(TALENT),
            List.of(),
            List.of(),
            List.of(
                new PlanPublication(
                    "people",
                    "talent",
                    1,
                    "topic",
                    List.of(),
                    List.of(
                        new PlanSink.Target("mail", "string", "email"),
                        new PlanSink.Target("_op", "string", "_op")),
                    List.of(),
                    false,
                    "",
                    "",
                    List.of())),
            "hash");
    PipelinePlan second =
        plan(
            "second",
            List.of(source("people", "people", "mail")),
            List.of(),
            List.of(sink("people", "studio.a", "mail"), sink("people", "studio.b", "mail")));
    LineageGraph graph = new LineageGraph(List.of(PlanLineage.of(first), PlanLineage.of(second)));
    LineageNode email = LineageNode.source("studio.public.talent", "email");

    LineageGraph.Part near = graph.around(email, 1, 50);
    assertThat(near.hops())
        .containsOnlyKeys(email, LineageNode.source("people", "mail"))
        .containsEntry(LineageNode.source("people", "mail"), 1);
    assertThat(near.downstream()).isEqualTo(new Count(1, 3));
    assertThat(near.beyond()).containsEntry(LineageNode.source("people", "mail"), 2);

    LineageGraph.Part all = graph.around(email, 9, 50);
    assertThat(all.downstream()).isEqualTo(new Count(3, 3));
    assertThat(all.hops()).containsEntry(LineageNode.table("studio.b", "mail"), 2);
    assertThat(graph.around(email, 9, 2).downstream()).isEqualTo(new Count(2, 3));

    LineageGraph.Part back = graph.around(LineageNode.table("studio.a", "mail"), 9, 50);
    assertThat(back.upstream()).isEqualTo(new Count(2, 2));
    assertThat(back.hops()).containsEntry(email, -2);
    assertThat(Origins.of(first))
        .containsExactly(new Origin("source", "people", "mail", "studio.public.talent", "email"));
  }

  @Test
  void idsReadBackWhateverNamesAreLike() {
    for (LineageNode node :
        List.of(
            LineageNode.source("studio.public.movie", "title"),
            LineageNode.source("studio.public.\"Mixed . \"\"Case\"", "a.b \"c\""),
            LineageNode.source("studio.public.movie", ""),
            LineageNode.source("people", "mail"),
            LineageNode.source("people", ""),
            LineageNode.table("studio.movie_report", "weird name"),
            LineageNode.table("studio.movie_report", ""),
            LineageNode.step("people", "known", "x.y"),
            LineageNode.step("people", "known", ""))) {
      assertThat(LineageNode.parse(node.id())).isEqualTo(node);
    }
  }

  private static List<String> edges(LineageGraph graph) {
    return graph.edges().stream()
        .map(e -> e.from().id() + " -" + e.how().label() + "-> " + e.to().id())
        .toList();
  }

  private static LineageGraph graph(PipelinePlan plan) {
    return new LineageGraph(List.of(PlanLineage.of(plan)));
  }

  private static PlanSource source(String id, String name, String... columns) {
    return new PlanSource(
        id, name, "topic", 1, 1, List.of("id"), columns(columns), List.of(), List.of(), "earliest");
  }

  private static PlanStep step(
      String id,
      String processor,
      List<String> inputs,
      Map<String, Object> config,
      String consumed,
      String... columns) {
    return new PlanStep(
        id,
        processor,
        inputs,
        config,
        columns(columns),
        List.of(),
        consumed.isEmpty() ? List.of() : List.of(consumed),
        List.of());
  }

  private static PlanSink sink(String input, String table, String... columns) {
    List<PlanSink.Target> shape =
        Arrays.stream(columns).map(name -> new PlanSink.Target(name, "string", name)).toList();
    return new PlanSink(
        "sink_" + table,
        "iceberg",
        input,
        table,
        columns(columns),
        shape,
        List.of(),
        "",
        "append",
        1000,
        List.of(),
        List.of(),
        List.of());
  }

  private static List<PlanColumn> columns(String... names) {
    return Arrays.stream(names).map(name -> new PlanColumn(name, "string", true)).toList();
  }

  private static PipelinePlan plan(
      String name, List<PlanSource> sources, List<PlanStep> steps, List<PlanSink> sinks) {
    return new PipelinePlan(2, name, false, 1, "stop", sources, steps, sinks, "hash");
  }
}
