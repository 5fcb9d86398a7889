package dev.backlot.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.StepSpec;
import dev.backlot.processors.Processors;
import dev.backlot.sdk.Processor;
import dev.backlot.sdk.ProcessorDescriptor;
import dev.backlot.sink.iceberg.IcebergDescriptor;
import dev.backlot.spec.Documents;
import dev.backlot.spec.SpecReader;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a processor shows as an example works, over Sources that look like the demo's. */
class DescriptorExamplesTest {
  private static final Map<String, String> SOURCES =
      Map.of(
          "movie",
          "key movie_id: movie_id long!, title text, phase text!, production_budget decimal(14,2)",
          "cast_member",
          "key movie_id,talent_id: movie_id long!, talent_id long!, part text!",
          "talent",
          "key talent_id: talent_id long!, display_name text!",
          "vendor",
          "key code: code text!, name text!");

  static Stream<Arguments> examples() {
    Stream<ProcessorDescriptor> descriptors =
        Stream.concat(
            Processors.load().all().stream().map(Processor::descriptor),
            Stream.of(IcebergDescriptor.descriptor()));
    return descriptors
        .filter(descriptor -> !descriptor.type().equals("faulty"))
        .flatMap(
            descriptor ->
                descriptor.examples().stream()
                    .map(example -> Arguments.of(descriptor, example.step())));
  }

  @ParameterizedTest
  @MethodSource("examples")
  void an_example_is_valid_and_has_a_plan(ProcessorDescriptor descriptor, String example)
      throws IOException {
    boolean sink = descriptor.ports().outputs() == 0;
    String sources =
        SOURCES.keySet().stream()
            .filter(name -> example.matches(".*from: (\\[[^]]*)?\\b" + name + "\\b.*"))
            .map(name -> "  - {id: %1$s, source: studio.public.%1$s}%n".formatted(name))
            .collect(Collectors.joining());
    String id = example.replaceAll("^\\{id: (\\w+),.*", "$1");
    String text =
        "apiVersion: backlot/v1\nkind: Pipeline\nname: example\nsteps:\n"
            + sources
            + "  - "
            + example
            + (sink
                ? "\n"
                : "\n  - {id: end, sink: iceberg, from: " + id + ", config: {table: a.b}}\n");
    String inputs =
        SOURCES.entrySet().stream()
            .map(source -> "source studio.public." + source.getKey() + " " + source.getValue())
            .collect(Collectors.joining("\n"));

    Documents documents = SpecReader.read("example.yaml", text);

    assertThat(documents.problems()).isEmpty();
    PipelineSpec spec = (PipelineSpec) documents.specs().get(0);
    assertThat(spec.steps()).extracting(StepSpec::type).contains(descriptor.type());
    Planned planned =
        new Planner(Processors.load())
            .plan(
                spec,
                PlannerTest.inputs(
                    inputs + "\nendpoint studio_edge http://localhost:1/g: studio.graphql"));
    assertThat(planned.problems()).isEmpty();
    assertThat(planned.plan()).isPresent();
  }

  @ParameterizedTest
  @MethodSource("examples")
  @SuppressWarnings("unchecked")
  void a_config_schema_names_what_the_example_says(ProcessorDescriptor descriptor, String example) {
    Map<String, Object> schema = descriptor.config();
    Map<String, Object> properties = (Map<String, Object>) schema.get("properties");
    List<String> required = (List<String>) schema.get("required");
    PipelineSpec spec =
        SpecReader.sketch(
                "apiVersion: backlot/v1\nkind: Pipeline\nname: example\nsteps:\n"
                    + SOURCES.keySet().stream()
                        .map(n -> "  - {id: %1$s, source: studio.public.%1$s}%n".formatted(n))
                        .collect(Collectors.joining())
                    + "  - "
                    + example)
            .pipeline()
            .orElseThrow();
    StepSpec step =
        spec.steps().stream()
            .filter(s -> s.type().equals(descriptor.type()))
            .findFirst()
            .orElseThrow();

    assertThat(properties.keySet()).containsAll(step.config().keySet()).containsAll(required);
    assertThat(step.config().keySet()).containsAll(required);
    assertThat(properties.values())
        .allSatisfy(p -> assertThat((Map<String, Object>) p).containsKeys("title", "description"));
  }
}
