package dev.backlot.sdk;

import java.util.List;

/**
 * What a processor says about itself; forms, palettes and documentation are made from it.
 *
 * @param type the word that stands in a step's {@code processor}
 * @param title a short name for people
 * @param description what it does, one or more sentences
 * @param leastInputs 1 or more
 * @param mostInputs at least {@code leastInputs}
 * @param config its settings
 * @param evolution what happens to fields that appear upstream
 * @param example a step in YAML that works
 */
public record ProcessorDescriptor(
    String type,
    String title,
    String description,
    int leastInputs,
    int mostInputs,
    List<Setting> config,
    Evolution evolution,
    String example) {
  /** Copies what is mutable. */
  public ProcessorDescriptor {
    config = List.copyOf(config);
  }

  /** Whether fields that appear upstream pass through unless the step says otherwise. */
  public enum Evolution {
    ALL,
    EXPLICIT
  }

  /** What a setting holds. */
  public enum SettingType {
    TEXT,
    PREDICATE,
    FIELDS,
    FIELD_NAMES,
    /** The name of an endpoint. */
    ENDPOINT,
    /** A GraphQL query. */
    GRAPHQL,
    /** Texts by name. */
    TEXTS,
    /** One of a few words, which the description lists. */
    CHOICE,
    /** A number with a unit, such as {@code 5s}. */
    DURATION,
    /** Settings by name, which the description lists. */
    SETTINGS
  }

  /**
   * One setting.
   *
   * @param name the key in {@code config}
   */
  public record Setting(String name, SettingType type, boolean required, String description) {}
}
