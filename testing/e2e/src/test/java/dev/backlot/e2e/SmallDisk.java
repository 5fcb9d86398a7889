package dev.backlot.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A file system of its own, small enough to be filled; needs the right to mount. */
final class SmallDisk implements AutoCloseable {
  private final Path directory;
  private final boolean mounted;
  private final String refusal;

  /** Mounts one, or makes a plain directory where that is impossible. */
  SmallDisk(int megabytes) throws IOException, InterruptedException {
    this.directory = Files.createTempDirectory("backlot-disk-");
    this.refusal =
        run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", directory.toString());
    this.mounted = refusal.isEmpty();
  }

  Path directory() {
    return directory;
  }

  boolean isMounted() {
    return mounted;
  }

  /** Returns why nothing could be mounted. */
  String refusal() {
    return refusal;
  }

  /** Lets nobody write; returns false while somebody holds a file open for writing. */
  boolean makeReadOnly() throws IOException, InterruptedException {
    return run("mount", "-o", "remount,ro", directory.toString()).isEmpty();
  }

  void makeWritable() throws IOException, InterruptedException {
    String said = run("mount", "-o", "remount,rw", directory.toString());
    if (!said.isEmpty()) {
      throw new IOException(said);
    }
  }

  /** Takes all room that is left. */
  void fill() throws IOException, InterruptedException {
    run("dd", "if=/dev/zero", "of=" + directory.resolve("ballast"), "bs=64k");
  }

  void makeRoom() throws IOException {
    Files.delete(directory.resolve("ballast"));
  }

  /** Returns what a command complains of; empty when it succeeds. */
  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      return said.isBlank() ? "exit code " + process.exitValue() : said.strip();
    }
    return "";
  }

  @Override
  public void close() throws IOException {
    try {
      if (mounted) {
        run("umount", "-l", directory.toString());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Files.deleteIfExists(directory);
  }
}
