package dev.backlot.warehouse.maintenance;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backlot.warehouse.child.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs rewrites in a process of low priority that lives as long as one of them and may use a
 * bounded amount of memory. Thread-safe.
 */
final class RewriteProcess {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int HEAP_MEGABYTES = 96;
  private static final Duration LONGEST = Duration.ofMinutes(30);

  private final Path scratch;
  private final String classpath;

  /**
   * Prepares processes.
   *
   * @param scratch directory for temporary files; its content is deleted
   * @param classpath of the processes, or empty to take it from this one's
   */
  RewriteProcess(Path scratch, String classpath) {
    this.scratch = scratch;
    this.classpath = classpath;
    ChildJvm.delete(scratch);
  }

  /** Returns a new directory for one rewrite's temporary files. */
  Path newScratch() throws IOException {
    Files.createDirectories(scratch);
    return Files.createTempDirectory(scratch, "rewrite-");
  }

  /**
   * Writes new files as asked and waits for it.
   *
   * @param directory for temporary files of this rewrite; deleted afterwards
   * @throws IOException when the process fails or takes too long
   */
  RewriteAnswer run(RewriteRequest request, Path directory) throws IOException {
    try {
      JSON.writeValue(directory.resolve(RewriteChild.REQUEST).toFile(), request);
      List<String> command = new ArrayList<>(ChildJvm.priority(10));
      command.addAll(
          ChildJvm.command(
              RewriteChild.class, HEAP_MEGABYTES, directory, classpath, directory.toString()));
      ProcessBuilder builder = new ProcessBuilder(command);
      ChildJvm.isolate(builder);
      builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
      await(builder.start());
      Path answer = directory.resolve(RewriteChild.ANSWER);
      if (!Files.exists(answer)) {
        throw new IOException("the rewriting process failed; its log says why");
      }
      return JSON.readValue(answer.toFile(), RewriteAnswer.class);
    } finally {
      ChildJvm.delete(directory);
    }
  }

  private static void await(Process process) throws IOException {
    try {
      if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException(
            "the rewriting process was not done after " + LONGEST.toMinutes() + " minutes");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }
}
