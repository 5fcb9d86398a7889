package dev.backlot.model.spec;

import dev.backlot.model.Place;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One node of a pipeline's graph.
 *
 * @param id unique in the pipeline, {@code [a-z][a-z0-9_]*}
 * @param role whether it reads a Source, processes or writes
 * @param type the Source's name, or the processor's or sink's type
 * @param inputs the upstream steps in declared order; empty for a source step
 * @param consumes which fields it takes from upstream; empty when not declared
 * @param config plain JSON values (String, Boolean, Integer, Long, BigDecimal, List, Map) in
 *     declared order
 * @param places where each part stands: path below the step ({@code ""}, {@code config.where}) →
 *     place; {@code config.query@1:1} is where the text of a block begins
 */
public record StepSpec(
    String id,
    Role role,
    String type,
    List<Input> inputs,
    Optional<Consumes> consumes,
    Optional<String> publish,
    boolean isolate,
    OptionalInt parallelism,
    Map<String, Object> config,
    Map<String, Place> places) {
  private static final Pattern IN_TEXT = Pattern.compile("(.*)@(\\d{1,7}):(\\d{1,7})");

  /** Copies what is mutable, keeping order. */
  public StepSpec {
    inputs = List.copyOf(inputs);
    config = new LinkedHashMap<>(config);
    places = Map.copyOf(places);
  }

  /** Returns the same step with another config. */
  public StepSpec withConfig(Map<String, Object> newConfig) {
    return new StepSpec(
        id, role, type, inputs, consumes, publish, isolate, parallelism, newConfig, places);
  }

  /** Returns the same step, which takes these fields. */
  public StepSpec withConsumes(Consumes newConsumes) {
    return new StepSpec(
        id,
        role,
        type,
        inputs,
        Optional.of(newConsumes),
        publish,
        isolate,
        parallelism,
        config,
        places);
  }

  /** What a step is in the graph. */
  public enum Role {
    SOURCE,
    PROCESSOR,
    SINK
  }

  /**
   * An edge of the graph.
   *
   * @param name the name under which the step knows this input: the upstream id unless given
   * @param step the upstream step's id
   */
  public record Input(String name, String step) {}

  /** Which fields a step takes. */
  public sealed interface Consumes {
    /** Every field, present and future. */
    record All() implements Consumes {}

    /** Only these, besides the key and what the config names. */
    record Fields(List<String> names) implements Consumes {
      /** Copies what is mutable. */
      public Fields {
        names = List.copyOf(names);
      }
    }
  }

  /**
   * Returns where a part of the step stands, or the step itself, or nowhere. A path such as {@code
   * config.query@3:5} asks for a line and column inside a text, which are known where the text is a
   * block of its own lines.
   */
  public Place place(String path) {
    Place exact = places.get(path);
    if (exact != null) {
      return exact;
    }
    Matcher inText = IN_TEXT.matcher(path);
    if (inText.matches()) {
      Place begin = places.get(inText.group(1) + "@1:1");
      if (begin == null) {
        return place(inText.group(1));
      }
      return new Place(
          begin.file(),
          begin.line() + Integer.parseInt(inText.group(2)) - 1,
          begin.column() + Integer.parseInt(inText.group(3)) - 1,
          begin.path());
    }
    return places.getOrDefault("", Place.NOWHERE);
  }
}
