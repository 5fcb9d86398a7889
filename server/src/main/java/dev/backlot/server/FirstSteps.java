package dev.backlot.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How to get in, asked from the controller by the token in the data directory, since only the
 * terminal may show it: processes' output goes to log files.
 */
final class FirstSteps {
  private static final String ADMIN = "/api/v1/users/admin";
  private static final int PATIENCE_MILLIS = 10_000;

  private final String apiUrl;
  private final String token;

  FirstSteps(String apiUrl, String token) {
    this.apiUrl = apiUrl;
    this.token = token;
  }

  /** Returns what to show: a link that signs in once, and at first a password. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    try {
      Optional<JsonNode> admin = call("GET", ADMIN);
      boolean known =
          admin.map(found -> found.path("status").path("has_password").asBoolean()).orElse(true);
      if (!known) {
        call("POST", ADMIN + "/reset-password")
            .map(answer -> answer.path("password").asText())
            .ifPresent(
                password ->
                    lines.add(
                        "  first password     user admin, password "
                            + password
                            + "   (shown this once)"));
      }
      call("POST", ADMIN + "/sign-in-link")
          .map(answer -> answer.path("url").asText())
          .ifPresentOrElse(
              url -> lines.add("  sign in            " + url + "   (once, within 10 minutes)"),
              () -> lines.add("  sign in            " + apiUrl + "/sign-in"));
    } catch (IOException e) {
      lines.add("  sign in            ./backlot sign-in-link   (" + e.getMessage() + ")");
    }
    return lines;
  }

  private Optional<JsonNode> call(String method, String path) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create(apiUrl + path).toURL().openConnection();
    connection.setRequestMethod(method);
    connection.setConnectTimeout(PATIENCE_MILLIS);
    connection.setReadTimeout(PATIENCE_MILLIS);
    connection.setRequestProperty("Authorization", "Bearer " + token);
    if (method.equals("POST")) {
      connection.setDoOutput(true);
      connection.setRequestProperty("Content-Type", "application/json");
      try (OutputStream out = connection.getOutputStream()) {
        out.write("{}".getBytes(StandardCharsets.UTF_8));
      }
    }
    if (connection.getResponseCode() != 200) {
      return Optional.empty();
    }
    try (InputStream in = connection.getInputStream()) {
      return Optional.of(new ObjectMapper().readTree(in));
    }
  }
}
