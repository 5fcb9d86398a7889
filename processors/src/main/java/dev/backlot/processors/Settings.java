package dev.backlot.processors;

import dev.backlot.model.ProblemCode;
import dev.backlot.sdk.Finding;
import dev.backlot.sdk.Shape;
import dev.backlot.sdk.Suggestions;
import java.util.Optional;

/** What can be said of any step's config. */
final class Settings {
  private Settings() {}

  /** Returns what is wrong with naming a field that the input may lack. */
  static Optional<Finding> unknownField(String name, Shape input, String path) {
    if (input.index(name) >= 0) {
      return Optional.empty();
    }
    return Optional.of(
        new Finding(
            ProblemCode.PIPELINE_UNKNOWN_FIELD,
            path,
            "its input has no field '" + name + "'",
            Suggestions.fix(name, input.names())));
  }
}
