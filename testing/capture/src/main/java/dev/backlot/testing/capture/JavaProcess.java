package dev.backlot.testing.capture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A JVM of its own that can be killed, frozen and thawed. It ends with this one. */
public final class JavaProcess implements AutoCloseable {
  private static final Duration ENDING = Duration.ofSeconds(20);

  private final String name;
  private final Path log;
  private final Process process;
  private final Thread hook;

  private JavaProcess(String name, Path log, Process process) {
    this.name = name;
    this.log = log;
    this.process = process;
    this.hook = new Thread(process::destroyForcibly, "end-" + name);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Starts a JVM of the same Java.
   *
   * @param log where everything that it prints is appended to
   */
  public static JavaProcess start(
      String name,
      List<String> options,
      String classPath,
      String mainClass,
      List<String> arguments,
      Map<String, String> environment,
      Path log)
      throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(options);
    line.addAll(List.of("-cp", classPath, mainClass));
    line.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    return new JavaProcess(name, log, builder.start());
  }

  /** Returns what it is called in messages. */
  public String name() {
    return name;
  }

  /** Returns its process id. */
  public long pid() {
    return process.pid();
  }

  /** Returns whether it runs, frozen or not. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Returns everything that it, and what else has the same log, has printed. */
  public String printed() throws IOException {
    return Files.exists(log) ? Files.readString(log, StandardCharsets.UTF_8) : "";
  }

  /** Waits until it has printed something. */
  public void awaitPrinted(String text, Duration atMost) throws Exception {
    Patience.until(
        name + " to print '" + text + "' to " + log,
        atMost,
        () -> {
          if (printed().contains(text)) {
            return true;
          }
          if (!process.isAlive()) {
            throw new IllegalStateException(name + " has ended:\n" + printed());
          }
          return false;
        });
  }

  /** Ends it as kill -9 does. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
    forget();
  }

  /** Stops it without its knowing, as a pause of its machine does. */
  public void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  /** Lets it go on. */
  public void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  /** Asks it to end. */
  public void terminate() {
    process.destroy();
  }

  /** Waits until it has ended, and returns its exit code. */
  public int awaitExit(Duration atMost) throws InterruptedException {
    if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException(name + " has not ended in " + atMost.toSeconds() + " s");
    }
    forget();
    return process.exitValue();
  }

  private void signal(String signal) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
  }

  private void forget() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM ends.
    }
  }

  /** Ends it in order, and harder when it does not. */
  @Override
  public void close() {
    try {
      if (process.isAlive()) {
        thaw();
        process.destroy();
        if (!process.waitFor(ENDING.toSeconds(), TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor();
        }
      }
      forget();
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
