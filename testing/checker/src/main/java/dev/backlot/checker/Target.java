package dev.backlot.checker;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.function.Consumer;

/** Where a query is answered: the platform's own command, or fixed rows in the checker's tests. */
public interface Target {
  /**
   * Runs a query and hands over each row as a JSON object.
   *
   * @throws IOException when the query can't be answered completely
   */
  void query(String sql, Consumer<JsonNode> row) throws IOException;
}
