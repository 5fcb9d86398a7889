package dev.backlot.server.process;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Optional;

/**
 * Asks an HTTP endpoint: 200 means ready, any status that the process is alive.
 *
 * @param url where
 * @param bearer the token to show
 */
public record HttpProbe(String url, Optional<String> bearer) implements Probe {
  private static final int PATIENCE_MILLIS = 5000;

  @Override
  public boolean ready() {
    return status() == 200;
  }

  @Override
  public boolean responds() {
    return status() > 0;
  }

  /** Returns the status, or 0 when there is no answer. */
  private int status() {
    try {
      // Not java.net.http: its threads and classes would double the supervisor's memory.
      HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
      connection.setConnectTimeout(PATIENCE_MILLIS);
      connection.setReadTimeout(PATIENCE_MILLIS);
      bearer.ifPresent(token -> connection.setRequestProperty("Authorization", "Bearer " + token));
      try {
        return connection.getResponseCode();
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      return 0;
    }
  }
}
