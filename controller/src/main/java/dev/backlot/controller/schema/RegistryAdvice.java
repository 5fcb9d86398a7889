package dev.backlot.controller.schema;

import dev.backlot.controller.web.ProblemAdvice;
import dev.backlot.model.ProblemException;
import dev.backlot.registry.RefusedException;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Turns what goes wrong in the registry into bodies with Confluent's error codes. */
@RestControllerAdvice(annotations = RegistryApi.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class RegistryAdvice {
  private static final Logger LOG = LoggerFactory.getLogger(RegistryAdvice.class);
  private static final int STORE_FAILED = 50001;

  @ExceptionHandler
  ResponseEntity<Map<String, Object>> refused(RefusedException e) {
    return answer(
        e.refusal().status(), e.refusal().code(), Objects.requireNonNullElse(e.getMessage(), ""));
  }

  @ExceptionHandler
  ResponseEntity<Map<String, Object>> unreadable(Bodies.UnreadableException e) {
    return answer(400, 400, "The request's body is no JSON object.");
  }

  @ExceptionHandler
  ResponseEntity<Map<String, Object>> failed(ProblemException e) {
    String message = e.problems().get(0).message();
    return switch (e.problems().get(0).code()) {
      case UNAUTHENTICATED -> answer(401, 40101, message);
      case FORBIDDEN -> answer(403, 40301, message);
      case CONFLICT -> answer(503, STORE_FAILED, message);
      default -> answer(500, STORE_FAILED, message);
    };
  }

  @ExceptionHandler
  ResponseEntity<Map<String, Object>> other(Exception e) {
    if (e instanceof ErrorResponse known && known.getStatusCode().is4xxClientError()) {
      int status = known.getStatusCode().value();
      return answer(status, status, String.valueOf(known.getBody().getDetail()));
    }
    if (ProblemAdvice.isMetadataFailure(e)) {
      return answer(
          500, STORE_FAILED, "Cannot reach the metadata database: it does not answer. Try again.");
    }
    LOG.error("Cannot answer a request to the registry", e);
    return answer(500, 500, "Cannot answer the request: " + e + ".");
  }

  private static ResponseEntity<Map<String, Object>> answer(int status, int code, String message) {
    return ResponseEntity.status(status)
        .contentType(MediaType.parseMediaType(RegistryApi.MEDIA_TYPE))
        .body(Bodies.error(code, message));
  }
}
