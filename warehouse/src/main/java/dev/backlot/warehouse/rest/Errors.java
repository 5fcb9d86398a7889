package dev.backlot.warehouse.rest;

import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NamespaceNotEmptyException;
import org.apache.iceberg.exceptions.NoSuchIcebergTableException;
import org.apache.iceberg.exceptions.NoSuchIcebergViewException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NoSuchViewException;
import org.apache.iceberg.exceptions.NoSuchWarehouseException;
import org.apache.iceberg.exceptions.NotAuthorizedException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.exceptions.UnprocessableEntityException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.rest.responses.ErrorResponse;
import org.apache.iceberg.rest.responses.ErrorResponseParser;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Failures as the protocol's error payloads, with the codes that clients act on. */
final class Errors {
  private static final Logger LOG = LoggerFactory.getLogger(Errors.class);
  private static final Map<Class<? extends Exception>, Integer> CODES =
      Map.ofEntries(
          Map.entry(IllegalArgumentException.class, 400),
          Map.entry(BadRequestException.class, 400),
          Map.entry(ValidationException.class, 400),
          Map.entry(NotAuthorizedException.class, 401),
          Map.entry(ForbiddenException.class, 403),
          Map.entry(NoSuchNamespaceException.class, 404),
          Map.entry(NoSuchTableException.class, 404),
          Map.entry(NoSuchIcebergTableException.class, 404),
          Map.entry(NoSuchViewException.class, 404),
          Map.entry(NoSuchIcebergViewException.class, 404),
          Map.entry(NoSuchWarehouseException.class, 404),
          Map.entry(UnsupportedOperationException.class, 406),
          Map.entry(AlreadyExistsException.class, 409),
          Map.entry(CommitFailedException.class, 409),
          Map.entry(NamespaceNotEmptyException.class, 409),
          Map.entry(UnprocessableEntityException.class, 422));

  private Errors() {}

  /**
   * Turns a failure into an answer.
   *
   * <p>A write that failed in an unforeseen way may have happened: clients are told that its state
   * is unknown, and neither repeat it nor delete its files. A read may be tried again.
   */
  static Answer of(RuntimeException e, boolean write) {
    Integer code = CODES.get(e.getClass());
    if (code != null) {
      return answer(code, e.getClass().getSimpleName(), message(e));
    }
    if (e instanceof NotFoundException) {
      return answer(400, BadRequestException.class.getSimpleName(), message(e));
    }
    if (e instanceof CommitStateUnknownException || write) {
      LOG.error("Whether a commit through the REST catalog happened is unknown", e);
      return answer(500, CommitStateUnknownException.class.getSimpleName(), message(e));
    }
    LOG.warn("Cannot answer a request to the REST catalog", e);
    return answer(503, "ServiceUnavailableException", message(e));
  }

  static Answer noRoute(String method, String path) {
    return answer(
        404,
        "NoSuchEndpointException",
        "Cannot answer %s %s: the catalog has no such endpoint. GET v1/config lists them."
            .formatted(method, path));
  }

  private static String message(RuntimeException e) {
    return String.valueOf(e.getMessage());
  }

  private static Answer answer(int code, String type, String message) {
    ErrorResponse error =
        ErrorResponse.builder().responseCode(code).withType(type).withMessage(message).build();
    return new Answer(code, ErrorResponseParser.toJson(error), Optional.empty());
  }
}
