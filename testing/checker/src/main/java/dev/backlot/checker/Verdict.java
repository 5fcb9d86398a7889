package dev.backlot.checker;

import java.util.List;

/**
 * What a comparison found.
 *
 * @param sourceRows rows read from the source
 * @param targetRows rows read from the target
 * @param differences every difference; empty when equal
 */
public record Verdict(long sourceRows, long targetRows, List<Difference> differences) {
  /** Copies what is mutable. */
  public Verdict {
    differences = List.copyOf(differences);
  }

  /** Returns whether source and target are equal row for row. */
  public boolean equal() {
    return differences.isEmpty();
  }

  /** Returns the counts and the first twenty differences, a line each. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(equal() ? "equal" : differences.size() + " differences");
    text.append(": ").append(sourceRows).append(" rows in the source, ");
    text.append(targetRows).append(" in the target");
    differences.stream().limit(20).forEach(difference -> text.append("\n  ").append(difference));
    return text.toString();
  }
}
