package dev.backlot.quality.enrichment;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks a step's graph about rows, as things are now. */
@FunctionalInterface
public interface Graph {
  /**
   * Asks.
   *
   * @param rows canonical texts by the names of the step's input fields
   * @return an answer per row, in order
   * @throws dev.backlot.model.ProblemException when nobody can be asked
   */
  List<Answer> ask(EnrichedTable table, List<Map<String, @Nullable String>> rows);

  /** What a graph says about a row. */
  sealed interface Answer {
    /** It answered: values by the names of the step's added fields. */
    record Found(Map<String, JsonNode> values) implements Answer {}

    /** There is nothing for this row: it has null there, or must not be in the table. */
    record Missing(boolean deletes) implements Answer {}

    /** Nothing can be said now. */
    record Unknown(String reason) implements Answer {}
  }
}
