package dev.backlot.engine.letter;

import java.util.List;

/**
 * Which of a pipeline's waiting letters are to be replayed.
 *
 * @param step only those of this step; empty for any
 * @param ids only these; empty for any
 */
public record ReplayRequest(String step, List<String> ids) {
  /** Copies what is mutable. */
  public ReplayRequest {
    ids = List.copyOf(ids);
  }

  boolean wants(StoredLetter letter) {
    return (step.isEmpty() || letter.failure().step().equals(step))
        && (ids.isEmpty() || ids.contains(letter.id()));
  }
}
