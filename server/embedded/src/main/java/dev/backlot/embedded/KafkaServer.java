package dev.backlot.embedded;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A Kafka broker on loopback inside this JVM: one node that is broker and controller, tuned for
 * little memory. Topics aren't created by themselves. Everything is flushed by the operating
 * system: data survive the process's death, not the machine's.
 */
public final class KafkaServer implements AutoCloseable {
  private final Builder builder;
  private final int port;
  private final KafkaRaftServer server;

  private KafkaServer(Builder builder, int port, KafkaRaftServer server) {
    this.builder = builder;
    this.port = port;
    this.server = server;
  }

  /** Prepares a broker on a directory, which is formatted when it is empty. */
  public static Builder at(Path directory) {
    return new Builder(directory.toAbsolutePath().normalize(), false);
  }

  /** Prepares a broker on a new directory that {@link #close()} deletes; for tests. */
  public static Builder temporary() {
    return new Builder(Directories.temporary("backlot-kafka-"), true);
  }

  /** What a broker is started with. */
  public static final class Builder {
    private final Path directory;
    private final boolean temporary;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private int port;
    private int controllerPort;

    private Builder(Path directory, boolean temporary) {
      this.directory = directory;
      this.temporary = temporary;
    }

    /** Sets the clients' port; 0, the default, takes a free one. */
    public Builder port(int newPort) {
      this.port = newPort;
      return this;
    }

    /** Sets the port that the node's controller listens on; 0, the default, takes a free one. */
    public Builder controllerPort(int newPort) {
      this.controllerPort = newPort;
      return this;
    }

    /** Sets a broker property. */
    public Builder setting(String name, String value) {
      settings.put(name, value);
      return this;
    }

    /** Starts the broker and returns when it accepts clients. */
    public KafkaServer start() {
      int chosen = FreePorts.orNext(port);
      int chosenController = FreePorts.orNext(controllerPort);
      Properties properties = properties(chosen, chosenController);
      try {
        format();
        KafkaRaftServer server =
            new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
        server.startup();
        return new KafkaServer(this, chosen, server);
      } catch (Exception e) {
        throw new ProblemException(
            ProblemCode.INTERNAL,
            "Cannot start Kafka in '"
                + directory
                + "' on port "
                + chosen
                + ": "
                + e.getMessage()
                + ". See the data plane's log.",
            e);
      }
    }

    private void format() throws Exception {
      if (Files.exists(directory.resolve("meta.properties"))) {
        return;
      }
      Files.createDirectories(directory);
      try (PrintStream quiet =
          new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
        new Formatter()
            .setPrintStream(quiet)
            .setNodeId(1)
            .setClusterId(Uuid.randomUuid().toString())
            .setReleaseVersion(MetadataVersion.latestProduction())
            .setControllerListenerName("CONTROLLER")
            .setMetadataLogDirectory(directory.toString())
            .addDirectory(directory.toString())
            .setIgnoreFormatted(true)
            .run();
      }
    }

    private Properties properties(int chosen, int chosenController) {
      Properties properties = new Properties();
      properties.setProperty("process.roles", "broker,controller");
      properties.setProperty("node.id", "1");
      properties.setProperty("controller.quorum.voters", "1@127.0.0.1:" + chosenController);
      properties.setProperty(
          "listeners",
          "PLAINTEXT://127.0.0.1:" + chosen + ",CONTROLLER://127.0.0.1:" + chosenController);
      properties.setProperty("advertised.listeners", "PLAINTEXT://127.0.0.1:" + chosen);
      properties.setProperty("controller.listener.names", "CONTROLLER");
      properties.setProperty(
          "listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT");
      properties.setProperty("log.dirs", directory.toString());
      properties.setProperty("auto.create.topics.enable", "false");
      properties.setProperty("num.partitions", "1");
      properties.setProperty("default.replication.factor", "1");
      properties.setProperty("min.insync.replicas", "1");
      for (String topic : new String[] {"offsets.topic", "transaction.state.log"}) {
        properties.setProperty(topic + ".replication.factor", "1");
        properties.setProperty(topic + ".num.partitions", "1");
      }
      properties.setProperty("transaction.state.log.min.isr", "1");
      properties.setProperty("share.coordinator.state.topic.replication.factor", "1");
      properties.setProperty("share.coordinator.state.topic.num.partitions", "1");
      properties.setProperty("share.coordinator.state.topic.min.isr", "1");
      properties.setProperty("group.initial.rebalance.delay.ms", "0");
      properties.setProperty("log.cleaner.threads", "1");
      properties.setProperty("log.cleaner.dedupe.buffer.size", "16777216");
      properties.setProperty("log.cleaner.io.buffer.size", "131072");
      properties.setProperty("num.network.threads", "2");
      properties.setProperty("num.io.threads", "4");
      properties.setProperty("num.recovery.threads.per.data.dir", "2");
      properties.setProperty("background.threads", "2");
      properties.setProperty("num.replica.fetchers", "1");
      properties.setProperty("message.max.bytes", String.valueOf(32 * 1024 * 1024));
      properties.setProperty("log.segment.bytes", String.valueOf(256 * 1024 * 1024));
      properties.setProperty("log.index.size.max.bytes", String.valueOf(1024 * 1024));
      properties.setProperty("log.retention.hours", "168");
      // A killed broker's session would otherwise hold up its successor for nine seconds.
      properties.setProperty("broker.session.timeout.ms", "3000");
      properties.setProperty("broker.heartbeat.interval.ms", "500");
      settings.forEach(properties::setProperty);
      return properties;
    }
  }

  /** Returns {@code host:port} for clients. */
  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Returns the clients' port. */
  public int port() {
    return port;
  }

  /** Ends the broker. The data stay. */
  public void stop() {
    server.shutdown();
    server.awaitShutdown();
  }

  /** Starts a broker again as this one was, on the same port; stop this one first. */
  public KafkaServer startAgain() {
    int configured = builder.port;
    try {
      return builder.port(port).start();
    } finally {
      builder.port(configured);
    }
  }

  /** Ends the broker, and deletes its data when it is a temporary one. */
  @Override
  public void close() {
    stop();
    if (builder.temporary) {
      Directories.delete(builder.directory);
    }
  }
}
