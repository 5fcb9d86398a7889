package dev.backlot.server.process;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that a process appends its output to. It is cut while the process writes on: a process
 * that outlives its supervisor keeps its log, which a pipe would not give it.
 */
final class LogFile {
  private static final long LIMIT = 10L * 1024 * 1024;
  private static final int KEPT = 3;
  private static final int LAST_WORDS = 1500;

  private final Path path;

  LogFile(Path path) {
    this.path = path;
  }

  Path path() {
    return path;
  }

  long size() {
    try {
      return Files.exists(path) ? Files.size(path) : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  /** Moves the content to {@code <file>.1} and so on when there is much; keeps three such files. */
  void cutWhenLarge() {
    if (size() <= LIMIT) {
      return;
    }
    try {
      for (int i = KEPT - 1; i >= 1; i--) {
        if (Files.exists(numbered(i))) {
          Files.move(numbered(i), numbered(i + 1), StandardCopyOption.REPLACE_EXISTING);
        }
      }
      Files.copy(path, numbered(1), StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
        file.truncate(0);
      }
    } catch (IOException e) {
      // The next look tries again; a log must not end what it tells about.
    }
  }

  /** Returns what was written after a place, as far as it is the end of the file. */
  String lastWords(long from) {
    try {
      byte[] all = Files.readAllBytes(path);
      int start = (int) Math.max(Math.min(from, all.length), all.length - (long) LAST_WORDS);
      String said = new String(all, start, all.length - start, StandardCharsets.UTF_8).strip();
      return (said.isEmpty() ? "" : "It said: " + said + "\n") + "See " + path + ".";
    } catch (IOException e) {
      return "See " + path + ".";
    }
  }

  private Path numbered(int i) {
    return path.resolveSibling(path.getFileName() + "." + i);
  }
}
