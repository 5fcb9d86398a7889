package dev.backlot.controller;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Servers that Maven Central has, fetched at their first use. */
final class MavenArtifact {
  private MavenArtifact() {}

  /** Unpacks an archive into a directory. */
  static void unpack(String artifact, Path target) throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("mvnw"))) {
      root = root.getParent();
    }
    Process maven =
        new ProcessBuilder(
                root.resolve("mvnw").toString(),
                "-B",
                "-q",
                "-N",
                "dependency:unpack",
                "-Dartifact=" + artifact,
                "-DoutputDirectory=" + target,
                // Not needed; in the archive they are links, which Maven makes empty files of.
                "-Dmdep.unpack.excludes=*/plugin/**",
                "-Dmdep.overWriteReleases=true")
            .directory(root.toFile())
            .redirectErrorStream(true)
            .start();
    maven.getOutputStream().close();
    String said = new String(maven.getInputStream().readAllBytes());
    try {
      if (maven.waitFor() != 0) {
        throw new AssertionError("Cannot fetch " + artifact + ": " + said);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
