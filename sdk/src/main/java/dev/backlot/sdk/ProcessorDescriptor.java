package dev.backlot.sdk;

import java.util.List;
import java.util.Map;

/**
 * What a processor says about itself; palettes, forms and documentation are made from it. A sink is
 * a processor without outputs.
 *
 * @param type the word that stands in a step's {@code processor} or {@code sink}
 * @param title a short name for people
 * @param summary what it does, in a few words
 * @param description what it does, one or more sentences
 * @param category under which people look for it, such as {@code rows}, {@code fields}
 * @param icon the name of a picture that user interfaces know; others show {@code step}
 * @param ports what goes in and out
 * @param config a JSON Schema of its config, as {@link ConfigSchema} makes it
 * @param evolution what happens to fields that appear upstream
 * @param examples steps that work
 */
public record ProcessorDescriptor(
    String type,
    String title,
    String summary,
    String description,
    String category,
    String icon,
    Ports ports,
    Map<String, Object> config,
    Evolution evolution,
    List<Example> examples) {
  /** Copies what is mutable. */
  public ProcessorDescriptor {
    examples = List.copyOf(examples);
  }

  /** Whether fields that appear upstream pass through unless the step says otherwise. */
  public enum Evolution {
    ALL,
    EXPLICIT
  }

  /**
   * How many steps it reads, and how many streams it gives.
   *
   * @param leastInputs 1 or more
   * @param mostInputs at least {@code leastInputs}
   * @param outputs 0 or 1
   */
  public record Ports(int leastInputs, int mostInputs, int outputs) {
    /** One in, one out. */
    public static final Ports THROUGH = new Ports(1, 1, 1);

    /** One in, nothing out. */
    public static final Ports END = new Ports(1, 1, 0);
  }

  /**
   * A step that works in a pipeline over the demo's Sources.
   *
   * @param title what it does
   * @param step its YAML; it reads steps by the names of the demo's tables, such as {@code movie}
   */
  public record Example(String title, String step) {}
}
