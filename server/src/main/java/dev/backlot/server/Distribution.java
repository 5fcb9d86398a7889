package dev.backlot.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the build made: a directory of jars per kind of process, and the web UI.
 *
 * @param directory with {@code dataplane/lib}, {@code controller/lib}, {@code cli/lib}, {@code ui}
 * @param home the checkout, with {@code examples/}
 */
record Distribution(Path directory, Path home) {
  /** Returns the distribution that this process was started from. */
  static Distribution current() {
    return new Distribution(property("backlot.dist"), property("backlot.home"));
  }

  String classpath(String process) {
    return directory.resolve(process).resolve("lib").resolve("*").toString();
  }

  /** Returns the JVM options that load prepared classes, when the build prepared them. */
  List<String> sharedClasses(String process) {
    Path archive = directory.resolve(process).resolve("classes.jsa");
    return Files.exists(archive)
        ? List.of(
            "-XX:SharedArchiveFile=" + archive,
            "-Xshare:auto",
            "-Xlog:cds=off",
            "-Xlog:cds+dynamic=off")
        : List.of();
  }

  Path uiDir() {
    return directory.resolve("ui");
  }

  private static Path property(String name) {
    String value = System.getProperty(name);
    if (value == null) {
      throw new IllegalStateException("System property " + name + " is not set; use ./backlot");
    }
    return Path.of(value).toAbsolutePath();
  }
}
