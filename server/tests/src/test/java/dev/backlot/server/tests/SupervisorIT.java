package dev.backlot.server.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backlot.testing.platform.Platform;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./backlot up} as users run it; the tests tell one story on one data directory. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SupervisorIT {
  private static final Duration RECOVERY = Duration.ofSeconds(60);

  @TempDir static Path directory;
  private static final int PORT = Platform.freePorts();
  private static Platform platform;

  @Test
  @Order(1)
  void aTakenPortIsExplainedBeforeAnythingStarts() throws IOException {
    try (ServerSocket taken = new ServerSocket(PORT + 2, 1, InetAddress.getLoopbackAddress());
        Platform refused = Platform.launch("up", directory.resolve("data"), PORT, List.of())) {
      int exitCode = refused.awaitExit(Duration.ofMinutes(2));

      assertThat(taken.isBound()).isTrue();
      assertThat(exitCode).isEqualTo(1);
      assertThat(refused.output())
          .contains("Cannot start service 'kafka': port " + (PORT + 2) + " is taken by process ")
          .contains(String.valueOf(ProcessHandle.current().pid()))
          .contains("[PORT_TAKEN]");
      assertThat(directory.resolve("data/postgres")).doesNotExist();
    }
  }

  @Test
  @Order(2)
  void everythingComesUp() throws IOException {
    platform = Platform.up(directory.resolve("data"), PORT);

    assertThat(platform.healthy()).isTrue();
    assertThat(platform.output()).contains("postgres", "dataplane", "controller", platform.url());
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(platform.dataDir().resolve("token"))))
        .isEqualTo("rw-------");
  }

  @Test
  @Order(3)
  void aSecondSupervisorIsRefusedTheSameDataDirectory() {
    try (Platform second =
        Platform.launch("up", platform.dataDir(), Platform.freePorts(), List.of())) {
      int exitCode = second.awaitExit(Duration.ofMinutes(1));

      assertThat(exitCode).isEqualTo(1);
      assertThat(second.output()).contains("process " + platform.supervisor().pid());
    }
  }

  @Test
  @Order(4)
  void killedServicesComeBack() {
    for (String service : List.of("controller", "dataplane", "postgres")) {
      long killed = platform.kill(service);

      await()
          .atMost(RECOVERY)
          .untilAsserted(
              () ->
                  assertThat(platform.service(service))
                      .get()
                      .extracting(ProcessHandle::pid)
                      .isNotEqualTo(killed));
    }
    await().atMost(RECOVERY).until(() -> platform.output().contains("dataplane is back"));
    await().atMost(RECOVERY).until(platform::healthy);
  }

  @Test
  @Order(5)
  void afterTheSupervisorsDeathTheNextOneTakesOver() {
    platform.killSupervisor();
    platform = Platform.up(platform.dataDir(), PORT);

    assertThat(platform.healthy()).isTrue();
  }

  @Test
  @Order(6)
  void aSignalEndsEverything() {
    Duration took = platform.stop();

    assertThat(took).isLessThan(Duration.ofSeconds(60));
    assertThat(platform.processes()).isEmpty();
  }
}
