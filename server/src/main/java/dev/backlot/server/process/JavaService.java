package dev.backlot.server.process;

import dev.backlot.embedded.Processes;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A child JVM. It is started in a session of its own with a pipe as its standard input: the pipe
 * ends when the supervisor dies, and the child with it.
 */
public final class JavaService implements Service {
  private final Command command;
  private final Optional<String> url;
  private final Probe probe;
  private final LogFile log;

  /**
   * What to run.
   *
   * @param classpath as of {@code java -cp}
   * @param output the file that the process's own output is appended to
   */
  public record Command(
      String name,
      List<String> jvmOptions,
      String classpath,
      String mainClass,
      List<String> arguments,
      Map<String, String> environment,
      Path output) {
    /** Copies what is mutable. */
    public Command {
      jvmOptions = List.copyOf(jvmOptions);
      arguments = List.copyOf(arguments);
      environment = Map.copyOf(environment);
    }
  }

  /**
   * Prepares a child.
   *
   * @param probe how to ask whether it serves, while it is alive
   */
  public JavaService(Command command, Optional<String> url, Probe probe) {
    this.command = command;
    this.url = url;
    this.probe = probe;
    this.log = new LogFile(command.output());
  }

  @Override
  public String name() {
    return command.name();
  }

  @Override
  public Optional<String> url() {
    return url;
  }

  @Override
  public Running start() {
    try {
      log.cutWhenLarge();
      long outputStart = log.size();
      ProcessBuilder builder =
          new ProcessBuilder(Processes.inOwnSession(commandLine()))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(command.output().toFile()));
      builder.environment().putAll(command.environment());
      return new RunningJvm(builder.start(), outputStart);
    } catch (IOException e) {
      throw new ProblemException(
          ProblemCode.INTERNAL,
          "Cannot start service '" + name() + "': " + e.getMessage() + ". Start Backlot again.",
          e);
    }
  }

  private List<String> commandLine() {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(command.jvmOptions());
    line.add("-cp");
    line.add(command.classpath());
    line.add(command.mainClass());
    line.addAll(command.arguments());
    return line;
  }

  private final class RunningJvm implements Running {
    private final Process process;
    private final OutputStream lifeline;
    private final long outputStart;

    private RunningJvm(Process process, long outputStart) {
      this.process = process;
      this.lifeline = process.getOutputStream();
      this.outputStart = outputStart;
    }

    @Override
    public ProcessHandle process() {
      return process.toHandle();
    }

    @Override
    public boolean ready() {
      return process.isAlive() && probe.ready();
    }

    @Override
    public boolean responds() {
      return process.isAlive() && probe.responds();
    }

    @Override
    public void stop() {
      Processes.stop(
          process.toHandle(),
          List.of(
              new Processes.Step("TERM", Duration.ofSeconds(18)),
              new Processes.Step("KILL", Duration.ofSeconds(2))));
      try {
        lifeline.close();
      } catch (IOException e) {
        // The process is gone, and the pipe with it.
      }
    }

    @Override
    public void tidy() {
      log.cutWhenLarge();
    }

    @Override
    public String lastWords() {
      return log.lastWords(outputStart);
    }
  }
}
