package dev.backlot.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFilesTest {
  @TempDir Path directory;

  @Test
  void aRunningProcessIsFoundAndStopped() throws Exception {
    Process process = new ProcessBuilder("sleep", "600").start();
    PidFiles files = new PidFiles(directory);
    files.write("sleeper", process.toHandle());

    int stopped = files.stopOrphans();

    assertThat(stopped).isEqualTo(1);
    assertThat(process.isAlive()).isFalse();
    assertThat(files.holder("sleeper")).isEmpty();
  }

  @Test
  void aNumberThatAnotherProcessHasNowIsNotOurs() throws IOException {
    Process stranger = new ProcessBuilder("sleep", "600").start();
    try {
      Files.writeString(directory.resolve("kafka.pid"), stranger.pid() + " 1000000\n");

      int stopped = new PidFiles(directory).stopOrphans();

      assertThat(stopped).isZero();
      assertThat(stranger.isAlive()).isTrue();
    } finally {
      stranger.destroyForcibly();
    }
  }

  @Test
  void anUnreadableFileNamesNobody() throws IOException {
    Files.writeString(directory.resolve("kafka.pid"), "half a li");

    assertThat(new PidFiles(directory).running()).isEmpty();
  }
}
