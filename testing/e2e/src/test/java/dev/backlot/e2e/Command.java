package dev.backlot.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs {@code ./backlot} commands against one server. */
final class Command {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String server;

  Command(String server) {
    this.server = server;
  }

  /** What a command did. */
  record Result(int exit, String out, String err) {
    JsonNode json() {
      try {
        return JSON.readTree(out);
      } catch (IOException e) {
        throw new UncheckedIOException("not JSON: " + out + err, e);
      }
    }
  }

  /** The repository's root, found upwards from the working directory. */
  static Path home() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isExecutable(folder.resolve("backlot"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException("no ./backlot above the working directory");
      }
    }
    return folder;
  }

  static Path backlot() {
    return home().resolve("backlot");
  }

  /** Runs a command and waits for its end, two minutes at most. */
  Result run(String... arguments) {
    List<String> words = new ArrayList<>(List.of(backlot().toString()));
    words.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().putAll(Map.of("BACKLOT_SERVER", server));
    try {
      Path out = Files.createTempFile("backlot-", ".out");
      Path err = Files.createTempFile("backlot-", ".err");
      try {
        Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new AssertionError(words + " has not ended after 120 s");
        }
        return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
      } finally {
        Files.deleteIfExists(out);
        Files.deleteIfExists(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Runs a command that must succeed. */
  Result ok(String... arguments) {
    Result result = run(arguments);
    if (result.exit() != 0) {
      throw new AssertionError(
          List.of(arguments)
              + " ended with "
              + result.exit()
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

  /** Returns a pipeline's status as {@code get -o json} shows it. */
  JsonNode pipelineStatus(String name) {
    Result result = run("get", "pipeline", name, "-o", "json");
    return result.exit() == 0 ? result.json().at("/items/0/status") : JSON.createObjectNode();
  }

  /** Returns the one number that a query answers, or -1 while it can't be answered. */
  long number(String sql) {
    Result result = run("query", sql, "-o", "json");
    if (result.exit() != 0) {
      return -1;
    }
    JsonNode rows = result.json();
    return rows.isEmpty() ? -1 : rows.get(0).elements().next().asLong(-1);
  }
}
