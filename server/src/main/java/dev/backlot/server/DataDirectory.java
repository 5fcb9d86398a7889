package dev.backlot.server;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.server.process.PidFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The one directory that holds an installation's state. Once opened, no other supervisor can open
 * it until this process ends, however that happens.
 */
final class DataDirectory {
  private final Path root;

  /** Held open for the lock's sake. */
  @SuppressWarnings({"unused", "FieldCanBeLocal"})
  private final FileChannel lockFile;

  private DataDirectory(Path root, FileChannel lockFile) {
    this.root = root;
    this.lockFile = lockFile;
  }

  static DataDirectory open(Path directory) throws IOException {
    Path root = directory.toAbsolutePath().normalize();
    try {
      Files.createDirectories(
          root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      root = root.toRealPath();
      for (String name : new String[] {"run", "logs", "secrets"}) {
        Files.createDirectories(root.resolve(name));
      }
      Files.setPosixFilePermissions(
          root.resolve("secrets"), PosixFilePermissions.fromString("rwx------"));
    } catch (IOException e) {
      throw new ProblemException(
          ProblemCode.PREREQUISITE_MISSING,
          "Cannot use data directory '"
              + directory
              + "': "
              + e
              + ". Make it writable, or name another with --data-dir.",
          e);
    }
    Path lock = root.resolve("run/lock");
    FileChannel channel =
        FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (tryLock(channel) == null) {
      channel.close();
      throw new ProblemException(
          ProblemCode.NOT_ALLOWED_NOW,
          "Cannot use data directory '"
              + root
              + "': "
              + new PidFiles(root.resolve("run"))
                  .holder("supervisor")
                  .map(pid -> "process " + pid + " runs Backlot there")
                  .orElse("another process runs Backlot there")
              + ". Stop it, or name another directory with --data-dir.");
    }
    return new DataDirectory(root, channel);
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  Path root() {
    return root;
  }

  Path resolve(String name) {
    return root.resolve(name);
  }

  Path logs() {
    return root.resolve("logs");
  }
}
