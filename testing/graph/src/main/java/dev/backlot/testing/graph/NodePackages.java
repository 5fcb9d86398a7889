package dev.backlot.testing.graph;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The Node packages that the graph is made of; fetched when they are not there. */
final class NodePackages {
  private static final Object IN_THIS_PROCESS = new Object();

  private NodePackages() {}

  /** Returns this module's directory in the checkout, with its packages in place. */
  static Path install() {
    Path module = module();
    synchronized (IN_THIS_PROCESS) {
      if (!installed(module)) {
        installAlone(module);
      }
    }
    return module;
  }

  private static Path module() {
    for (Path directory = Path.of("").toAbsolutePath();
        directory != null;
        directory = directory.getParent()) {
      Path module = directory.resolve("testing/graph");
      if (Files.exists(module.resolve("package-lock.json"))) {
        return module;
      }
    }
    throw new IllegalStateException(
        "There is no testing/graph above " + Path.of("").toAbsolutePath());
  }

  private static boolean installed(Path module) {
    Path done = module.resolve("node_modules/.package-lock.json");
    Path wanted = module.resolve("package-lock.json");
    try {
      return Files.exists(done)
          && Files.getLastModifiedTime(done).compareTo(Files.getLastModifiedTime(wanted)) >= 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Several test processes may want the packages at once. */
  private static void installAlone(Path module) {
    try {
      Path target = Files.createDirectories(module.resolve("target"));
      try (FileChannel channel =
              FileChannel.open(
                  target.resolve("npm.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        if (lock.isValid() && !installed(module)) {
          npmCi(module);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void npmCi(Path module) throws IOException {
    Process npm =
        new ProcessBuilder(List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"))
            .directory(module.toFile())
            .redirectErrorStream(true)
            .start();
    npm.getOutputStream().close();
    String said = new String(npm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (npm.waitFor() != 0) {
        throw new IllegalStateException("npm ci failed in " + module + ":\n" + said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
