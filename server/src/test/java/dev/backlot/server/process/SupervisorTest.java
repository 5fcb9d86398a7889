package dev.backlot.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.backlot.model.ProblemException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisorTest {
  @TempDir Path directory;
  private final List<String> events = new CopyOnWriteArrayList<>();
  private Supervisor supervisor;

  @AfterEach
  void stop() {
    supervisor.stop();
  }

  @Test
  void servicesStartStageByStageAndStopInReverse() {
    supervisor = supervisor(sleeper("first"), sleeper("second"));

    assertThat(supervisor.start()).isTrue();
    supervisor.stop();

    assertThat(events).containsExactly("start first", "start second", "stop second", "stop first");
  }

  @Test
  void aKilledProcessIsStartedAgain() {
    Shell service = sleeper("kafka");
    supervisor = supervisor(service);
    supervisor.start();

    service.process.destroyForcibly();

    await().untilAsserted(() -> assertThat(events).containsExactly("start kafka", "start kafka"));
    await().until(() -> service.process.isAlive());
  }

  @Test
  void aProcessThatEndsAtOnceIsAFailedStart() {
    supervisor = supervisor(new Shell("broken", "exit 3"));

    assertThatThrownBy(supervisor::start)
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("broken")
        .hasMessageContaining("last words");
  }

  @Test
  void nothingIsStartedAgainOnceStopped() {
    Shell service = sleeper("kafka");
    supervisor = supervisor(service);
    supervisor.start();

    supervisor.stop();

    assertThat(service.process.isAlive()).isFalse();
    assertThat(new PidFiles(directory).holder("kafka")).isEmpty();
    assertThat(events).containsExactly("start kafka", "stop kafka");
  }

  private Shell sleeper(String name) {
    return new Shell(name, "exec sleep 600");
  }

  private Supervisor supervisor(Service... services) {
    return new Supervisor(
        java.util.Arrays.stream(services).map(List::of).toList(),
        new PidFiles(directory),
        Duration.ofSeconds(10),
        new Supervisor.Reporter() {
          @Override
          public void starting(List<String> services) {}

          @Override
          public void started(Service service, Duration after) {}

          @Override
          public void note(String message) {}
        });
  }

  /** A shell command as a service that answers while it is alive. */
  private final class Shell implements Service {
    private final String name;
    private final String command;
    private volatile Process process;

    private Shell(String name, String command) {
      this.name = name;
      this.command = command;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Optional<String> url() {
      return Optional.empty();
    }

    @Override
    public Running start() {
      events.add("start " + name);
      try {
        Process started = new ProcessBuilder("/bin/sh", "-c", command).start();
        if (command.startsWith("exit")) {
          started.waitFor();
        }
        process = started;
        return new Life(started);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private final class Life implements Running {
      private final Process life;

      private Life(Process life) {
        this.life = life;
      }

      @Override
      public ProcessHandle process() {
        return life.toHandle();
      }

      @Override
      public boolean ready() {
        return life.isAlive();
      }

      @Override
      public boolean responds() {
        return life.isAlive();
      }

      @Override
      public void stop() {
        if (life.isAlive()) {
          events.add("stop " + name);
          life.destroyForcibly();
          life.onExit().join();
        }
      }

      @Override
      public void tidy() {}

      @Override
      public String lastWords() {
        return "last words";
      }
    }
  }
}
