package dev.backlot.server;

import dev.backlot.embedded.PostgresServer;
import dev.backlot.model.platform.PlatformConfig;
import dev.backlot.server.process.HttpProbe;
import dev.backlot.server.process.JavaService;
import dev.backlot.server.process.PostgresService;
import dev.backlot.server.process.Service;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One platform on this machine: its ports, its configuration, its processes. */
final class Installation {
  private final Settings settings;
  private final DataDirectory data;
  private final Distribution distribution;
  private final Map<String, Integer> ports = new LinkedHashMap<>();
  private final PlatformConfig config;
  private final Map<String, String> environment;

  private Installation(
      Settings settings,
      DataDirectory data,
      Distribution distribution,
      int firstPort,
      Map<String, String> environment)
      throws IOException {
    this.environment = new LinkedHashMap<>(environment);
    this.environment.put("MALLOC_ARENA_MAX", "2");
    this.settings = settings;
    this.data = data;
    this.distribution = distribution;
    port("api", firstPort);
    port("metadata", firstPort + 1);
    port("kafka", firstPort + 2);
    port("flink", firstPort + 3);
    port("engine", firstPort + 4);
    port("kafka_controller", firstPort + 7);
    this.config = config();
  }

  /**
   * Describes a platform and writes what its processes read.
   *
   * @param environment variables that all its processes get
   */
  static Installation of(
      Settings settings,
      DataDirectory data,
      Distribution distribution,
      int firstPort,
      Map<String, String> environment)
      throws IOException {
    Installation installation =
        new Installation(settings, data, distribution, firstPort, environment);
    PrivateFiles.secret(data.resolve("token"));
    PlatformFile.write(installation.config, data.resolve("run/platform.json"));
    return installation;
  }

  private void port(String service, int derived) {
    ports.put(service, settings.ports().of(service).orElse(derived));
  }

  /** Returns the ports that this platform's own processes will listen on. */
  Map<String, Integer> ownPorts() {
    Map<String, Integer> own = new LinkedHashMap<>(ports);
    if (settings.metadata().isPresent()) {
      own.remove("metadata");
    }
    if (settings.kafka().isPresent()) {
      own.remove("kafka");
      own.remove("kafka_controller");
    }
    if (settings.flinkRestUrl().isPresent()) {
      own.remove("flink");
    }
    return own;
  }

  /** Returns the processes, in stages that start one after the other. */
  List<List<Service>> stages() {
    List<List<Service>> stages = new ArrayList<>();
    if (settings.metadata().isEmpty()) {
      stages.add(List.of(postgres()));
    }
    // The controller waits for the data plane by itself; starting both at once saves its start-up.
    stages.add(List.of(dataPlane(), controller()));
    return stages;
  }

  private Service postgres() {
    PostgresServer.Builder builder =
        PostgresServer.at(data.resolve("postgres"))
            .leaveToCaller()
            .setting("wal_level", "replica")
            .setting("max_wal_senders", "0")
            .setting("max_replication_slots", "0")
            .setting("shared_buffers", "24MB")
            .setting("max_connections", "60")
            .setting("max_wal_size", "256MB")
            .setting("jit", "off")
            .setting("log_checkpoints", "off");
    return new PostgresService(
        "postgres",
        builder,
        ports.getOrDefault("metadata", 0),
        "backlot",
        "backlot",
        config.metadata().password(),
        data.logs().resolve("postgres.log"));
  }

  private Service dataPlane() {
    JavaService.Command command =
        new JavaService.Command(
            "dataplane",
            jvmOptions(settings.memory().dataPlane(), "dataplane"),
            distribution.classpath("dataplane"),
            "dev.backlot.server.dataplane.DataPlane",
            List.of(data.resolve("run/platform.json").toString()),
            environment,
            data.logs().resolve("dataplane.log"));
    HttpProbe probe =
        new HttpProbe(
            "http://127.0.0.1:" + config.enginePort() + "/v1/health",
            Optional.of(config.internalToken()));
    return new JavaService(command, Optional.of(dataPlaneUrl()), probe);
  }

  private String dataPlaneUrl() {
    return "kafka " + config.bootstrapServers() + ", flink " + config.flinkRestUrl();
  }

  private Service controller() {
    JavaService.Command command =
        new JavaService.Command(
            "controller",
            jvmOptions(settings.memory().controller(), "controller"),
            distribution.classpath("controller"),
            "dev.backlot.controller.Controller",
            List.of(data.resolve("run/platform.json").toString()),
            environment,
            data.logs().resolve("controller.log"));
    HttpProbe probe = new HttpProbe(apiUrl() + "/api/v1/health", Optional.empty());
    return new JavaService(command, Optional.of(apiUrl()), probe);
  }

  /** Returns where UI and API answer. */
  String apiUrl() {
    return "http://localhost:" + config.apiPort();
  }

  /** Small heaps that shrink again, one collector thread, and an end instead of a half-dead JVM. */
  private List<String> jvmOptions(String heap, String process) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "-Xmx" + heap,
                "-Xms32m",
                "-Xss512k",
                "-XX:+UseSerialGC",
                "-XX:MinHeapFreeRatio=20",
                "-XX:MaxHeapFreeRatio=40",
                "-XX:ReservedCodeCacheSize=96m",
                "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED",
                "-Dfile.encoding=UTF-8",
                "-Djava.awt.headless=true"));
    if (process.equals("controller")) {
      // Nothing there is hot: quick compilation saves start-up time and memory.
      options.add("-XX:TieredStopAtLevel=1");
    }
    if (process.equals("dataplane")) {
      options.add("-Dlogback.configurationFile=dev/backlot/server/dataplane/logback.xml");
    }
    return options;
  }

  private PlatformConfig config() throws IOException {
    Path secrets = settings.secretsDir().map(Path::of).orElse(data.resolve("secrets"));
    int kafkaPort = ports.getOrDefault("kafka", 0);
    int flinkPort = ports.getOrDefault("flink", 0);
    return new PlatformConfig(
        data.root(),
        secrets.toAbsolutePath(),
        ports.getOrDefault("api", 0),
        ports.getOrDefault("engine", 0),
        PrivateFiles.random(),
        metadata(secrets),
        settings.kafka().map(Settings.Kafka::bootstrapServers).orElse("127.0.0.1:" + kafkaPort),
        settings.kafka().map(Settings.Kafka::properties).orElse(Map.of()),
        settings.kafka().map(Settings.Kafka::replicationFactor).orElse((short) 1),
        settings.kafka().isPresent()
            ? Optional.empty()
            : Optional.of(
                new PlatformConfig.EmbeddedKafka(
                    data.resolve("kafka"), kafkaPort, ports.getOrDefault("kafka_controller", 0))),
        settings.flinkRestUrl().orElse("http://127.0.0.1:" + flinkPort),
        settings.flinkRestUrl().isPresent()
            ? Optional.empty()
            : Optional.of(
                new PlatformConfig.EmbeddedFlink(
                    data.resolve("flink"), flinkPort, settings.flinkSlots())),
        warehouse(),
        settings.lake().map(lake -> lake.resolved(secrets)).orElse(Map.of()),
        distribution.uiDir(),
        "",
        settings.signIn().resolved(secrets),
        PlatformConfig.OwnSecrets.of(settings.secrets()));
  }

  /** An external catalog that places tables itself has no root that we would know. */
  private String warehouse() {
    boolean elsewhere = settings.lake().isPresent() && !settings.lake().get().isJdbc();
    return settings.warehouseUri().orElse(elsewhere ? "" : fileUri(data.resolve("warehouse")));
  }

  private PlatformConfig.Database metadata(Path secrets) throws IOException {
    if (settings.metadata().isPresent()) {
      Settings.Metadata external = settings.metadata().get();
      return new PlatformConfig.Database(
          external.url(), external.user(), OwnSecrets.read(external.password(), secrets));
    }
    return new PlatformConfig.Database(
        "jdbc:postgresql://127.0.0.1:" + ports.getOrDefault("metadata", 0) + "/backlot",
        "backlot",
        PrivateFiles.secret(data.resolve("postgres.password")));
  }

  private static String fileUri(Path directory) {
    String uri = directory.toUri().toString();
    return uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
  }
}
