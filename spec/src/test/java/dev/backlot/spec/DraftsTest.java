package dev.backlot.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.StepSpec;
import org.junit.jupiter.api.Test;

final class DraftsTest {
  private static final String HEADER = "apiVersion: backlot/v1\nkind: Pipeline\nname: p\nsteps:\n";

  @Test
  void a_draft_is_a_pipeline_without_its_broken_steps_and_what_hangs_on_them() {
    Documents documents =
        SpecReader.read(
            "f.yaml",
            HEADER
                + """
                  - {id: w1, sink: iceberg, from: f1, config: {table: n.a}}
                  - {id: a, source: c.s.t}
                  - {id: f1, processor: filter, from: a, config: {where: x = 1}}
                  - {id: f2, processor: filter, from: a, config: {were: x = 1}}
                  - {id: w2, sink: iceberg, from: f2, config: {table: n.b}}
                  - {id: w3, sink: iceberg, from: nowhere, config: {table: n.c}}
                """);

    assertThat(documents.specs()).isEmpty();
    assertThat(documents.problems()).hasSize(3);
    PipelineSpec draft = (PipelineSpec) documents.drafts().get(0);
    assertThat(draft.steps()).extracting(StepSpec::id).containsExactly("w1", "a", "f1");
    assertThat(SpecReader.read("again", SpecWriter.toJson(draft)).problems()).isEmpty();
    assertThat(draft.steps().get(2).place("config.where").path())
        .isEqualTo("steps[2].config.where");
  }

  @Test
  void a_circle_leaves_no_draft() {
    Documents documents =
        SpecReader.read(
            "f.yaml",
            HEADER
                + """
                  - {id: a, processor: filter, from: b, config: {where: x = 1}}
                  - {id: b, processor: filter, from: a, config: {where: x = 1}}
                  - {id: w, sink: iceberg, from: b, config: {table: n.t}}
                """);

    assertThat(documents.drafts()).isEmpty();
  }
}
