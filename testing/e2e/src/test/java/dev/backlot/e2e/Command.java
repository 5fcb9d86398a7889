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

/**
 * Runs {@code ./backlot} commands against one server. What tests ask again and again comes from the
 * REST API: a process for each look takes the processor from what is looked at.
 */
final class Command {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String server;
  private final Rest rest;

  Command(String server) {
    this.server = server;
    this.rest = new Rest(server);
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

  /** Returns what the REST API answers, which it must: nothing would look like none. */
  JsonNode get(String path) {
    JsonNode answer = find(path);
    if (answer.isEmpty()) {
      throw new AssertionError("no answer to " + path + ": " + rest.states());
    }
    return answer;
  }

  /** Returns the rows of a query, which must be answered. */
  JsonNode rows(String sql) {
    try {
      return rest.rows(sql);
    } catch (IOException e) {
      throw new AssertionError(rest.states(), e);
    }
  }

  /** Returns what the REST API answers; empty while there is no such thing. */
  JsonNode find(String path) {
    return rest.get(path);
  }

  /** Returns whether an incident of a kind is not over. */
  boolean hasIncident(String kind) {
    for (JsonNode item : get("/api/v1/incidents").path("items")) {
      if (item.at("/spec/kind").asText().equals(kind)
          && !item.at("/status/state").asText().equals("resolved")) {
        return true;
      }
    }
    return false;
  }

  /** Returns a pipeline's status, proof included; empty while there is no such pipeline. */
  JsonNode pipelineStatus(String name) {
    return find("/api/v1/pipelines/" + name).path("status");
  }

  /** Returns the one number that a query answers, or -1 while it can't be answered. */
  long number(String sql) {
    return rest.number(sql);
  }
}
