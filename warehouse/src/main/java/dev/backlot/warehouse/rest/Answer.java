package dev.backlot.warehouse.rest;

import java.util.Optional;

/**
 * What the REST catalog says.
 *
 * @param status of HTTP
 * @param body JSON, or empty for none
 * @param etag the header of that name
 */
public record Answer(int status, String body, Optional<String> etag) {
  static Answer nothing(int status) {
    return new Answer(status, "", Optional.empty());
  }

  static Answer of(Object response) {
    return new Answer(200, ProtocolJson.write(response), Optional.empty());
  }
}
