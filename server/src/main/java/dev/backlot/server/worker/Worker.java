package dev.backlot.server.worker;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.backlot.capture.worker.CaptureWorker;
import dev.backlot.engine.metrics.MetricsPage;
import dev.backlot.model.Blame;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.platform.PlatformConfig;
import dev.backlot.server.ExternalPlatform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * {@code backlot worker --config FILE}: a capture worker alone. It takes connections whose lease in
 * the metadata database is free, beside any number of other workers, until SIGTERM or Ctrl-C. While
 * the metadata database or Kafka can't be reached it says so and waits.
 */
public final class Worker {
  private static final String USAGE =
      """
      Usage: backlot worker --config FILE

        runs a capture worker alone; the file names the metadata database and Kafka
        (see docs/configuration.md, and docs/capture.md for several workers)
      """;

  private Worker() {}

  /** Runs until the process is told to end. */
  public static void main(String[] arguments) throws InterruptedException {
    List<String> words = List.of(arguments);
    if (words.contains("--help") || words.contains("-h")) {
      System.out.println(USAGE);
      return;
    }
    try {
      run(ExternalPlatform.read(configFile(words)));
    } catch (ProblemException e) {
      e.problems().forEach(System.err::println);
      System.exit(exitCode(e.problems()));
    } catch (RuntimeException e) {
      System.err.println("Cannot run a capture worker: " + e.getMessage());
      System.exit(70);
    }
    new CountDownLatch(1).await();
  }

  private static void run(PlatformConfig config) throws InterruptedException {
    AtomicReference<@Nullable CaptureWorker> running = new AtomicReference<>();
    if (config.enginePort() != 0) {
      HttpServer pages = MetricsPage.serve(config.enginePort());
      pages.createContext("/health", exchange -> answerHealth(exchange, running.get()));
    }
    new Surroundings(config, System.err).await();
    CaptureWorker worker = CaptureWorker.start(config);
    running.set(worker);
    Runtime.getRuntime().addShutdownHook(new Thread(worker::close, "stop"));
    System.out.println(
        "The capture worker runs as process "
            + ProcessHandle.current().pid()
            + "   (Ctrl-C stops it)");
  }

  private static void answerHealth(HttpExchange exchange, @Nullable CaptureWorker worker)
      throws IOException {
    try (exchange) {
      boolean healthy = worker != null && worker.isHealthy();
      byte[] body =
          (healthy ? "ok\n" : "The metadata database is not reached.\n")
              .getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      exchange.sendResponseHeaders(healthy ? 200 : 503, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static Path configFile(List<String> words) {
    if (words.size() == 2 && words.get(0).equals("--config")) {
      return Path.of(words.get(1));
    }
    if (words.size() == 1 && words.get(0).startsWith("--config=")) {
      return Path.of(words.get(0).substring("--config=".length()));
    }
    throw new ProblemException(
        ProblemCode.USAGE,
        "Cannot run a capture worker: it needs --config FILE and nothing else. See backlot worker"
            + " --help.");
  }

  private static int exitCode(List<Problem> problems) {
    if (problems.stream().anyMatch(problem -> problem.code() == ProblemCode.USAGE)) {
      return 64;
    }
    return problems.stream().allMatch(problem -> problem.code().blame() != Blame.PLATFORM) ? 1 : 70;
  }
}
