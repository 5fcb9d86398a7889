package dev.backlot.benchmarks.child;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The parent's end of a JVM that serves {@link Commands}. Not thread-safe. */
public final class Child implements AutoCloseable {
  private static final Duration ENDING = Duration.ofSeconds(15);

  private final String name;
  private final Process process;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private final Path log;

  private Child(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
    Thread reader = new Thread(this::read, name + "-output");
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Starts a JVM of the same Java; it ends with this one.
   *
   * @param log where everything goes that is no answer
   */
  public static Child start(
      String name,
      List<String> jvmOptions,
      String classPath,
      String mainClass,
      List<String> arguments,
      Path log) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(jvmOptions);
    line.addAll(List.of("-cp", classPath, mainClass));
    line.addAll(arguments);
    try {
      return new Child(name, new ProcessBuilder(line).redirectErrorStream(true).start(), log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the process, whose CPU time is the child's. */
  public ProcessHandle process() {
    return process.toHandle();
  }

  /**
   * Asks and waits for the answer.
   *
   * @throws IllegalStateException when the child fails, dies or does not answer in time
   */
  public String ask(Duration atMost, String... words) {
    try {
      OutputStream out = process.getOutputStream();
      out.write((String.join(" ", words) + "\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
      String answer = answers.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
      if (answer == null || answer.startsWith(Commands.FAILURE)) {
        throw new IllegalStateException(
            name
                + " did not "
                + words[0]
                + ": "
                + (answer == null ? "no answer" : answer.substring(Commands.FAILURE.length()))
                + ". See "
                + log);
      }
      return answer.substring(Commands.ANSWER.length());
    } catch (IOException e) {
      throw new IllegalStateException(name + " is gone. See " + log, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(ENDING.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private void read() {
    try (BufferedReader in =
            new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        var out = Files.newBufferedWriter(log)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith(Commands.ANSWER) || line.startsWith(Commands.FAILURE)) {
          answers.add(line);
        } else {
          out.write(line);
          out.newLine();
          out.flush();
        }
      }
    } catch (IOException e) {
      answers.add(Commands.FAILURE + e);
    }
    answers.add(Commands.FAILURE + "the process has ended");
  }
}
