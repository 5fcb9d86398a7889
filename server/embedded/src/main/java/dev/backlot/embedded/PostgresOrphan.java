package dev.backlot.embedded;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A PostgreSQL that outlived the process which started it. */
final class PostgresOrphan {
  private PostgresOrphan() {}

  /**
   * Ends the server that serves a data directory, if one does, and removes a lock file whose
   * process is something else by now.
   */
  static void stop(Path dataDir) throws IOException {
    Path lock = dataDir.resolve("postmaster.pid");
    Optional<ProcessHandle> holder = holder(lock);
    if (holder.isEmpty()) {
      Files.deleteIfExists(lock);
      return;
    }
    if (!servesDirectory(holder.get(), dataDir)) {
      Files.deleteIfExists(lock);
      return;
    }
    boolean gone =
        Processes.stop(
            holder.get(),
            List.of(
                new Processes.Step("INT", Duration.ofSeconds(10)),
                new Processes.Step("QUIT", Duration.ofSeconds(5)),
                new Processes.Step("KILL", Duration.ofSeconds(5))));
    if (!gone) {
      throw new ProblemException(
          ProblemCode.INTERNAL,
          "Cannot take over the data directory '"
              + dataDir
              + "': process "
              + holder.get().pid()
              + " still serves it. End that process.");
    }
    Files.deleteIfExists(lock);
  }

  private static Optional<ProcessHandle> holder(Path lock) throws IOException {
    if (!Files.exists(lock)) {
      return Optional.empty();
    }
    try {
      List<String> lines = Files.readAllLines(lock);
      return lines.isEmpty()
          ? Optional.empty()
          : ProcessHandle.of(Long.parseLong(lines.get(0).strip())).filter(ProcessHandle::isAlive);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static boolean servesDirectory(ProcessHandle process, Path dataDir) {
    String commandLine = commandLine(process);
    return commandLine.contains("postgres") && commandLine.contains(dataDir.toString());
  }

  private static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline")).replace('\0', ' ');
    } catch (IOException e) {
      return process.info().commandLine().orElse("");
    }
  }
}
