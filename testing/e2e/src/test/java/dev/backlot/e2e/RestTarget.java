package dev.backlot.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.checker.Target;
import java.io.IOException;
import java.util.function.Consumer;

/** Asks the REST API, for tests that ask more often than processes can be started. */
final class RestTarget implements Target {
  private final Rest rest;

  RestTarget(Rest rest) {
    this.rest = rest;
  }

  @Override
  public void query(String sql, Consumer<JsonNode> row) throws IOException {
    rest.rows(sql).forEach(row);
  }
}
