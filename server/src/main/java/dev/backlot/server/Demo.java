package dev.backlot.server;

import dev.backlot.embedded.PostgresServer;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.server.process.JavaService;
import dev.backlot.server.process.PostgresService;
import dev.backlot.server.process.Probe;
import dev.backlot.server.process.Service;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The demo studio beside the platform: its PostgreSQL, the program that fills it and works in it,
 * and the specs that make its data reports. To the platform it is an application like any other.
 */
final class Demo {
  private static final String PORT_IN_SPECS = "port: 8085";
  private static final String GRAPH_IN_SPECS = "localhost:8086/";

  private final DataDirectory data;
  private final Distribution distribution;
  private final int port;
  private final int graphPort;
  private final String adminPassword;
  private final String capturePassword;

  /** Prepares the demo; its database and its graph will listen on a port each. */
  Demo(DataDirectory data, Distribution distribution, int port, int graphPort) throws IOException {
    this.data = data;
    this.distribution = distribution;
    this.port = port;
    this.graphPort = graphPort;
    this.adminPassword = PrivateFiles.secret(data.resolve("studio.password"));
    this.capturePassword = PrivateFiles.secret(data.resolve("secrets/studio"));
  }

  static Path postgresDirectory(DataDirectory data) {
    return data.resolve("studio-postgres");
  }

  /** Returns the variables with which the platform reaches the studio's database. */
  Map<String, String> environment() {
    return Map.of("BACKLOT_SECRET_STUDIO", capturePassword);
  }

  /** Keeps the workload from starting until the user lets it. */
  void pauseWorkload() throws IOException {
    Files.createDirectories(control());
    if (!Files.exists(pauseSwitch())) {
      Files.createFile(pauseSwitch());
    }
  }

  Service postgres() {
    return new PostgresService(
        "studio-postgres",
        PostgresServer.at(postgresDirectory(data))
            .leaveToCaller()
            .setting("wal_level", "logical")
            .setting("max_connections", "60")
            .setting("max_wal_size", "256MB")
            .setting("max_slot_wal_keep_size", "5GB"),
        port,
        "studio",
        "postgres",
        adminPassword,
        data.logs().resolve("studio-postgres.log"));
  }

  Service workload() {
    JavaService.Command command =
        new JavaService.Command(
            "studio",
            List.of("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xss512k"),
            distribution.classpath("studio"),
            "dev.backlot.studio.Studio",
            List.of(
                "--port",
                String.valueOf(port),
                "--graph-port",
                String.valueOf(graphPort),
                "--control",
                control().toString()),
            Map.of(
                "BACKLOT_SECRET_STUDIO",
                capturePassword,
                "STUDIO_ADMIN_PASSWORD",
                adminPassword,
                "MALLOC_ARENA_MAX",
                "2"),
            data.logs().resolve("studio.log"));
    Path status = control().resolve("status");
    Probe probe =
        new Probe() {
          @Override
          public boolean ready() {
            return Files.exists(status);
          }

          @Override
          public boolean responds() {
            return true;
          }
        };
    try {
      Files.deleteIfExists(status);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new JavaService(
        command,
        Optional.of(
            "postgresql://studio:studio@localhost:" + port + "/studio, graph " + graphUrl()),
        probe);
  }

  /**
   * Applies the studio's specs with the command line tool, as a user would.
   *
   * @throws ProblemException with what the tool said when it refuses them
   */
  void apply(String apiUrl) throws IOException, InterruptedException {
    Path specs = copySpecs();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", distribution.classpath("cli"), "dev.backlot.cli.Main"));
    command.addAll(List.of("apply", "-f", specs.toString()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("BACKLOT_SERVER", apiUrl);
    builder.environment().put("BACKLOT_TOKEN", PrivateFiles.secret(data.resolve("token")));
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new ProblemException(
          ProblemCode.INTERNAL,
          "Cannot apply the demo's specs:\n"
              + said.strip()
              + "\nMend them in "
              + specs
              + " and apply them with: ./backlot apply -f "
              + specs
              + " --server "
              + apiUrl);
    }
  }

  /** Says where to look and what to try. */
  void explain(Console console) {
    console.say("  pause the studio   touch " + pauseSwitch() + "   (rm it to go on)");
    console.say(
        "  change something   psql postgresql://studio:studio@localhost:" + port + "/studio");
    console.say("  the studio's graph " + graphUrl());
  }

  private String graphUrl() {
    return "http://localhost:" + graphPort + "/graphql";
  }

  private Path control() {
    return data.resolve("studio");
  }

  private Path pauseSwitch() {
    return control().resolve("paused");
  }

  /** The specs name the default ports; this platform's may be others. */
  private Path copySpecs() throws IOException {
    Path target = Files.createDirectories(control().resolve("specs"));
    try (DirectoryStream<Path> specs =
        Files.newDirectoryStream(distribution.home().resolve("examples/studio/specs"), "*.yaml")) {
      for (Path spec : specs) {
        Files.writeString(
            target.resolve(spec.getFileName().toString()),
            Files.readString(spec)
                .replace(PORT_IN_SPECS, "port: " + port)
                .replace(GRAPH_IN_SPECS, "localhost:" + graphPort + "/"));
      }
    }
    return target;
  }
}
