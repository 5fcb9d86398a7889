package dev.backlot.model.spec;

import dev.backlot.model.Place;
import java.util.Map;

/**
 * What every document has.
 *
 * @param kind which document this is
 * @param name {@code [a-z][a-z0-9_]*}; of a Source its name, quoted where identifiers are not plain
 * @param owner the team that answers for it, or empty
 * @param description plain text, or empty
 * @param labels free key-value pairs
 * @param place where the document starts
 */
public record SpecHeader(
    SpecKind kind,
    String name,
    String owner,
    String description,
    Map<String, String> labels,
    Place place) {
  /** Copies what is mutable. */
  public SpecHeader {
    labels = Map.copyOf(labels);
  }
}
