package dev.backlot.server.process;

import dev.backlot.embedded.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Remembers in {@code <name>.pid} which processes run, with their start times, so that a number
 * that was given to another process since is not mistaken for ours.
 */
public final class PidFiles {
  private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(2);

  private final Path directory;

  /** Keeps the files in a directory. */
  public PidFiles(Path directory) {
    this.directory = directory;
  }

  /** Remembers a process under a name: whoever reads sees this one or the one before. */
  public void write(String name, ProcessHandle process) throws IOException {
    Instant started = process.info().startInstant().orElse(Instant.EPOCH);
    Path unfinished = directory.resolve(name + ".unfinished");
    Files.writeString(unfinished, process.pid() + " " + started.toEpochMilli() + "\n");
    Files.move(
        unfinished,
        file(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** Forgets a name. */
  public void delete(String name) throws IOException {
    Files.deleteIfExists(file(name));
  }

  /** Returns the process id remembered under a name, when that very process still runs. */
  public Optional<Long> holder(String name) {
    return process(file(name)).map(ProcessHandle::pid);
  }

  /** Returns the remembered processes that still run. */
  public List<ProcessHandle> running() throws IOException {
    List<ProcessHandle> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".pid")).toList()) {
        process(file)
            .filter(process -> process.pid() != ProcessHandle.current().pid())
            .ifPresent(found::add);
      }
    }
    return found;
  }

  /** Ends the processes that a killed supervisor left behind; returns how many there were. */
  public int stopOrphans() throws IOException {
    List<ProcessHandle> orphans = running();
    orphans.parallelStream()
        .forEach(
            orphan ->
                Processes.stop(
                    orphan,
                    List.of(
                        new Processes.Step("TERM", Duration.ofSeconds(15)),
                        new Processes.Step("KILL", Duration.ofSeconds(5)))));
    return orphans.size();
  }

  private Path file(String name) {
    return directory.resolve(name + ".pid");
  }

  private static Optional<ProcessHandle> process(Path file) {
    try {
      String[] words = Files.readString(file).strip().split(" ");
      Instant started = Instant.ofEpochMilli(Long.parseLong(words[1]));
      return ProcessHandle.of(Long.parseLong(words[0]))
          .filter(ProcessHandle::isAlive)
          .filter(process -> startedAt(process, started));
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  private static boolean startedAt(ProcessHandle process, Instant expected) {
    return process
        .info()
        .startInstant()
        .map(actual -> Duration.between(actual, expected).abs().compareTo(CLOCK_TOLERANCE) <= 0)
        .orElse(false);
  }
}
