package dev.backlot.warehouse.child;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Small Java processes around a DuckDB: how they are started and what they leave behind. */
public final class ChildJvm {
  private static final Path NICE = Path.of("/usr/bin/nice");

  private ChildJvm() {}

  /**
   * Returns the command that starts a process quickly and keeps its heap small.
   *
   * @param main the class whose main method runs
   * @param scratch directory for temporary files, of this process alone
   * @param classpath or empty to take the few jars that such a process needs from this one's
   * @param argument the only one
   */
  public static List<String> command(
      Class<?> main, int heapMegabytes, Path scratch, String classpath, String argument) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + heapMegabytes + "m");
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
    command.add(classpath.isEmpty() ? ownClasspath(main) : classpath);
    command.add(main.getName());
    command.add(argument);
    return command;
  }

  /** Returns what stands before a command so that it runs with a priority; nothing for 0. */
  public static List<String> priority(int niceness) {
    return niceness != 0 && Files.isExecutable(NICE)
        ? List.of(NICE.toString(), "-n", Integer.toString(niceness))
        : List.of();
  }

  /** Keeps secrets in the environment from a process; what it says of errors stays visible. */
  public static void isolate(ProcessBuilder builder) {
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().keySet().removeIf(name -> !name.equals("PATH") && !name.equals("LANG"));
  }

  /** The few jars that a child needs, so that it starts fast. */
  private static String ownClasspath(Class<?> main) {
    Set<String> entries = new LinkedHashSet<>();
    for (Class<?> needed :
        List.of(
            main,
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

  /** The driver unpacks its library to a file that only an orderly exit would delete. */
  public static void deleteDriverLibrary() throws IOException {
    Path directory = Path.of(System.getProperty("java.io.tmpdir"));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "libduckdb_java*")) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }

  /** Deletes a directory with all that is in it, as far as it can. */
  public static void delete(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      System.getLogger(ChildJvm.class.getName())
          .log(System.Logger.Level.WARNING, "Cannot delete " + directory, e);
    }
  }
}
