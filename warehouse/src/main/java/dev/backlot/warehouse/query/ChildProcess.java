package dev.backlot.warehouse.query;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

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
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + HEAP_MEGABYTES + "m");
    command.add("-XX:+UseSerialGC");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:-UsePerfData");
    command.add("-Duser.timezone=UTC");
    command.add("-Dfile.encoding=UTF-8");
    command.add("-Djava.io.tmpdir=" + scratch);
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.add("-cp");
    command.add(settings.classpath().isEmpty() ? ownClasspath() : settings.classpath());
    command.add(QueryChild.class.getName());
    command.add(
        JSON.writeValueAsString(
            new QueryChild.Settings(
                warehouse.toString(),
                scratch.toString(),
                settings.memoryMegabytes(),
                settings.threads())));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().keySet().removeIf(name -> !name.equals("PATH") && !name.equals("LANG"));
    return new ChildProcess(builder.start(), scratch);
  }

  /** The few jars that a child needs, so that it starts fast. */
  private static String ownClasspath() {
    Set<String> entries = new LinkedHashSet<>();
    for (Class<?> needed :
        List.of(
            QueryChild.class,
            org.duckdb.DuckDBDriver.class,
            ObjectMapper.class,
            JsonGenerator.class,
            com.fasterxml.jackson.annotation.JsonProperty.class)) {
      CodeSource source = needed.getProtectionDomain().getCodeSource();
      try {
        entries.add(Path.of(source.getLocation().toURI()).toString());
      } catch (URISyntaxException e) {
        throw new IllegalStateException(e);
      }
    }
    return String.join(File.pathSeparator, entries);
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
    delete(scratch);
  }

  static void delete(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      System.getLogger(ChildProcess.class.getName())
          .log(System.Logger.Level.WARNING, "Cannot delete " + directory, e);
    }
  }
}
