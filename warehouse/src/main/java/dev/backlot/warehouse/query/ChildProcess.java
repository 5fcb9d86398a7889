package dev.backlot.warehouse.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backlot.warehouse.child.ChildJvm;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A running query process as its parent sees it. For one query at a time; only {@link #cancel} and
 * {@link #kill} may come from other threads.
 */
final class ChildProcess {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int HEAP_MEGABYTES = 96;

  private final Process process;
  private final Path scratch;
  private final Frames.Writer out;
  private final DataInputStream in;

  private ChildProcess(Process process, Path scratch) {
    this.process = process;
    this.scratch = scratch;
    this.out = new Frames.Writer(process.getOutputStream());
    this.in = Frames.reader(process.getInputStream());
  }

  /** Starts a process that may read files under {@code warehouse}. */
  static ChildProcess start(QuerySettings settings, Path warehouse) throws IOException {
    Files.createDirectories(settings.scratch());
    Path scratch = Files.createTempDirectory(settings.scratch(), "query-");
    String argument =
        JSON.writeValueAsString(
            new QueryChild.Settings(
                warehouse.toString(),
                scratch.toString(),
                settings.memoryMegabytes(),
                settings.threads()));
    List<String> command = new ArrayList<>(ChildJvm.priority(settings.niceness()));
    command.addAll(
        ChildJvm.command(
            QueryChild.class, HEAP_MEGABYTES, scratch, settings.classpath(), argument));
    ProcessBuilder builder = new ProcessBuilder(command);
    ChildJvm.isolate(builder);
    return new ChildProcess(builder.start(), scratch);
  }

  /** Returns the statement as DuckDB parses it, or the error inside the same JSON. */
  JsonNode parse(String sql) throws IOException {
    out.write(Frames.PARSE, sql);
    Frames.Frame answer = read();
    JsonNode json = JSON.readTree(answer.body());
    if (answer.type() != Frames.PARSED) {
      throw new IOException("The statement can't be parsed: " + json.path("message").asText());
    }
    return json;
  }

  void run(RunRequest request) throws IOException {
    byte[] body = JSON.writeValueAsBytes(request);
    out.write(Frames.RUN, body, body.length);
  }

  Frames.Frame read() throws IOException {
    return Frames.read(in);
  }

  void cancel() throws IOException {
    out.write(Frames.CANCEL, "");
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** Ends the process at once and removes its files. */
  void kill() {
    process.destroyForcibly();
    try {
      process.waitFor(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ChildJvm.delete(scratch);
  }
}
