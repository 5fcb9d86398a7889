package dev.backlot.processors;

import dev.backlot.model.ProblemCode;
import dev.backlot.schema.Field;
import dev.backlot.schema.SystemColumn;
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
import dev.backlot.sdk.Work;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Gives fields other names; the key follows. All renamings happen at once, so names can swap. */
public final class RenameProcessor implements Processor {
  private static final String FIELDS = "fields";
  private static final ProcessorDescriptor DESCRIPTOR =
      new ProcessorDescriptor(
          "rename",
          "Rename",
          "Give fields other names",
          "Gives fields other names. Every other field passes as it is.",
          "fields",
          "rename",
          Ports.THROUGH,
          ConfigSchema.of(Config.class),
          Evolution.ALL,
          List.of(
              new Example(
                  "Title becomes movie_title",
                  "{id: named, processor: rename, from: movie,"
                      + " config: {fields: {title: movie_title}}}")));

  /** What a step says. */
  record Config(
      @Setting(
              title = "New names",
              description = "New names by present names. All change at once, so names can swap.",
              names = Format.FIELD,
              format = Format.NEW_FIELD,
              required = true)
          Map<String, String> fields) {}

  @Override
  public ProcessorDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ProcessorPlan plan(Map<String, Object> config, List<StepInput> inputs) {
    Shape input = inputs.get(0).shape();
    Map<String, String> names = ConfigSchema.read(Config.class, config).fields();
    List<Finding> findings = check(names, input);
    if (!findings.isEmpty()) {
      return new ProcessorPlan.Refused(findings);
    }
    List<Field> fields = new ArrayList<>();
    List<Rows.Column> columns = new ArrayList<>();
    for (Field field : input.fields()) {
      String name = names.getOrDefault(field.name(), field.name());
      fields.add(new Field(name, field.type(), field.nullable(), field.doc(), field.properties()));
      columns.add(new Rows.Column(name, field.type(), field.name()));
    }
    columns.addAll(Rows.system());
    List<String> key = input.key().stream().map(k -> names.getOrDefault(k, k)).toList();
    Shape output = new Shape(fields, key, input.sources(), input.order());
    Map<String, String> renamed = new HashMap<>();
    names.forEach((from, to) -> renamed.put(to, from));
    return new ProcessorPlan.Runnable(
        Map.of(FIELDS, names),
        output,
        List.copyOf(names.keySet()),
        List.of(),
        renamed,
        new Work.PerRow(index -> Rows.rearrange(input, columns)));
  }

  private static List<Finding> check(Map<String, String> names, Shape input) {
    List<Finding> findings = new ArrayList<>();
    Set<String> taken = new HashSet<>(input.names());
    taken.removeAll(names.keySet());
    names.forEach(
        (from, to) -> {
          String path = "config.fields." + from;
          Settings.unknownField(from, input, path).ifPresent(findings::add);
          if (SystemColumn.ofColumn(to).isPresent()) {
            findings.add(conflict(path, "'" + to + "' is the name of a system column"));
          } else if (!taken.add(to)) {
            findings.add(conflict(path, "two fields would be named '" + to + "'"));
          }
        });
    return findings;
  }

  private static Finding conflict(String path, String fact) {
    return new Finding(ProblemCode.PIPELINE_FIELD_CONFLICT, path, fact, "Choose another name.");
  }
}
