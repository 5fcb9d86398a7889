package dev.backlot.warehouse.rest;

import java.util.Map;
import java.util.Optional;

/**
 * A request to the REST catalog.
 *
 * @param path below where the catalog is served, encoded as sent: {@code /v1/config}
 * @param parameters of the query, decoded
 * @param ifNoneMatch the header of that name
 * @param body JSON, or empty
 */
public record Call(
    String method,
    String path,
    Map<String, String> parameters,
    Optional<String> ifNoneMatch,
    String body) {
  /** Copies what is mutable. */
  public Call {
    parameters = Map.copyOf(parameters);
  }

  boolean flag(String parameter) {
    return Boolean.parseBoolean(parameters.getOrDefault(parameter, "false"));
  }
}
