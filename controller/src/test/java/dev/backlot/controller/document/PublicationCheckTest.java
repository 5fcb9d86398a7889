package dev.backlot.controller.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.model.Problem;
import dev.backlot.model.spec.Spec;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.spec.Documents;
import dev.backlot.spec.SpecReader;
import dev.backlot.spec.SpecWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PublicationCheckTest {
  private static Change pipeline(String name, String reads, String publishes) {
    Documents documents =
        SpecReader.read(
            name + ".yaml",
            """
            apiVersion: backlot/v1
            kind: Pipeline
            name: %s
            steps:
              - {id: read, source: %s, publish: %s}
            """
                .formatted(name, reads, publishes));
    Spec spec = documents.specs().get(0);
    return new Change(
        Change.Action.CREATE,
        SpecKind.PIPELINE,
        name,
        Optional.of(spec),
        SpecWriter.toJson(spec),
        Optional.empty(),
        Effects.NONE);
  }

  private static List<String> problems(Change... changes) {
    return PublicationCheck.check(Arrays.asList(changes), List.of()).stream()
        .map(Problem::message)
        .toList();
  }

  @Test
  void a_pipeline_that_reads_from_itself_by_way_of_others_is_refused() {
    assertThat(
            problems(
                pipeline("a", "third", "first"),
                pipeline("b", "first", "second"),
                pipeline("c", "second", "third")))
        .hasSize(3)
        .first()
        .isEqualTo(
            "Cannot plan pipeline 'a': it reads Source 'third', which comes, by way of others, from"
                + " itself. Break the cycle.");
  }

  @Test
  void a_chain_is_none_and_one_that_reads_a_cycle_is_not_in_it() {
    assertThat(problems(pipeline("a", "c.s.t", "first"), pipeline("b", "first", "second")))
        .isEmpty();
    assertThat(
            problems(
                pipeline("a", "second", "first"),
                pipeline("b", "first", "second"),
                pipeline("c", "second", "third")))
        .hasSize(2);
  }

  @Test
  void two_pipelines_do_not_publish_one_name() {
    assertThat(problems(pipeline("a", "c.s.t", "same"), pipeline("b", "c.s.u", "same")))
        .containsExactly(
            "Cannot plan pipeline 'b': pipeline 'a' publishes Source 'same'. Choose another name.");
  }

  @Test
  void publishers_are_planned_before_their_readers() {
    List<Change> changes =
        List.of(
            pipeline("c", "second", "third"),
            pipeline("b", "first", "second"),
            pipeline("a", "c.s.t", "first"));

    assertThat(PublicationCheck.publishersFirst(changes))
        .extracting(Change::name)
        .containsExactly("a", "b", "c");
  }
}
