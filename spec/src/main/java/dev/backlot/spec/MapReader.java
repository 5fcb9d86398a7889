package dev.backlot.spec;

import dev.backlot.model.Place;
import dev.backlot.model.ProblemCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Reads one mapping field by field. What is wrong is reported and comes back as empty, so that
 * reading goes on and finds everything; {@link #finish} reports the fields nobody asked for.
 */
final class MapReader {
  private final Findings findings;
  private final Node node;
  private final String path;
  private final Map<String, NodeTuple> tuples = new LinkedHashMap<>();
  private final Set<String> known = new LinkedHashSet<>();

  MapReader(Findings findings, MappingNode node, String path) {
    this.findings = findings;
    this.node = node;
    this.path = path;
    for (NodeTuple tuple : node.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        findings.report(
            ProblemCode.SPEC_WRONG_SHAPE,
            tuple.getKeyNode(),
            path,
            "a field's name is not a plain word",
            "Write fields as 'name: value'.");
        continue;
      }
      if (tuples.putIfAbsent(key.getValue(), tuple) != null) {
        findings.report(
            ProblemCode.SPEC_WRONG_SHAPE,
            key,
            pathOf(key.getValue()),
            "field '" + key.getValue() + "' stands twice",
            "Keep one of them.");
      }
    }
  }

  /** An empty reader in the place of a mapping that is missing. */
  private MapReader(Findings findings, Node parent, String path, boolean missing) {
    this.findings = findings;
    this.node = parent;
    this.path = path;
    assert missing;
  }

  String pathOf(String field) {
    return path.isEmpty() ? field : path + "." + field;
  }

  Set<String> fields() {
    return tuples.keySet();
  }

  boolean has(String field) {
    known.add(field);
    NodeTuple tuple = tuples.get(field);
    return tuple != null && !isNull(tuple.getValueNode());
  }

  /** Adds where every field below stands, by its path below {@code prefix}. */
  void places(String prefix, Map<String, Place> places) {
    tuples.forEach(
        (field, tuple) ->
            places(tuple.getValueNode(), prefix + "." + field, pathOf(field), places));
  }

  private void places(Node value, String key, String at, Map<String, Place> places) {
    places.put(key, findings.place(value, at));
    if (value instanceof MappingNode mapping) {
      for (NodeTuple tuple : mapping.getValue()) {
        if (tuple.getKeyNode() instanceof ScalarNode name) {
          places(
              tuple.getValueNode(),
              key + "." + name.getValue(),
              at + "." + name.getValue(),
              places);
        }
      }
    } else if (value instanceof ScalarNode scalar) {
      findings.textPlace(scalar, at).ifPresent(begin -> places.put(key + "@1:1", begin));
    }
  }

  Optional<Node> value(String field) {
    NodeTuple tuple = tuples.get(field);
    return has(field) && tuple != null ? Optional.of(tuple.getValueNode()) : Optional.empty();
  }

  /** Returns where a field's value stands, or the mapping where it is missing. */
  Place place(String field) {
    NodeTuple tuple = tuples.get(field);
    return tuple == null
        ? findings.place(node, path)
        : findings.place(tuple.getValueNode(), pathOf(field));
  }

  Place place() {
    return findings.place(node, path);
  }

  Optional<String> required(String field) {
    if (!has(field)) {
      missing(field);
      return Optional.empty();
    }
    return string(field);
  }

  void missing(String field) {
    known.add(field);
    findings.report(
        ProblemCode.SPEC_MISSING_FIELD,
        node,
        pathOf(field),
        "field '" + pathOf(field) + "' is missing",
        "Add '" + field + ": …'.");
  }

  Optional<String> string(String field) {
    return value(field).flatMap(found -> string(found, pathOf(field)));
  }

  private Optional<String> string(Node found, String at) {
    if (found instanceof ScalarNode scalar && Tag.STR.equals(scalar.getTag())) {
      if (scalar.getValue().indexOf('\0') >= 0) {
        invalid(found, at, "it contains a NUL character", "Remove it.");
        return Optional.empty();
      }
      return Optional.of(scalar.getValue());
    }
    String hint =
        found instanceof ScalarNode scalar
            ? "Write it in quotes: '" + scalar.getValue() + "'."
            : "Write one value.";
    wrongType(found, at, "text", hint);
    return Optional.empty();
  }

  /** Reads text that must satisfy a parser; its message becomes the cause. */
  <T> Optional<T> parsed(String field, Function<String, T> parser) {
    return string(field).flatMap(text -> parse(field, text, place(field), parser));
  }

  private <T> Optional<T> parse(
      String field, String text, Place place, Function<String, T> parser) {
    try {
      return Optional.of(parser.apply(text));
    } catch (IllegalArgumentException e) {
      findings.report(
          ProblemCode.SPEC_INVALID_VALUE,
          place,
          "'" + text + "' is not valid for '" + pathOf(field) + "'",
          sentence(e));
      return Optional.empty();
    }
  }

  /** Turns a parser's message, which has no final full stop, into sentences. */
  static String sentence(IllegalArgumentException e) {
    String message = String.valueOf(e.getMessage());
    return Character.toUpperCase(message.charAt(0)) + message.substring(1) + ".";
  }

  <E extends Enum<E>> E choice(String field, E standard, List<E> choices) {
    Optional<String> text = string(field);
    if (text.isEmpty()) {
      return standard;
    }
    for (E candidate : choices) {
      if (word(candidate).equals(text.get())) {
        return candidate;
      }
    }
    List<String> words = choices.stream().map(MapReader::word).toList();
    invalid(
        value(field).orElseThrow(),
        pathOf(field),
        "'" + text.get() + "' is not one of " + String.join(", ", words),
        Suggestion.sentence(text.get(), words));
    return standard;
  }

  /** Reads a list of words; what is none of them is reported and left out. */
  <E extends Enum<E>> List<E> choices(String field, E[] choices) {
    List<E> read = new ArrayList<>();
    for (Element element : elements(field)) {
      string(element.node(), element.path())
          .ifPresent(text -> choice(text, element, choices).ifPresent(read::add));
    }
    return read;
  }

  private <E extends Enum<E>> Optional<E> choice(String text, Element element, E[] choices) {
    List<String> words = new ArrayList<>();
    for (E candidate : choices) {
      if (word(candidate).equals(text)) {
        return Optional.of(candidate);
      }
      words.add(word(candidate));
    }
    invalid(
        element.node(),
        element.path(),
        "'" + text + "' is unknown here",
        Suggestion.sentence(text, words));
    return Optional.empty();
  }

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  Optional<Boolean> bool(String field) {
    Optional<Node> found = value(field);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    if (found.get() instanceof ScalarNode scalar && Tag.BOOL.equals(scalar.getTag())) {
      return Optional.of(Boolean.parseBoolean(scalar.getValue().toLowerCase(Locale.ROOT)));
    }
    wrongType(found.get(), pathOf(field), "true or false", "Write true or false, without quotes.");
    return Optional.empty();
  }

  Optional<Integer> integer(String field, int lowest, int highest) {
    Optional<Node> found = value(field);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    if (!(found.get() instanceof ScalarNode scalar) || !Tag.INT.equals(scalar.getTag())) {
      wrongType(found.get(), pathOf(field), "a whole number", "Write it without quotes.");
      return Optional.empty();
    }
    Object number = PlainValues.of(scalar);
    if (number instanceof Integer value && value >= lowest && value <= highest) {
      return Optional.of(value);
    }
    invalid(
        scalar,
        pathOf(field),
        scalar.getValue() + " is out of range",
        "Use a number from " + lowest + " to " + highest + ".");
    return Optional.empty();
  }

  /** Reads a list of texts; empty list when absent or wrong. */
  List<String> strings(String field) {
    return elements(field).stream()
        .flatMap(element -> string(element.node(), element.path()).stream())
        .toList();
  }

  Optional<String> text(Element element) {
    return string(element.node(), element.path());
  }

  /** A list's element and its path. */
  record Element(Node node, String path) {}

  List<Element> elements(String field) {
    Optional<Node> found = value(field);
    if (found.isEmpty()) {
      return List.of();
    }
    if (!(found.get() instanceof SequenceNode sequence)) {
      wrongType(found.get(), pathOf(field), "a list", "Write it as [a, b] or as lines with '- '.");
      return List.of();
    }
    List<Element> elements = new ArrayList<>();
    for (Node element : sequence.getValue()) {
      elements.add(new Element(element, pathOf(field) + "[" + elements.size() + "]"));
    }
    return elements;
  }

  boolean isText(String field) {
    return value(field).orElse(node) instanceof ScalarNode scalar
        && Tag.STR.equals(scalar.getTag());
  }

  boolean isEmptyList(String field) {
    return value(field).orElse(node) instanceof SequenceNode list && list.getValue().isEmpty();
  }

  /** Reads a nested mapping; an empty one when absent or wrong. */
  MapReader map(String field) {
    Optional<Node> found = value(field);
    if (found.isEmpty()) {
      return new MapReader(findings, node, pathOf(field), true);
    }
    if (found.get() instanceof MappingNode mapping) {
      return new MapReader(findings, mapping, pathOf(field));
    }
    wrongType(found.get(), pathOf(field), "a mapping", "Write fields as 'name: value' below it.");
    return new MapReader(findings, found.get(), pathOf(field), true);
  }

  /** Reads a mapping of text to text. */
  Map<String, String> stringMap(String field) {
    MapReader map = map(field);
    Map<String, String> values = new LinkedHashMap<>();
    for (String key : map.fields()) {
      map.string(key).ifPresent(value -> values.put(key, value));
    }
    return values;
  }

  void invalid(Node at, String atPath, String cause, String nextStep) {
    findings.report(ProblemCode.SPEC_INVALID_VALUE, at, atPath, cause, nextStep);
  }

  void invalid(String field, String cause, String nextStep) {
    findings.report(ProblemCode.SPEC_INVALID_VALUE, place(field), cause, nextStep);
  }

  private void wrongType(Node at, String atPath, String wanted, String nextStep) {
    findings.report(
        ProblemCode.SPEC_WRONG_SHAPE,
        at,
        atPath,
        "'" + atPath + "' must be " + wanted + ", not " + describe(at),
        nextStep);
  }

  static String describe(Node node) {
    if (node instanceof MappingNode) {
      return "a mapping";
    }
    if (node instanceof SequenceNode) {
      return "a list";
    }
    Tag tag = node.getTag();
    if (Tag.INT.equals(tag) || Tag.FLOAT.equals(tag)) {
      return "a number";
    }
    if (Tag.BOOL.equals(tag)) {
      return "true or false";
    }
    return Tag.NULL.equals(tag) ? "empty" : "text";
  }

  /** Reports every field that was not asked for. */
  void finish() {
    tuples.forEach(
        (field, tuple) -> {
          if (!known.contains(field)) {
            findings.report(
                ProblemCode.SPEC_UNKNOWN_FIELD,
                tuple.getKeyNode(),
                pathOf(field),
                "field '" + pathOf(field) + "' is unknown",
                Suggestion.sentence(field, known));
          }
        });
  }

  private static boolean isNull(Node node) {
    return Tag.NULL.equals(node.getTag());
  }
}
