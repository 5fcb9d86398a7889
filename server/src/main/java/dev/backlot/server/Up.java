package dev.backlot.server;

import dev.backlot.embedded.PostgresServer;
import dev.backlot.model.Blame;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.server.process.PidFiles;
import dev.backlot.server.process.Service;
import dev.backlot.server.process.Supervisor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * {@code backlot up} and {@code backlot demo}: starts a platform in the foreground and keeps it
 * running until SIGTERM or Ctrl-C. Exit codes: 1 a problem that the user can mend, 64 wrong usage,
 * 70 the platform's own failure.
 */
public final class Up {
  private static final int DEFAULT_PORT = 8080;
  private static final Duration START_LIMIT = Duration.ofSeconds(300);

  private final Options options;
  private final Console console;

  private Up(Options options, Console console) {
    this.options = options;
    this.console = console;
  }

  /** Runs until the process is told to end. */
  public static void main(String[] arguments) {
    Console console = new Console(System.out, System.err);
    List<String> words = List.of(arguments);
    if (words.contains("--help") || words.contains("-h")) {
      console.say(Options.USAGE);
      return;
    }
    try {
      new Up(Options.parse(words), console).run();
    } catch (ProblemException e) {
      console.problems(e.problems());
      System.exit(exitCode(e.problems()));
    } catch (IOException | RuntimeException e) {
      console.problems(
          List.of(
              Problem.of(
                  ProblemCode.INTERNAL, "Cannot run Backlot: " + e + ". Report this problem.")));
      System.exit(70);
    } catch (InterruptedException e) {
      System.exit(70);
    }
  }

  private void run() throws IOException, InterruptedException {
    long begin = System.nanoTime();
    Settings settings = options.configFile().map(SettingsFile::read).orElse(Settings.defaults());
    // Never closed: its lock must outlast the children, which end while this JVM shuts down.
    DataDirectory data = DataDirectory.open(dataDir(settings));
    PidFiles pidFiles = new PidFiles(data.resolve("run"));
    console.say("Backlot starts in " + data.root());
    stopOrphans(data, pidFiles);
    Distribution distribution = Distribution.current();
    int first = options.port().or(() -> settings.ports().of("api")).orElse(DEFAULT_PORT);
    int studioPort = settings.ports().of("studio").orElse(first + 5);
    int graphPort = settings.ports().of("studio_graph").orElse(first + 6);
    Optional<Demo> demo =
        options.demo()
            ? Optional.of(new Demo(data, distribution, studioPort, graphPort))
            : Optional.empty();
    Installation installation =
        Installation.of(
            settings, data, distribution, first, demo.map(Demo::environment).orElse(Map.of()));
    Map<String, Integer> ports = new LinkedHashMap<>(installation.ownPorts());
    if (demo.isPresent()) {
      ports.put("studio-postgres", studioPort);
      ports.put("studio", graphPort);
    }
    List<Problem> taken = ListeningPorts.taken(ports);
    if (!taken.isEmpty()) {
      throw new ProblemException(taken);
    }
    pidFiles.write("supervisor", ProcessHandle.current());
    KnownServers known = new KnownServers(Path.of(System.getProperty("user.home")), first);
    if (!known.add(data.root())) {
      console.note("Commands need --data-dir " + data.root() + ": ~/.backlot is not writable");
    }
    Supervisor supervisor =
        new Supervisor(stages(installation, demo), pidFiles, START_LIMIT, console);
    stopAtShutdown(supervisor, pidFiles, () -> known.remove(data.root()));
    if (!supervisor.start()) {
      new CountDownLatch(1).await();
    }
    if (demo.isPresent()) {
      applyDemo(demo.get(), installation);
      demo.get().explain(console);
    }
    new FirstSteps(installation.apiUrl(), PrivateFiles.secret(data.resolve("token")))
        .lines()
        .forEach(console::say);
    console.say(
        String.format(
            Locale.ROOT,
            "Backlot is up after %.1f s: %s   (Ctrl-C stops it)",
            (System.nanoTime() - begin) / 1e9,
            installation.apiUrl()));
    new CountDownLatch(1).await();
  }

  /** Refused specs don't end the platform: the user can mend and apply them. */
  private void applyDemo(Demo demo, Installation installation)
      throws IOException, InterruptedException {
    try {
      demo.apply(installation.apiUrl());
    } catch (ProblemException e) {
      console.problems(e.problems());
    }
  }

  private List<List<Service>> stages(Installation installation, Optional<Demo> demo)
      throws IOException {
    List<List<Service>> stages = new ArrayList<>(installation.stages());
    if (demo.isPresent()) {
      if (!options.workload()) {
        demo.get().pauseWorkload();
      }
      stages.add(0, List.of(demo.get().postgres()));
      List<Service> last = new ArrayList<>(stages.remove(stages.size() - 1));
      last.add(demo.get().workload());
      stages.add(last);
    }
    return stages;
  }

  private Path dataDir(Settings settings) {
    return options
        .dataDir()
        .or(() -> settings.dataDir().map(Path::of))
        .orElse(Path.of(System.getProperty("user.home"), ".backlot"));
  }

  /** What a killed supervisor left behind is stopped: it would hold the ports and the files. */
  private void stopOrphans(DataDirectory data, PidFiles pidFiles) throws IOException {
    int orphans = pidFiles.stopOrphans();
    PostgresServer.stopOrphan(data.resolve("postgres"));
    PostgresServer.stopOrphan(Demo.postgresDirectory(data));
    if (orphans > 0) {
      console.note("Stopped " + orphans + " processes that a killed run left behind");
    }
  }

  private void stopAtShutdown(Supervisor supervisor, PidFiles pidFiles, Runnable last) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  console.say("Backlot stops …");
                  supervisor.stop();
                  last.run();
                  try {
                    pidFiles.delete("supervisor");
                  } catch (IOException e) {
                    console.note("Cannot delete a process id file: " + e);
                  }
                  console.say("Backlot has stopped");
                },
                "stop"));
  }

  private static int exitCode(List<Problem> problems) {
    if (problems.stream().anyMatch(problem -> problem.code() == ProblemCode.USAGE)) {
      return 64;
    }
    return problems.stream().allMatch(problem -> problem.code().blame() != Blame.PLATFORM) ? 1 : 70;
  }
}
