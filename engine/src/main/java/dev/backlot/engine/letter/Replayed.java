package dev.backlot.engine.letter;

import java.util.List;

/**
 * What came of a request to replay.
 *
 * @param replayed ids of the letters that are on their way now
 * @param refused letters that were asked for and can't be replayed
 */
public record Replayed(List<String> replayed, List<Refusal> refused) {
  /** Copies what is mutable. */
  public Replayed {
    replayed = List.copyOf(replayed);
    refused = List.copyOf(refused);
  }

  /** Why a letter is not replayed. */
  public record Refusal(String id, String reason) {}
}
