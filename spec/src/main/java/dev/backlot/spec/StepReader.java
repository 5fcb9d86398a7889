package dev.backlot.spec;

import dev.backlot.model.Place;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.source.PublishedName;
import dev.backlot.model.source.SourceName;
import dev.backlot.model.spec.StepSpec;
import dev.backlot.model.spec.StepSpec.Consumes;
import dev.backlot.model.spec.StepSpec.Input;
import dev.backlot.model.spec.StepSpec.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads one step of a pipeline. */
final class StepReader {
  private static final int MOST_PARALLEL = 64;

  private final MapReader map;
  private final Findings findings;
  private final Map<String, Place> places = new HashMap<>();

  private StepReader(MapReader map, Findings findings) {
    this.map = map;
    this.findings = findings;
  }

  static Optional<StepSpec> read(MapReader map, Findings findings) {
    return new StepReader(map, findings).read();
  }

  private Optional<StepSpec> read() {
    places.put("", map.place());
    Optional<String> id = map.required("id");
    id.ifPresent(text -> SpecReader.checkName(text, "id", map));
    places.put("id", map.place("id"));
    Optional<Role> role = role();
    String type = role.flatMap(r -> map.string(MapReader.word(r))).orElse("");
    List<Input> inputs = inputs();
    Optional<Consumes> consumes = consumes();
    Optional<String> publish = publish(role);
    refuse("isolate", "a job of its own for a step");
    OptionalInt parallelism =
        map.integer("parallelism", 1, MOST_PARALLEL)
            .map(OptionalInt::of)
            .orElse(OptionalInt.empty());
    MapReader config = map.map("config");
    rememberPlaces(config, "config");
    Map<String, Object> values = plainConfig();
    role.ifPresent(r -> StepTypes.check(r, type, inputs.size(), map, config, findings));
    map.finish();
    if (id.isEmpty() || role.isEmpty() || type.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new StepSpec(
            id.get(),
            role.get(),
            canonicalType(role.get(), type),
            inputs,
            consumes,
            publish,
            false,
            parallelism,
            values,
            places));
  }

  private Optional<Role> role() {
    List<Role> given = new ArrayList<>();
    for (Role role : Role.values()) {
      if (map.has(MapReader.word(role))) {
        given.add(role);
        places.put(MapReader.word(role), map.place(MapReader.word(role)));
      }
    }
    if (given.size() == 1) {
      return Optional.of(given.get(0));
    }
    findings.report(
        given.isEmpty() ? ProblemCode.SPEC_MISSING_FIELD : ProblemCode.SPEC_WRONG_SHAPE,
        map.place(),
        "a step needs exactly one of 'source', 'processor' and 'sink'",
        given.isEmpty() ? "Add one." : "Keep one.");
    return Optional.empty();
  }

  private String canonicalType(Role role, String type) {
    if (role != Role.SOURCE) {
      return type;
    }
    if (PublishedName.is(type)) {
      return type;
    }
    try {
      return SourceName.parse(type).toString();
    } catch (IllegalArgumentException e) {
      return type;
    }
  }

  private List<Input> inputs() {
    Optional<Node> from = map.value("from");
    if (from.isEmpty()) {
      return List.of();
    }
    places.put("from", map.place("from"));
    if (from.get() instanceof SequenceNode) {
      return map.strings("from").stream().map(step -> new Input(step, step)).toList();
    }
    if (from.get() instanceof MappingNode) {
      List<Input> inputs = new ArrayList<>();
      map.stringMap("from").forEach((name, step) -> inputs.add(new Input(name, step)));
      return inputs;
    }
    return map.string("from").map(step -> List.of(new Input(step, step))).orElse(List.of());
  }

  private Optional<Consumes> consumes() {
    Optional<Node> node = map.value("consumes");
    if (node.isEmpty()) {
      return Optional.empty();
    }
    places.put("consumes", map.place("consumes"));
    if (node.get() instanceof SequenceNode) {
      return Optional.of(new Consumes.Fields(map.strings("consumes")));
    }
    Optional<String> text = map.string("consumes");
    if (text.isPresent() && !text.get().equals("all")) {
      map.invalid(
          "consumes",
          "'" + text.get() + "' is neither 'all' nor a list of fields",
          "Write 'consumes: [" + text.get() + "]' or 'consumes: all'.");
    }
    return Optional.of(new Consumes.All());
  }

  private Optional<String> publish(Optional<Role> role) {
    Optional<String> name = map.string("publish");
    if (name.isEmpty()) {
      return name;
    }
    places.put("publish", map.place("publish"));
    SpecReader.checkName(name.get(), "publish", map);
    if (role.equals(Optional.of(Role.SINK))) {
      map.invalid("publish", "a sink has no output to publish", "Publish the step before it.");
    }
    return name;
  }

  private void refuse(String field, String what) {
    if (!map.has(field)) {
      return;
    }
    if (field.equals("isolate") && map.bool(field).equals(Optional.of(false))) {
      return;
    }
    findings.report(
        ProblemCode.SPEC_NOT_SUPPORTED,
        map.place(field),
        "this version does not have " + what,
        "Remove '" + field + "'.");
  }

  private void rememberPlaces(MapReader config, String path) {
    if (map.has("config")) {
      places.put(path, map.place("config"));
      config.places(path, places);
    }
  }

  private Map<String, Object> plainConfig() {
    Optional<Node> node = map.value("config");
    Map<String, Object> values = new LinkedHashMap<>();
    if (node.isPresent() && node.get() instanceof MappingNode) {
      try {
        if (PlainValues.of(node.get()) instanceof Map<?, ?> plain) {
          plain.forEach(
              (key, value) -> {
                if (value != null) {
                  values.put(String.valueOf(key), value);
                }
              });
        }
      } catch (IllegalArgumentException e) {
        map.invalid("config", "'config' can't be read", MapReader.sentence(e));
      }
    }
    return values;
  }
}
