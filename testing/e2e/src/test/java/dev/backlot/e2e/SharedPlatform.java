package dev.backlot.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.embedded.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** One platform and one source database for all tests that kill nothing; ended with the JVM. */
final class SharedPlatform {
  private static SharedPlatform shared;

  private final PostgresServer source;
  private final Installation platform;

  private SharedPlatform() throws IOException {
    source = PostgresServer.temporary().start();
    platform =
        Installation.up(
            Map.of("BACKLOT_SECRET_SOURCE", source.password(), "BACKLOT_SECRET_WRONG", "wrong"));
    Runtime.getRuntime().addShutdownHook(new Thread(this::end, "end-shared-platform"));
  }

  /** Starts them at the first call. */
  static synchronized SharedPlatform get() {
    if (shared == null) {
      try {
        shared = new SharedPlatform();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return shared;
  }

  PostgresServer source() {
    return source;
  }

  Installation platform() {
    return platform;
  }

  /** Returns a connection document for the source database. */
  String connection(String name, String include) {
    return """
    apiVersion: backlot/v1
    kind: Connection
    name: %s
    owner: tests
    type: postgresql
    config: {host: localhost, port: %d, database: postgres, user: postgres, password: {env: BACKLOT_SECRET_SOURCE}}
    tables: {include: [%s]}
    """
        .formatted(name, source.port(), include);
  }

  /** Pauses every pipeline that runs, if the platform was started at all. */
  static synchronized void pausePipelines() {
    if (shared == null) {
      return;
    }
    Rest rest = new Rest(shared.platform.url());
    for (JsonNode item : rest.get("/api/v1/pipelines").path("items")) {
      if (!item.at("/status/state").asText().equals("paused")) {
        rest.post("/api/v1/pipelines/" + item.path("name").asText() + "/pause");
      }
    }
  }

  private void end() {
    try {
      platform.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      source.close();
    }
  }
}
