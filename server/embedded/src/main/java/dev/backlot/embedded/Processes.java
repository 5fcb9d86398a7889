package dev.backlot.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Child processes: how they are started and signalled. */
public final class Processes {
  private static final boolean LINUX =
      System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");

  private Processes() {}

  /** One attempt to end a process: a signal's name, and how long to wait for its effect. */
  public record Step(String signal, Duration patience) {}

  /**
   * Ends a process by signals of growing force; returns whether it is gone. Does nothing to a
   * process that has ended.
   */
  public static boolean stop(ProcessHandle process, List<Step> steps) {
    for (Step step : steps) {
      if (!process.isAlive()) {
        return true;
      }
      signal(process.pid(), step.signal());
      try {
        process.onExit().get(step.patience().toMillis(), TimeUnit.MILLISECONDS);
        return true;
      } catch (TimeoutException | ExecutionException e) {
        continue;
      } catch (InterruptedException e) {
        signal(process.pid(), "KILL");
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return !process.isAlive();
  }

  /** Sends a signal by its name; a process that has ended is no error. */
  public static void signal(long pid, String signal) {
    try {
      new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " " + pid)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Returns the command in a session of its own where that is possible, so that a terminal's Ctrl-C
   * reaches only the supervisor, which then ends the others in their order.
   */
  public static List<String> inOwnSession(List<String> command) {
    if (!Files.isExecutable(Path.of("/usr/bin/setsid"))) {
      return command;
    }
    List<String> wrapped = new ArrayList<>(List.of("/usr/bin/setsid"));
    wrapped.addAll(command);
    return wrapped;
  }

  /**
   * Prepares a PostgreSQL program, which refuses to run as root: root enters a user namespace in
   * which it is nobody. The files on disk still belong to root.
   */
  static ProcessBuilder unprivileged(List<String> command, Path workingDir, File log) {
    List<String> wrapped = new ArrayList<>();
    if (LINUX && "root".equals(System.getProperty("user.name"))) {
      wrapped.addAll(List.of("unshare", "--user"));
    }
    wrapped.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(inOwnSession(wrapped))
            .directory(workingDir.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.environment().put("LC_ALL", "C");
    builder.environment().put("TZ", "UTC");
    return builder;
  }
}
