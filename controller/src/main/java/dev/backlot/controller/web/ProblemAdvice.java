package dev.backlot.controller.web;

import dev.backlot.model.Blame;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.sql.SQLTransientConnectionException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.ConnectionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** Turns whatever goes wrong into problem+json with codes. */
@RestControllerAdvice
public final class ProblemAdvice {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

  private final PageResource page;

  ProblemAdvice(PageResource page) {
    this.page = page;
  }

  /** Who looks for a page gets one that says that there is none. */
  @ExceptionHandler({NoHandlerFoundException.class, NoResourceFoundException.class})
  ResponseEntity<?> nothing(Exception e, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String accept = String.valueOf(request.getHeader("Accept"));
    return accept.contains(MediaType.TEXT_HTML_VALUE) && !request.getRequestURI().startsWith("/api")
        ? page.page(404, response)
        : other(e);
  }

  @ExceptionHandler
  ResponseEntity<Map<String, Object>> problems(ProblemException e) {
    return response(status(e.problems()), e.problems());
  }

  @ExceptionHandler
  ResponseEntity<Map<String, Object>> unreadable(HttpMessageNotReadableException e) {
    return response(
        400,
        List.of(
            Problem.of(
                ProblemCode.USAGE,
                "Cannot read the request: its body is not the JSON expected. See"
                    + " /api/v1/openapi.json.")));
  }

  @ExceptionHandler
  void gone(AsyncRequestNotUsableException e) {
    LOG.debug("A client went away", e);
  }

  @ExceptionHandler
  ResponseEntity<Map<String, Object>> other(Exception e) {
    if (e instanceof ErrorResponse known && known.getStatusCode().is4xxClientError()) {
      int status = known.getStatusCode().value();
      ProblemCode code = status == 404 ? ProblemCode.NOT_FOUND : ProblemCode.USAGE;
      String detail = String.valueOf(known.getBody().getDetail());
      return response(
          status,
          List.of(
              Problem.of(
                  code, "Cannot answer the request: " + detail + " See /api/v1/openapi.json.")));
    }
    if (isMetadataFailure(e)) {
      return response(
          503,
          List.of(
              Problem.of(
                  ProblemCode.METADATA_UNREACHABLE,
                  "Cannot reach the metadata database: it does not answer. Try again.")));
    }
    if (e instanceof IOException) {
      LOG.debug("A client went away", e);
    } else {
      LOG.error("Cannot answer a request", e);
    }
    return response(
        500,
        List.of(
            Problem.of(
                ProblemCode.INTERNAL,
                "Cannot answer the request: " + e + ". Look into the controller's log.")));
  }

  /** Returns whether a failure means that the metadata database is away. */
  public static boolean isMetadataFailure(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectionException
          || cause instanceof SQLTransientConnectionException
          || cause instanceof java.sql.SQLException sql && isConnectionState(sql.getSQLState())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isConnectionState(@org.jspecify.annotations.Nullable String state) {
    return state != null && (state.startsWith("08") || state.startsWith("57P"));
  }

  /** Returns the HTTP status for problems: the platform's weigh more than the user's. */
  public static int status(List<Problem> problems) {
    int status = 0;
    for (Problem problem : problems) {
      int own =
          switch (problem.code()) {
            case UNAUTHENTICATED -> 401;
            case FORBIDDEN -> 403;
            case TOO_MANY_ATTEMPTS -> 429;
            case NOT_FOUND -> 404;
            case CONFLICT, IN_USE, NOT_ALLOWED_NOW -> 409;
            case DATA_PLANE_UNREACHABLE, METADATA_UNREACHABLE -> 503;
            case TIMED_OUT -> 504;
            default ->
                problem.code().blame() == Blame.PLATFORM
                    ? 500
                    : problem.code().blame() == Blame.EXTERNAL ? 422 : 400;
          };
      status = Math.max(status, own);
    }
    return status;
  }

  private static ResponseEntity<Map<String, Object>> response(int status, List<Problem> problems) {
    return ResponseEntity.status(status)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(body(status, problems));
  }

  /** Returns the problem+json body. */
  public static Map<String, Object> body(int status, List<Problem> problems) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", "about:blank");
    body.put(
        "title", problems.size() == 1 ? problems.get(0).message() : problems.size() + " problems");
    body.put("status", status);
    body.put("code", problems.get(0).code());
    body.put("problems", problems);
    return body;
  }
}
