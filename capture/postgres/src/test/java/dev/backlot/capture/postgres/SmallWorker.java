package dev.backlot.capture.postgres;

import dev.backlot.capture.worker.CaptureWorker;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.platform.PlatformConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A capture worker in a process of its own, with a heap of a given size, beside the servers of a
 * {@link CaptureBench}. It ends when its input does.
 */
final class SmallWorker implements AutoCloseable {
  private final Process process;

  private SmallWorker(Process process) {
    this.process = process;
  }

  /**
   * Starts one.
   *
   * @param heap as {@code -Xmx} wants it
   */
  static SmallWorker start(CaptureBench bench, String heap) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                SmallWorker.class.getName(),
                bench.postgres.jdbcUrl("metadata"),
                bench.postgres.user(),
                bench.kafka.bootstrapServers()));
    builder.environment().put("BACKLOT_SECRET_TEST", bench.postgres.password());
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.redirectOutput(ProcessBuilder.Redirect.INHERIT);
    return new SmallWorker(builder.start());
  }

  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    process.getOutputStream().close();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }

  public static void main(String[] arguments) throws Exception {
    String password = System.getenv("BACKLOT_SECRET_TEST");
    PlatformConfig.Database database =
        new PlatformConfig.Database(arguments[0], arguments[1], password);
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (MetadataDatabase metadata = MetadataDatabase.open(database);
        CaptureWorker worker =
            CaptureWorker.start(
                CaptureBench.environment(database, metadata, arguments[2], password))) {
      while (input.readLine() != null) {
        // It says nothing; its end is all that counts.
      }
    }
  }
}
