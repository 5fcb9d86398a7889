package dev.backlot.e2e;

import dev.backlot.embedded.KafkaServer;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A Kafka in a process of its own, as a platform finds it elsewhere; it can be killed. */
final class KafkaProcess implements AutoCloseable {
  private static final String READY = "Kafka is ready";

  private final Path directory;
  private final int port;
  private Process process;

  KafkaProcess() throws IOException {
    this.directory = Files.createTempDirectory("backlot-external-kafka-");
    this.port = freePort();
    start();
  }

  /** Runs the broker until standard input ends: {@code DIRECTORY PORT}. */
  public static void main(String[] arguments) throws IOException {
    KafkaServer server =
        KafkaServer.at(Path.of(arguments[0])).port(Integer.parseInt(arguments[1])).start();
    System.out.println(READY);
    while (System.in.read() >= 0) {
      // only the end counts
    }
    server.stop();
    System.exit(0);
  }

  String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Starts it where it was, and returns when it accepts clients. */
  void start() throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    process =
        new ProcessBuilder(
                List.of(
                    java,
                    "-Xmx256m",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    KafkaProcess.class.getName(),
                    directory.toString(),
                    Integer.toString(port)))
            .redirectError(new File(directory + ".log"))
            .start();
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = output.readLine();
    while (line != null && !line.contains(READY)) {
      line = output.readLine();
    }
    if (line == null) {
      throw new IllegalStateException("Kafka did not start; see " + directory + ".log");
    }
  }

  /** Ends it as kill -9 does. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(Path.of(directory + ".log"));
  }
}
