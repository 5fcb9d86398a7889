package dev.backlot.processors.graphql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.EndpointAddress;
import dev.backlot.model.spec.EndpointSpec;
import dev.backlot.model.spec.EndpointSpec.HeaderValue;
import dev.backlot.sdk.BatchFunction.Fault;
import dev.backlot.sdk.BatchFunction.SecretSource;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends GraphQL requests to one endpoint over HTTP/1.1, many at a time. Every address that the
 * host's name resolves to is checked before each request; redirects are not followed. Neither
 * headers nor bodies reach a log or a reason. Thread-safe.
 */
final class GraphqlClient {
  /** Longest response that is read. */
  static final long LONGEST_RESPONSE = 32 << 20;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final int MOST_REASON = 300;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final EndpointSpec.Config endpoint;
  private final SecretSource secrets;
  private final Duration timeout;
  private final long longestResponse;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .connectTimeout(CONNECT_TIMEOUT)
          .build();

  GraphqlClient(EndpointSpec.Config endpoint, SecretSource secrets, Duration timeout) {
    this(endpoint, secrets, timeout, LONGEST_RESPONSE);
  }

  GraphqlClient(
      EndpointSpec.Config endpoint, SecretSource secrets, Duration timeout, long longestResponse) {
    this.endpoint = endpoint;
    this.secrets = secrets;
    this.timeout = timeout;
    this.longestResponse = longestResponse;
  }

  /** What came of a request. */
  sealed interface Result {
    /**
     * The graph answered in GraphQL.
     *
     * @param data the answer's data, an object
     * @param errors a list, empty when there are none
     */
    record Data(JsonNode data, JsonNode errors) implements Result {}

    /**
     * The graph did not answer, or with errors only.
     *
     * @param reason a clause without a final stop
     */
    record Failed(Fault fault, String reason, Optional<Duration> retryAfter) implements Result {}
  }

  /** Sends a request; the future completes normally, within the timeout. */
  CompletableFuture<Result> send(String query, Map<String, Object> variables) {
    HttpRequest request;
    try {
      Optional<Result> refused = refused();
      if (refused.isPresent()) {
        return CompletableFuture.completedFuture(refused.get());
      }
      request = request(query, variables);
    } catch (ProblemException e) {
      return CompletableFuture.completedFuture(failed(Fault.REQUEST, plain(e)));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return CompletableFuture.completedFuture(
          failed(Fault.REQUEST, "the request can't be written"));
    }
    CompletableFuture<HttpResponse<byte[]>> exchange =
        http.sendAsync(request, LimitedBody.of(longestResponse));
    return exchange
        .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .handle(
            (response, failure) -> {
              if (failure == null) {
                return result(response);
              }
              exchange.cancel(true);
              return failed(failure);
            });
  }

  /** Returns a reason in which no secret stands, should the other side have repeated one. */
  String masked(String reason) {
    String masked = reason;
    for (HeaderValue value : endpoint.headers().values()) {
      if (value instanceof HeaderValue.Secret secret) {
        try {
          String text = secrets.resolve(secret.secret());
          masked = text.isBlank() ? masked : masked.replace(text, "…");
        } catch (ProblemException e) {
          // without the secret, nothing was sent that could be repeated
          continue;
        }
      }
    }
    return masked;
  }

  private static String plain(ProblemException e) {
    String message = e.problems().get(0).message();
    return Character.toLowerCase(message.charAt(0)) + message.substring(1).replaceAll("\\.$", "");
  }

  /** The name may resolve to another machine than when the document was checked. */
  private Optional<Result> refused() {
    Optional<String> refusal = EndpointAddress.refusal(endpoint.url());
    if (refusal.isEmpty()) {
      try {
        for (InetAddress address : InetAddress.getAllByName(URI.create(endpoint.url()).getHost())) {
          refusal = refusal.or(() -> EndpointAddress.refusal(address));
        }
      } catch (UnknownHostException e) {
        return Optional.of(failed(Fault.PASSING, "its host's name is unknown"));
      }
    }
    return refusal.map(reason -> failed(Fault.REQUEST, "it must not be called: " + reason));
  }

  private HttpRequest request(String query, Map<String, Object> variables)
      throws JsonProcessingException {
    ObjectNode body = JSON.createObjectNode();
    body.put("query", query);
    body.set("variables", JSON.valueToTree(variables));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(endpoint.url()))
            .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
    endpoint.headers().forEach((name, value) -> request.header(name, text(value)));
    request.setHeader("Content-Type", "application/json");
    request.setHeader("Accept", "application/graphql-response+json, application/json;q=0.9");
    return request.build();
  }

  private String text(HeaderValue value) {
    if (value instanceof HeaderValue.Literal literal) {
      return literal.text();
    }
    HeaderValue.Secret secret = (HeaderValue.Secret) value;
    return secret.prefix() + secrets.resolve(secret.secret());
  }

  private static Result failed(Throwable failure) {
    Throwable inner = failure instanceof CompletionException ? failure.getCause() : null;
    Throwable cause = inner == null ? failure : inner;
    if (cause instanceof LimitedBody.TooLong || cause.getCause() instanceof LimitedBody.TooLong) {
      return failed(
          Fault.QUESTION, "its answer is longer than " + (LONGEST_RESPONSE >> 20) + " MiB");
    }
    if (cause instanceof TimeoutException || cause instanceof java.net.http.HttpTimeoutException) {
      return failed(Fault.PASSING, "it did not answer in time");
    }
    if (cause instanceof ConnectException) {
      return failed(Fault.PASSING, "nothing answers at its address");
    }
    return failed(
        Fault.PASSING,
        cause instanceof IOException
            ? "the connection broke"
            : "the request failed (" + cause.getClass().getSimpleName() + ")");
  }

  private static Result.Failed failed(Fault fault, String reason) {
    return new Result.Failed(fault, reason, Optional.empty());
  }

  private static Result result(HttpResponse<byte[]> response) {
    int status = response.statusCode();
    Optional<JsonNode> json = json(response);
    // Errors of the request come with status 400 and a GraphQL body from some servers, 200 from
    // others (GraphQL over HTTP, section 6.4).
    if (json.isPresent() && (status / 100 == 2 || json.get().path("errors").isArray())) {
      JsonNode body = json.get();
      if (body.path("data").isObject()) {
        return new Result.Data(body.get("data"), body.path("errors"));
      }
      if (body.path("errors").isArray() && !body.path("errors").isEmpty()) {
        return onlyErrors(status, response, body.get("errors"));
      }
    }
    if (status / 100 == 2) {
      return failed(Fault.QUESTION, "its answer is " + what(response) + ", not GraphQL");
    }
    return new Result.Failed(
        fault(status), "it answered with status " + status, retryAfter(response));
  }

  private static Result onlyErrors(int status, HttpResponse<byte[]> response, JsonNode errors) {
    JsonNode first = errors.get(0);
    Fault fault =
        switch (kind(first)) {
          case REQUEST -> Fault.REQUEST;
          case PASSING -> Fault.PASSING;
          case QUESTION -> status / 100 == 5 || status == 429 ? Fault.PASSING : Fault.QUESTION;
        };
    return new Result.Failed(
        fault, "it answered with errors only: " + reason(first), retryAfter(response));
  }

  private static Fault fault(int status) {
    if (status / 100 == 5 || status == 429 || status == 408 || status == 425) {
      return Fault.PASSING;
    }
    // What is too large for the server may fit when it is asked for in parts.
    return status == 413 || status == 414 || status == 400 ? Fault.QUESTION : Fault.REQUEST;
  }

  /** Returns whose fault an error is, by the codes that servers agree on. */
  static Fault kind(JsonNode error) {
    // A gateway says so of a subgraph.
    int status = error.path("extensions").path("response").path("status").asInt(0);
    if (status / 100 == 5 || status == 429 || status == 408) {
      return Fault.PASSING;
    }
    String code = error.path("extensions").path("code").asText("").toUpperCase(Locale.ROOT);
    return switch (code) {
      case "GRAPHQL_VALIDATION_FAILED",
          "GRAPHQL_PARSE_FAILED",
          "PERSISTED_QUERY_NOT_FOUND",
          "OPERATION_RESOLUTION_FAILURE",
          "UNAUTHENTICATED",
          "FORBIDDEN" ->
          Fault.REQUEST;
      case "SERVICE_UNAVAILABLE",
          "TIMEOUT",
          "GATEWAY_TIMEOUT",
          "REQUEST_TIMEOUT",
          "RATE_LIMITED",
          "REQUEST_RATE_LIMITED",
          "TOO_MANY_REQUESTS" ->
          Fault.PASSING;
      default -> Fault.QUESTION;
    };
  }

  /** Returns what an error says, on one line. */
  static String reason(JsonNode error) {
    String message = error.path("message").asText("an error without a message");
    String line = message.replaceAll("\\s+", " ").strip().replaceAll("\\.$", "");
    return line.length() > MOST_REASON ? line.substring(0, MOST_REASON) + "…" : line;
  }

  private static Optional<JsonNode> json(HttpResponse<byte[]> response) {
    try {
      JsonNode json = JSON.readTree(response.body());
      return json != null && json.isObject() ? Optional.of(json) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static String what(HttpResponse<byte[]> response) {
    byte[] body = response.body();
    String begin =
        new String(body, 0, Math.min(body.length, 200), StandardCharsets.UTF_8)
            .strip()
            .toLowerCase(Locale.ROOT);
    if (begin.isEmpty()) {
      return "empty";
    }
    return begin.startsWith("<")
        ? "an HTML or XML page"
        : json(response).isPresent() ? "JSON" : "not JSON";
  }

  /** Seconds, or a date (RFC 9110, section 10.2.3). */
  private static Optional<Duration> retryAfter(HttpResponse<byte[]> response) {
    return response
        .headers()
        .firstValue("Retry-After")
        .flatMap(
            text -> {
              try {
                if (text.matches("\\d{1,9}")) {
                  return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
                }
                Instant at =
                    ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
                return Optional.of(Duration.between(Instant.now(), at));
              } catch (DateTimeException e) {
                return Optional.empty();
              }
            })
        .filter(wait -> !wait.isNegative());
  }
}
