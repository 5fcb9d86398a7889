package dev.backlot.testing.capture;

import dev.backlot.embedded.KafkaServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A broker of one node in a process of its own, with its data on disk; it can be killed. */
public final class KafkaProcess implements AutoCloseable {
  private static final String READY = "Kafka is ready on run ";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Path directory;
  private final int port;
  private final int controllerPort;
  private JavaProcess process;
  private int runs;

  /** Starts a broker on a directory. */
  public KafkaProcess(Path directory) throws Exception {
    this.directory = directory;
    this.port = freePort();
    this.controllerPort = freePort();
    this.process = launch();
    start();
  }

  /** Runs a broker until it is told to end: {@code DIRECTORY PORT CONTROLLER_PORT RUN}. */
  public static void main(String[] arguments) throws InterruptedException {
    KafkaServer server =
        KafkaServer.at(Path.of(arguments[0]))
            .port(Integer.parseInt(arguments[1]))
            .controllerPort(Integer.parseInt(arguments[2]))
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(server::stop, "stop"));
    System.out.println(READY + arguments[3] + ".");
    Thread.currentThread().join();
  }

  /** Returns {@code host:port} for clients. */
  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Returns the process. */
  public JavaProcess process() {
    return process;
  }

  /** Starts it again where it was, and returns when it accepts clients. */
  public void startAgain() throws Exception {
    process = launch();
    start();
  }

  private void start() throws Exception {
    process.awaitPrinted(READY + runs + ".", PATIENCE);
  }

  private JavaProcess launch() throws IOException {
    runs++;
    return JavaProcess.start(
        "kafka",
        List.of("-Xmx320m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
        System.getProperty("java.class.path"),
        KafkaProcess.class.getName(),
        List.of(
            directory.resolve("kafka").toString(),
            Integer.toString(port),
            Integer.toString(controllerPort),
            Integer.toString(runs)),
        Map.of(),
        directory.resolve("kafka.log"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
