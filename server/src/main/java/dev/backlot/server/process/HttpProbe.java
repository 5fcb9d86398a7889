package dev.backlot.server.process;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Optional;

/**
 * Asks whether an HTTP endpoint answers with 200.
 *
 * @param url where
 * @param bearer the token to show
 */
public record HttpProbe(String url, Optional<String> bearer) implements Probe {
  private static final int PATIENCE_MILLIS = 3000;

  @Override
  public boolean succeeds() {
    try {
      // Not java.net.http: its threads and classes would double the supervisor's memory.
      HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
      connection.setConnectTimeout(PATIENCE_MILLIS);
      connection.setReadTimeout(PATIENCE_MILLIS);
      bearer.ifPresent(token -> connection.setRequestProperty("Authorization", "Bearer " + token));
      try {
        return connection.getResponseCode() == 200;
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      return false;
    }
  }
}
