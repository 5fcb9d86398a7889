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

  /** Pauses a test's pipelines, which would take time from those after it. */
  void pausePipelines(String prefix) {
    Command command = platform.command();
    for (JsonNode item : Command.json(command.ok("get", "pipelines", "-o", "json")).path("items")) {
      String name = item.path("name").asText();
      if (name.startsWith(prefix)) {
        command.ok("pause", "pipeline", name);
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
