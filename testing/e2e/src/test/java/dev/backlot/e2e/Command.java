package dev.backlot.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backlot.testing.platform.Platform;
import dev.backlot.testing.platform.Platform.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs {@code ./backlot} commands against one server. */
final class Command {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String server;

  Command(String server) {
    this.server = server;
  }

  /** Runs a command and waits for its end. */
  Result run(String... words) {
    return Platform.run(server, words);
  }

  /** Runs a command that must succeed. */
  Result ok(String... arguments) {
    Result result = run(arguments);
    if (result.exitCode() != 0) {
      throw new AssertionError(
          List.of(arguments)
              + " ended with "
              + result.exitCode()
              + ":\n"
              + result.out()
              + result.err());
    }
    return result;
  }

  /** Applies a document given as text. */
  Result apply(String yaml) {
    try {
      Path file = Files.createTempFile("spec-", ".yaml");
      try {
        Files.writeString(file, yaml);
        return run("apply", "-f", file.toString());
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns what a command printed as JSON. */
  static JsonNode json(Result result) {
    try {
      return JSON.readTree(result.out());
    } catch (IOException e) {
      throw new UncheckedIOException("not JSON: " + result.out() + result.err(), e);
    }
  }

  /** Returns a pipeline's status as {@code get -o json} shows it. */
  JsonNode pipelineStatus(String name) {
    Result result = run("get", "pipeline", name, "-o", "json");
    return result.exitCode() == 0 ? json(result).at("/items/0/status") : JSON.createObjectNode();
  }

  /** Returns the one number that a query answers, or -1 while it can't be answered. */
  long number(String sql) {
    Result result = run("query", sql, "-o", "json");
    if (result.exitCode() != 0) {
      return -1;
    }
    JsonNode rows = json(result);
    return rows.isEmpty() ? -1 : rows.get(0).elements().next().asLong(-1);
  }
}
