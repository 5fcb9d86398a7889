package dev.backlot.cli;

import dev.backlot.model.Place;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.spec.CanonicalJson;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The server's REST API. Uses HttpURLConnection, which starts faster than the newer client. Every
 * failure is a {@link ProblemException}.
 */
final class Api {
  private static final int CONNECT_MILLIS = 5_000;
  private static final int READ_MILLIS = 400_000;

  private final String server;
  private final String token;

  /** Talks to a server; shows a token unless it is empty. */
  Api(String server, String token) {
    this.server = server.endsWith("/") ? server.substring(0, server.length() - 1) : server;
    this.token = token;
  }

  /** Encodes a name as one segment of a path, whatever is in it. */
  static String segment(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  Map<String, @Nullable Object> get(String path) {
    return call("GET", path, null);
  }

  Map<String, @Nullable Object> post(String path, Map<String, ?> body) {
    return call("POST", path, body);
  }

  Map<String, @Nullable Object> delete(String path) {
    return call("DELETE", path, null);
  }

  private Map<String, @Nullable Object> call(
      String method, String path, @Nullable Map<String, ?> body) {
    try (InputStream in = open(method, path, body)) {
      return map(JsonText.read(in));
    } catch (IOException e) {
      throw broken(e);
    }
  }

  /** Copies an answer to a stream as it comes. */
  void copy(String path, Map<String, ?> body, OutputStream out) {
    try (InputStream in = open("POST", path, body)) {
      in.transferTo(out);
      out.flush();
    } catch (IOException e) {
      throw broken(e);
    }
  }

  private InputStream open(String method, String path, @Nullable Map<String, ?> body) {
    HttpURLConnection connection;
    int status;
    try {
      connection = (HttpURLConnection) URI.create(server + path).toURL().openConnection();
      connection.setRequestMethod(method);
      connection.setConnectTimeout(CONNECT_MILLIS);
      connection.setReadTimeout(READ_MILLIS);
      connection.setRequestProperty("Accept", "*/*");
      if (!token.isEmpty()) {
        connection.setRequestProperty("Authorization", "Bearer " + token);
      }
      if (body != null) {
        byte[] bytes = CanonicalJson.write(body).getBytes(StandardCharsets.UTF_8);
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "application/json");
        connection.setFixedLengthStreamingMode(bytes.length);
        try (OutputStream out = connection.getOutputStream()) {
          out.write(bytes);
        }
      }
      status = connection.getResponseCode();
      if (status / 100 == 2) {
        return connection.getInputStream();
      }
    } catch (IOException | IllegalArgumentException | ClassCastException e) {
      throw new ProblemException(
          ProblemCode.SERVER_UNREACHABLE,
          "Cannot reach Backlot at '"
              + server
              + "': "
              + cause(e)
              + ". Start it with './backlot up', or name another server with --server.",
          e);
    }
    throw failure(status, connection);
  }

  private ProblemException failure(int status, HttpURLConnection connection) {
    try (InputStream error = connection.getErrorStream()) {
      byte[] bytes = error == null ? new byte[0] : error.readAllBytes();
      List<Problem> problems = problems(map(JsonText.read(new ByteArrayInputStream(bytes))));
      if (!problems.isEmpty()) {
        return new ProblemException(status == 401 ? unauthenticated() : problems);
      }
    } catch (IOException | RuntimeException e) {
      // what answered is not Backlot, or it broke: the status must do
    }
    return new ProblemException(
        ProblemCode.SERVER_UNREACHABLE,
        "Cannot talk to Backlot at '"
            + server
            + "': it answered with status "
            + status
            + ". Check the address, or look into the controller's log.");
  }

  /** The server can't know where this command looks for tokens. */
  private List<Problem> unauthenticated() {
    return List.of(
        Problem.of(
            ProblemCode.UNAUTHENTICATED,
            "Cannot talk to Backlot at '"
                + server
                + "': "
                + (token.isEmpty() ? "no token was found" : "it does not accept the token")
                + ". Name the platform's directory with --data-dir, or set BACKLOT_TOKEN to a token"
                + " that an admin has created with 'backlot create token'."));
  }

  private ProblemException broken(IOException e) {
    return new ProblemException(
        ProblemCode.SERVER_UNREACHABLE,
        "Cannot read the answer of Backlot at '"
            + server
            + "': "
            + cause(e)
            + ". Run the command again.",
        e);
  }

  private static String cause(Exception e) {
    if (e instanceof java.net.ConnectException) {
      return "nothing listens there";
    }
    if (e instanceof java.net.UnknownHostException) {
      return "the host is unknown";
    }
    if (e instanceof java.net.SocketTimeoutException) {
      return "it did not answer in time";
    }
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private static List<Problem> problems(Map<String, @Nullable Object> body) {
    List<Problem> problems = new ArrayList<>();
    for (Object element : Values.list(body.get("problems"))) {
      Map<String, @Nullable Object> problem = map(element);
      Map<String, @Nullable Object> place = map(problem.get("place"));
      problems.add(
          new Problem(
              code(Values.text(problem.get("code"))),
              Values.text(problem.get("message")),
              new Place(
                  Values.text(place.get("file")),
                  Values.whole(place.get("line")),
                  Values.whole(place.get("column")),
                  Values.text(place.get("path")))));
    }
    return problems;
  }

  static ProblemCode code(String name) {
    try {
      return ProblemCode.valueOf(name);
    } catch (IllegalArgumentException e) {
      return ProblemCode.INTERNAL;
    }
  }

  private static Map<String, @Nullable Object> map(@Nullable Object value) {
    return Values.map(value);
  }
}
