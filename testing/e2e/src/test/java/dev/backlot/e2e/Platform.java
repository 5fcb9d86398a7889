package dev.backlot.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A platform started by {@code ./backlot up} in a directory of its own; ended and deleted by {@link
 * #close()}.
 */
final class Platform implements AutoCloseable {
  private final Path dataDir;
  private final int port;
  private final Map<String, String> environment;
  private final HttpClient http = HttpClient.newHttpClient();
  private Process supervisor;

  private Platform(Path dataDir, int port, Map<String, String> environment) throws IOException {
    this.dataDir = dataDir;
    this.port = port;
    this.environment = environment;
    this.supervisor = launch();
  }

  /** Starts a platform on free ports and waits until its health is good. */
  static Platform up(Map<String, String> environment) throws IOException {
    Platform platform =
        new Platform(Files.createTempDirectory("backlot-e2e-"), freePorts(), environment);
    try {
      platform.awaitHealthy();
      return platform;
    } catch (RuntimeException e) {
      String log = Files.readString(platform.log());
      platform.close();
      throw new AssertionError("the platform did not start:\n" + log, e);
    }
  }

  /** Returns the first of ten ports in a row that nobody listens on. */
  private static int freePorts() {
    Random random = new Random();
    while (true) {
      int first = 20_000 + 10 * random.nextInt(1_000);
      if (IntStream.range(first, first + 10).allMatch(Platform::isFree)) {
        return first;
      }
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private Process launch() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                Command.backlot().toString(),
                "up",
                "--data-dir",
                dataDir.toString(),
                "--port",
                Integer.toString(port)));
    builder.environment().putAll(environment);
    return builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
        .start();
  }

  Path log() {
    return dataDir.resolveSibling(dataDir.getFileName() + ".log");
  }

  String url() {
    return "http://localhost:" + port;
  }

  Command command() {
    return new Command(url());
  }

  Path dataDir() {
    return dataDir;
  }

  /** Starts a supervisor anew in the same data directory, after the last one was killed. */
  void upAgain() throws IOException {
    supervisor = launch();
  }

  boolean healthy() {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url() + "/api/v1/health"))
              .timeout(Duration.ofSeconds(5))
              .build();
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  void awaitHealthy() {
    Awaitility.await("health of the platform")
        .atMost(Duration.ofSeconds(150))
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              if (!supervisor.isAlive()) {
                throw new IllegalStateException("'up' ended with " + supervisor.exitValue());
              }
              return healthy();
            });
  }

  /** The processes that can be killed, named as their files in {@code run/}. */
  enum Victim {
    dataplane,
    controller,
    postgres,
    supervisor
  }

  /** Ends a process with SIGKILL; returns its id. */
  long kill(Victim victim) throws IOException {
    long pid =
        Long.parseLong(
            Files.readString(dataDir.resolve("run/" + victim + ".pid")).strip().split(" ")[0]);
    ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
    process.destroyForcibly();
    process.onExit().join();
    return pid;
  }

  /** Returns the id of a process that runs now, or -1. */
  long pid(Victim victim) {
    try {
      return Long.parseLong(
          Files.readString(dataDir.resolve("run/" + victim + ".pid")).strip().split(" ")[0]);
    } catch (IOException | NumberFormatException e) {
      return -1;
    }
  }

  /** Copies what the processes said to {@code target/}, for whoever has to find out why. */
  private void keepLogs() throws IOException {
    Path kept = Command.home().resolve("testing/e2e/target/platforms/" + port);
    Files.createDirectories(kept);
    Files.copy(log(), kept.resolve("up.log"), StandardCopyOption.REPLACE_EXISTING);
    try (Stream<Path> logs = Files.list(dataDir.resolve("logs"))) {
      for (Path log : logs.toList()) {
        Files.copy(log, kept.resolve(log.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Files.delete(log());
  }

  @Override
  public void close() throws IOException {
    supervisor.destroy();
    try {
      if (!supervisor.waitFor(90, TimeUnit.SECONDS)) {
        supervisor.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    keepLogs();
    try (Stream<Path> files = Files.walk(dataDir)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
