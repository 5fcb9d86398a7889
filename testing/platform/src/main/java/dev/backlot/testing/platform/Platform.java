package dev.backlot.testing.platform;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A platform that {@code ./backlot up} (or {@code demo}) runs as a process of its own. Not
 * thread-safe, but for {@link #output}.
 */
public final class Platform implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofMinutes(4);

  private final Path dataDir;
  private final int port;
  private final Process process;
  private final StringBuffer output = new StringBuffer();
  private final Thread reader;

  private Platform(Path dataDir, int port, Process process) {
    this.dataDir = dataDir;
    this.port = port;
    this.process = process;
    this.reader = new Thread(this::read, "platform-output");
    reader.setDaemon(true);
    reader.start();
  }

  /** What a command line call gave. */
  public record Result(int exitCode, String out, String err) {}

  /** Starts {@code ./backlot COMMAND --data-dir … --port … OPTIONS} and returns at once. */
  public static Platform launch(String command, Path dataDir, int port, List<String> options) {
    return launch(command, dataDir, port, options, Map.of());
  }

  /** Starts as {@link #launch(String, Path, int, List)} does, with further variables. */
  public static Platform launch(
      String command, Path dataDir, int port, List<String> options, Map<String, String> variables) {
    List<String> line = new ArrayList<>();
    line.add(root().resolve("backlot").toString());
    line.addAll(List.of(command, "--data-dir", dataDir.toString(), "--port", String.valueOf(port)));
    line.addAll(options);
    try {
      ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
      builder.environment().putAll(variables);
      Process process = builder.start();
      process.getOutputStream().close();
      return new Platform(dataDir, port, process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts {@code ./backlot up} and returns when the platform is up. */
  public static Platform up(Path dataDir, int port) {
    return launch("up", dataDir, port, List.of()).awaitUp();
  }

  /**
   * Returns a port whose next seven are free too, as one platform needs them, outside the range
   * from which the system takes ports for clients.
   */
  public static int freePorts() {
    while (true) {
      int first = 10_000 + 10 * ThreadLocalRandom.current().nextInt(2_000);
      if (free(first)) {
        return first;
      }
    }
  }

  /** Waits until everything answers; fails with the output when that doesn't happen. */
  public Platform awaitUp() {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!output().contains("Backlot is up")) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        killSupervisor();
        throw new AssertionError("The platform is not up. It said:\n" + output());
      }
      pause();
    }
    return this;
  }

  /** Returns what the command has printed so far. */
  public String output() {
    return output.toString();
  }

  /** Returns where everything is kept. */
  public Path dataDir() {
    return dataDir;
  }

  /** Returns the API's port; the others follow it. */
  public int port() {
    return port;
  }

  /** Returns where UI and API answer. */
  public String url() {
    return "http://localhost:" + port;
  }

  /** Returns the admin's token. */
  public String token() {
    try {
      return Files.readString(dataDir.resolve("token")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Begins a request to a platform of this user, with its admin's token. */
  public static HttpRequest.Builder request(String url) {
    URI uri = URI.create(url);
    Path known =
        Path.of(System.getProperty("user.home"), ".backlot/servers", String.valueOf(uri.getPort()));
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    try {
      Path token = Path.of(Files.readString(known).strip()).resolve("token");
      return request.header("Authorization", "Bearer " + Files.readString(token).strip());
    } catch (IOException e) {
      // it has not started: what is asked of it fails by itself
      return request;
    }
  }

  /** Returns the supervisor's process. */
  public ProcessHandle supervisor() {
    return process.toHandle();
  }

  /**
   * Returns the process of a service, if it runs.
   *
   * @param service {@code dataplane}, {@code controller}, {@code postgres}, {@code studio} or
   *     {@code studio-postgres}
   */
  public Optional<ProcessHandle> service(String service) {
    try {
      String pid = Files.readString(dataDir.resolve("run/" + service + ".pid")).split(" ")[0];
      return ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Kills a service with -9; returns its process id. */
  public long kill(String service) {
    ProcessHandle victim =
        service(service).orElseThrow(() -> new AssertionError(service + " does not run"));
    victim.destroyForcibly();
    return victim.pid();
  }

  /** Kills the supervisor with -9, and nothing else. */
  public void killSupervisor() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sends SIGTERM and waits; returns how long everything took to end. */
  public Duration stop() {
    long begin = System.nanoTime();
    process.destroy();
    awaitExit(Duration.ofSeconds(90));
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  /** Waits until the command has ended; returns its exit code. */
  public int awaitExit(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("The platform has not ended. It said:\n" + output());
      }
      reader.join(5_000);
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Returns whether the API says that commands are accepted. */
  public boolean healthy() {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url() + "/api/v1/health"))
              .timeout(Duration.ofSeconds(5))
              .build();
      return HttpClient.newHttpClient()
              .send(request, HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Runs {@code ./backlot WORDS} against this platform. */
  public Result run(String... words) {
    return run(url(), words);
  }

  /** Runs {@code ./backlot WORDS} against a server and waits for its end, five minutes at most. */
  public static Result run(String server, String... words) {
    List<String> line = new ArrayList<>();
    line.add(root().resolve("backlot").toString());
    line.addAll(List.of(words));
    try {
      Path out = Files.createTempFile("backlot-out-", "");
      Path err = Files.createTempFile("backlot-err-", "");
      try {
        ProcessBuilder builder =
            new ProcessBuilder(line).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("BACKLOT_SERVER", server);
        Process command = builder.start();
        command.getOutputStream().close();
        if (!command.waitFor(5, TimeUnit.MINUTES)) {
          command.destroyForcibly();
          throw new AssertionError(line + " has not ended after five minutes");
        }
        return new Result(command.exitValue(), Files.readString(out), Files.readString(err));
      } finally {
        Files.delete(out);
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Returns the command lines of all processes that serve this data directory. */
  public List<String> processes() {
    return ProcessHandle.allProcesses()
        .filter(ProcessHandle::isAlive)
        .map(handle -> handle.pid() + " " + handle.info().commandLine().orElse(""))
        .filter(line -> line.contains(dataDir.toString()))
        .toList();
  }

  /** Ends everything, in order when possible. */
  @Override
  public void close() {
    if (process.isAlive()) {
      stop();
    }
  }

  /** Returns the checkout: the directory above with the command in it. */
  public static Path root() {
    for (Path directory = Path.of("").toAbsolutePath();
        directory != null;
        directory = directory.getParent()) {
      if (Files.isExecutable(directory.resolve("backlot"))) {
        return directory;
      }
    }
    throw new IllegalStateException("There is no ./backlot above " + Path.of("").toAbsolutePath());
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.append(line).append('\n');
      }
    } catch (IOException e) {
      output.append(e).append('\n');
    }
  }

  private static boolean free(int first) {
    for (int port = first; port < first + 8; port++) {
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        if (socket.getLocalPort() != port) {
          return false;
        }
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
