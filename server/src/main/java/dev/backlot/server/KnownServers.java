package dev.backlot.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Which data directory belongs to which port, in {@code ~/.backlot/servers}: so that commands of
 * the same user find the token of the platform that they are sent to.
 */
final class KnownServers {
  private final Path file;

  KnownServers(Path home, int port) {
    this.file = home.resolve(".backlot/servers").resolve(String.valueOf(port));
  }

  /** Writes down where a platform keeps its token; returns whether that is possible here. */
  boolean add(Path dataDir) {
    try {
      Files.createDirectories(
          file.getParent(),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      PrivateFiles.write(file, dataDir + "\n");
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Forgets the platform, if it is still the one of the port. */
  void remove(Path dataDir) {
    try {
      if (Files.exists(file) && Files.readString(file).strip().equals(dataDir.toString())) {
        Files.delete(file);
      }
    } catch (IOException e) {
      // the next platform on the port overwrites it
      return;
    }
  }
}
