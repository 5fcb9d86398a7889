package dev.backlot.e2e;

import dev.backlot.testing.platform.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A platform in a temporary data directory, which outlives its supervisors until it is closed. */
final class Installation implements AutoCloseable {
  static {
    // Ten looks a second, the default, are work for a platform on a small machine.
    Awaitility.setDefaultPollInterval(Duration.ofMillis(300));
  }

  private final Path dataDir;
  private final int port;
  private final String start;
  private final List<String> options;
  private final Map<String, String> variables;
  private Platform platform;

  private Installation(String start, List<String> options, Map<String, String> variables)
      throws IOException {
    this.dataDir = Files.createTempDirectory("backlot-e2e-");
    this.port = Platform.freePorts();
    this.start = start;
    this.options = options;
    this.variables = variables;
    this.platform = launch();
  }

  private Platform launch() {
    return Platform.launch(start, dataDir, port, options, variables);
  }

  /** Starts a platform on free ports and waits until it is up. */
  static Installation up(Map<String, String> variables) throws IOException {
    return up(variables, List.of());
  }

  /** Starts a platform with further options of {@code ./backlot up} and waits until it is up. */
  static Installation up(Map<String, String> variables, List<String> options) throws IOException {
    return awaited(new Installation("up", options, variables));
  }

  /** Starts the demo on free ports, with its workload paused, and waits until it is up. */
  static Installation demo() throws IOException {
    return awaited(new Installation("demo", List.of("--no-workload"), Map.of()));
  }

  private static Installation awaited(Installation installation) throws IOException {
    try {
      installation.platform.awaitUp();
      return installation;
    } catch (AssertionError e) {
      installation.close();
      throw e;
    }
  }

  String url() {
    return platform.url();
  }

  Command command() {
    return new Command(url());
  }

  /** Returns the API's port; the others follow it. */
  int port() {
    return port;
  }

  Platform platform() {
    return platform;
  }

  /** Kills the supervisor with -9 and starts another in the same data directory. */
  void replaceSupervisor() {
    platform.killSupervisor();
    platform = launch();
  }

  @Override
  public void close() throws IOException {
    platform.close();
    keepLogs();
    try (Stream<Path> files = Files.walk(dataDir)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Copies what the processes said to {@code target/}, for whoever has to find out why. */
  private void keepLogs() throws IOException {
    Path kept = Platform.root().resolve("testing/e2e/target/platforms/" + port);
    Files.createDirectories(kept);
    Files.writeString(kept.resolve("up.log"), platform.output());
    if (!Files.isDirectory(dataDir.resolve("logs"))) {
      return;
    }
    try (Stream<Path> logs = Files.list(dataDir.resolve("logs"))) {
      for (Path log : logs.toList()) {
        Files.copy(log, kept.resolve(log.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
