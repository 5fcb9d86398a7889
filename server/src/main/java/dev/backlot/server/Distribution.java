package dev.backlot.server;

import java.nio.file.Path;

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
