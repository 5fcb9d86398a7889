package dev.backlot.processors;

import dev.backlot.model.ProblemCode;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.SystemColumn;
import dev.backlot.sdk.ConfigSchema;
import dev.backlot.sdk.Finding;
import dev.backlot.sdk.Processor;
import dev.backlot.sdk.ProcessorDescriptor;
import dev.backlot.sdk.ProcessorDescriptor.Evolution;
import dev.backlot.sdk.ProcessorDescriptor.Example;
import dev.backlot.sdk.ProcessorDescriptor.Ports;
import dev.backlot.sdk.ProcessorPlan;
import dev.backlot.sdk.RowFunction;
import dev.backlot.sdk.Rows;
import dev.backlot.sdk.Setting;
import dev.backlot.sdk.Setting.Format;
import dev.backlot.sdk.Shape;
import dev.backlot.sdk.StepInput;
import dev.backlot.sdk.Suggestions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Unites streams: the fields of all inputs by name, null where an input lacks one. Entities of
 * different Sources stay different, unless a shared key is named.
 */
public final class UnionProcessor implements Processor {
  private static final String KEY = "key";
  private static final ProcessorDescriptor DESCRIPTOR =
      new ProcessorDescriptor(
          "union",
          "Union",
          "Put several streams into one",
          "Puts the rows of several steps into one stream with the fields of all of them. Rows are"
              + " told apart by Source and key, unless a shared key is named.",
          "rows",
          "merge",
          new Ports(2, Integer.MAX_VALUE, 1),
          ConfigSchema.of(Config.class),
          Evolution.ALL,
          List.of(
              new Example(
                  "Talents and vendors in one stream",
                  "{id: everyone, processor: union, from: [talent, vendor]}")));

  /** What a step says. */
  record Config(
      @Setting(
              title = "Shared key",
              description =
                  "Fields that identify the same entity in every input. Without them, rows of"
                      + " different Sources are different entities.",
              format = Format.FIELD)
          List<String> key) {}

  @Override
  public ProcessorDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ProcessorPlan plan(Map<String, Object> config, List<StepInput> inputs) {
    List<String> shared = ConfigSchema.read(Config.class, config).key();
    List<Finding> findings = new ArrayList<>();
    checkSources(inputs, findings);
    checkKeys(inputs, shared, findings);
    List<Field> fields = fields(inputs, findings);
    if (!findings.isEmpty()) {
      return new ProcessorPlan.Refused(findings);
    }
    Set<String> sources = new LinkedHashSet<>();
    inputs.forEach(input -> sources.addAll(input.shape().sources()));
    Shape output =
        new Shape(
            fields,
            shared.isEmpty() ? key(inputs) : shared,
            List.copyOf(sources),
            shared.isEmpty() ? Shape.Order.OFFSET : Shape.Order.TIME);
    String note =
        output.key().isEmpty()
            ? "Append-only: no input has a key."
            : "Rows are identified by " + String.join(", ", output.key()) + ".";
    return new ProcessorPlan.Runnable(
        shared.isEmpty() ? Map.of() : Map.of(KEY, shared),
        output,
        shared,
        List.of(note),
        index -> function(inputs.get(index).shape(), output));
  }

  private static RowFunction function(Shape input, Shape output) {
    if (input.names().equals(output.names())
        && input.types().equals(output.types())
        && input.before().isEmpty()) {
      return row -> row;
    }
    List<Rows.Column> columns = new ArrayList<>();
    for (Field field : output.fields()) {
      boolean there = input.index(field.name()) >= 0;
      columns.add(new Rows.Column(field.name(), field.type(), there ? field.name() : ""));
    }
    columns.addAll(Rows.system());
    return Rows.rearrange(input, columns);
  }

  /** Two branches of one Source would bring the same record twice. */
  private static void checkSources(List<StepInput> inputs, List<Finding> findings) {
    Map<String, String> branches = new HashMap<>();
    for (StepInput input : inputs) {
      for (String source : input.shape().sources()) {
        String other = branches.putIfAbsent(source, input.step());
        if (other != null) {
          findings.add(
              new Finding(
                  ProblemCode.PIPELINE_FIELD_CONFLICT,
                  "from",
                  "'" + other + "' and '" + input.step() + "' both come from '" + source + "'",
                  "Use one filter with OR, or write two tables."));
        }
      }
    }
  }

  private static void checkKeys(
      List<StepInput> inputs, List<String> shared, List<Finding> findings) {
    for (StepInput input : inputs) {
      Shape shape = input.shape();
      for (int i = 0; i < shared.size(); i++) {
        String key = shared.get(i);
        if (shape.index(key) < 0) {
          findings.add(
              new Finding(
                  ProblemCode.PIPELINE_UNKNOWN_FIELD,
                  "config.key[" + i + "]",
                  "input '" + input.step() + "' has no field '" + key + "'",
                  Suggestions.fix(key, shape.names())));
        } else if (!shape.keyFields().contains(key)) {
          findings.add(
              new Finding(
                  ProblemCode.PIPELINE_KEY_LOST,
                  "config.key[" + i + "]",
                  "'"
                      + key
                      + "' is no key of input '"
                      + input.step()
                      + "', so its deletes would not carry it",
                  "Name fields that are keys of every input."));
        }
      }
      boolean keyed = !shape.key().isEmpty();
      if (keyed != !inputs.get(0).shape().key().isEmpty()) {
        String keyless = keyed ? inputs.get(0).step() : input.step();
        findings.add(
            new Finding(
                ProblemCode.PIPELINE_KEY_LOST,
                "from",
                "input '" + keyless + "' has no key and another one has",
                "Write it to a table of its own."));
      }
    }
  }

  private static List<String> key(List<StepInput> inputs) {
    Set<String> key = new LinkedHashSet<>();
    inputs.forEach(input -> key.addAll(input.shape().keyFields()));
    if (key.isEmpty()) {
      return List.of();
    }
    List<String> named = new ArrayList<>(List.of(SystemColumn.SOURCE.column()));
    named.addAll(key);
    return named;
  }

  private static List<Field> fields(List<StepInput> inputs, List<Finding> findings) {
    Map<String, Field> fields = new LinkedHashMap<>();
    for (StepInput input : inputs) {
      for (Field field : input.shape().fields()) {
        Field known = fields.get(field.name());
        Optional<FieldType> type =
            known == null ? Optional.of(field.type()) : wider(known.type(), field.type());
        boolean everywhere =
            inputs.stream().allMatch(other -> other.shape().index(field.name()) >= 0);
        boolean nullable = field.nullable() || !everywhere || (known != null && known.nullable());
        if (type.isPresent()) {
          String doc = known == null ? field.doc() : known.doc();
          fields.put(field.name(), new Field(field.name(), type.get(), nullable, doc, Map.of()));
        } else if (known != null) {
          findings.add(conflict(field, known, input, inputs));
        }
      }
    }
    return List.copyOf(fields.values());
  }

  private static Finding conflict(
      Field field, Field known, StepInput input, List<StepInput> inputs) {
    String first =
        inputs.stream()
            .filter(other -> other.shape().index(field.name()) >= 0)
            .findFirst()
            .map(StepInput::step)
            .orElse("");
    return new Finding(
        ProblemCode.PIPELINE_FIELD_CONFLICT,
        "from",
        "field '%s' is %s in '%s' and %s in '%s'"
            .formatted(
                field.name(),
                known.type().notation(),
                first,
                field.type().notation(),
                input.step()),
        "Rename one of them before the union.");
  }

  private static Optional<FieldType> wider(FieldType a, FieldType b) {
    if (a.equals(b)) {
      return Optional.of(a);
    }
    boolean texts = isText(a) && isText(b);
    if (texts) {
      return Optional.of(FieldType.Text.PLAIN);
    }
    return a.accepts(b) ? Optional.of(a) : b.accepts(a) ? Optional.of(b) : Optional.empty();
  }

  private static boolean isText(FieldType type) {
    return type instanceof FieldType.Text || type == FieldType.Simple.UUID;
  }
}
