package dev.backlot.processors;

import dev.backlot.schema.Field;
import dev.backlot.sdk.ConfigSchema;
import dev.backlot.sdk.Finding;
import dev.backlot.sdk.Processor;
import dev.backlot.sdk.ProcessorDescriptor;
import dev.backlot.sdk.ProcessorDescriptor.Evolution;
import dev.backlot.sdk.ProcessorDescriptor.Example;
import dev.backlot.sdk.ProcessorDescriptor.Ports;
import dev.backlot.sdk.ProcessorPlan;
import dev.backlot.sdk.Rows;
import dev.backlot.sdk.Setting;
import dev.backlot.sdk.Setting.Format;
import dev.backlot.sdk.Shape;
import dev.backlot.sdk.StepInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keeps the fields that are listed, in their order; key fields stay in any case. */
public final class ProjectionProcessor implements Processor {
  private static final String FIELDS = "fields";
  private static final ProcessorDescriptor DESCRIPTOR =
      new ProcessorDescriptor(
          "projection",
          "Projection",
          "Keep only some fields",
          "Keeps the listed fields, in this order. Key fields stay even when they are not listed.",
          "fields",
          "columns",
          Ports.THROUGH,
          ConfigSchema.of(Config.class),
          Evolution.EXPLICIT,
          List.of(
              new Example(
                  "Title and phase of movies",
                  "{id: slim, processor: projection, from: movie,"
                      + " config: {fields: [title, phase]}}")));

  /** What a step says. */
  record Config(
      @Setting(
              title = "Fields",
              description = "The fields to keep, in this order.",
              format = Format.FIELD,
              required = true)
          List<String> fields) {}

  @Override
  public ProcessorDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ProcessorPlan plan(Map<String, Object> config, List<StepInput> inputs) {
    Shape input = inputs.get(0).shape();
    List<String> listed = ConfigSchema.read(Config.class, config).fields();
    List<Finding> findings = new ArrayList<>();
    for (int i = 0; i < listed.size(); i++) {
      Settings.unknownField(listed.get(i), input, "config.fields[" + i + "]")
          .ifPresent(findings::add);
    }
    if (!findings.isEmpty()) {
      return new ProcessorPlan.Refused(findings);
    }
    List<String> added = input.keyFields().stream().filter(k -> !listed.contains(k)).toList();
    List<String> kept = new ArrayList<>(added);
    kept.addAll(listed);
    List<Field> fields = kept.stream().map(input::field).map(Optional::orElseThrow).toList();
    List<String> before = input.before().stream().filter(kept::contains).toList();
    Shape output = new Shape(fields, input.key(), input.sources(), input.order(), before);
    List<Rows.Column> columns = new ArrayList<>(Rows.same(output));
    columns.addAll(Rows.system());
    columns.addAll(Rows.before(output));
    List<String> notes =
        added.isEmpty()
            ? List.of()
            : List.of("Kept " + String.join(", ", added) + " too, which identifies its rows.");
    return new ProcessorPlan.Runnable(
        Map.of(FIELDS, listed), output, listed, notes, index -> Rows.rearrange(input, columns));
  }
}
